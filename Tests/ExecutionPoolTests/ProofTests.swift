import Bytes
import ExecutionPool
import FuzzKit
import Messages
import PoolKit
import Protocol
import PublicExecution
import Testing

/// Proofs given to executors, on one thread, with a clock of its own.
@Suite struct ProofTests {
    /// Says what the proof's first byte says.
    private final class Checker: ProofChecker {
        var asksAgain = false
        var looks = 0
        var onLook: (Bool) -> Void = { _ in }
        private(set) var count = 0

        func check(_ tx: Tx, isCancelled: () -> Bool) -> ProofVerdict {
            count += 1
            for _ in 0..<looks { onLook(isCancelled()) }
            while asksAgain, !isCancelled() {}
            return Self.verdict(tx.clientIvcProof.bytes[0])
        }

        static func verdict(_ byte: UInt8) -> ProofVerdict {
            switch byte % 3 {
            case 0: .valid
            case 1: .invalid
            default: .unavailable("number \(byte)")
            }
        }
    }

    private final class Bench: PoolTransport {
        private(set) var host: PoolHost!
        let checker = Checker()
        var engines: [Int: ExecutorEngine] = [:]
        /// Added to the real time, which the engines go by.
        var later: UInt64 = 0
        var verdicts: [UInt8: [ProofVerdict]] = [:]
        static let tx: Tx = {
            var mix = PoolBlock.Mix()
            mix.count = 1
            return PoolBlock(seed: 1, mix).txs[0]
        }()

        init(executors: Int) {
            host = PoolHost(index: 3, generation: 7, transport: self, clock: { [unowned self] in PoolLinks.now() + later })
            for index in 0..<executors { start(index) }
        }

        func start(_ index: Int) {
            engines[index] = ExecutorEngine(index: index, source: PoolSource(), checker: checker)
            host.joined(index)
        }

        func die(_ index: Int, _ cause: BlockScheduler.LossCause) {
            engines[index] = nil
            host.lost(index, cause)
        }

        /// Proofs sent.
        private(set) var asked = 0

        func send(_ kind: ExecutorMessageKind, to signature: ExecutorSignature, _ body: [UInt8]) {
            if kind == .proof { asked += 1 }
            for (index, engine) in engines where signature.isFor(index) { #expect(engine.take(link: 0, kind: kind.rawValue, body)) }
        }

        func ask(_ byte: UInt8) {
            var tx = Self.tx
            tx.clientIvcProof = ClientIvcProof([byte])
            host.proofs.verify(tx.serialized) { [unowned self] in verdicts[byte, default: []].append($0) }
        }

        /// One job of one executor.
        func work(_ index: Int, isCancelled: () -> Bool = { false }, isWanted: Bool = true) {
            guard let answer = engines[index]?.runNext(isCancelled: isCancelled, isWanted: { isWanted }) else { return }
            answer.kind == .proofVerdict ? host.proofs.receive(answer.body, from: index) : host.receive(answer.body, from: index)
        }
    }

    @Test func eachGetsItsVerdict() {
        let bench = Bench(executors: 2)
        for byte in 0..<UInt8(9) { bench.ask(byte) }
        // A few each: the rest waits here, where another executor can have it.
        #expect(bench.host.proofs.openCount == 9 && bench.engines[0]!.hasWork && bench.engines[1]!.hasWork)
        for _ in 0..<9 { bench.work(0); bench.work(1) }
        for byte in 0..<UInt8(9) { #expect(bench.verdicts[byte] == [Checker.verdict(byte)]) }
        let figures = bench.host.proofs.figures
        #expect(figures.asked == 9 && figures.valid == 3 && figures.invalid == 3 && figures.unavailable == 3 && bench.host.proofs.openCount == 0)
    }

    @Test func withoutAVerifierNobodyIsBlamed() {
        let bench = Bench(executors: 0)
        bench.engines[0] = ExecutorEngine(index: 0, source: PoolSource())
        bench.host.joined(0)
        bench.ask(0)
        bench.work(0)
        #expect(bench.verdicts[0] == [.unavailable(NoProofChecker.reason)])
    }

    /// One that dies with its executor is verified by another, once.
    @Test func thoseOfADeadExecutorGoToAnother() {
        let bench = Bench(executors: 2)
        for byte in 0..<UInt8(4) { bench.ask(byte) }
        bench.die(0, .killed)
        for _ in 0..<4 { bench.work(1) }
        #expect(bench.verdicts.count == 4 && bench.verdicts.values.allSatisfy { $0.count == 1 } && bench.host.proofs.figures.reissued == 2)
        // Nobody there: it waits for one that comes.
        bench.die(1, .killed)
        bench.ask(6)
        bench.start(1)
        bench.work(1)
        #expect(bench.verdicts[6] == [.valid])
    }

    /// Executors die of it: after the second it is given up, and what waited behind it is not blamed.
    @Test func whatEndsExecutorsIsGivenUp() {
        let bench = Bench(executors: 1)
        bench.ask(0)
        bench.ask(3)
        for _ in 0..<2 {
            bench.die(0, .crashed)
            bench.start(0)
        }
        #expect(bench.verdicts == [0: [.unavailable("verifying its proof ended 2 executors")]])
        bench.work(0)
        #expect(bench.verdicts[3] == [.valid])
    }

    @Test func nobodyWaitsForEver() {
        let bench = Bench(executors: 1)
        let limits = bench.host.proofs.limits
        for byte in 0..<UInt8(3) { bench.ask(byte) }
        bench.later = limits.nanos
        bench.host.proofs.tick()
        #expect(bench.verdicts.isEmpty)
        bench.later += limits.graceNanos
        bench.host.proofs.tick()
        #expect(bench.verdicts.count == 3 && bench.verdicts.values.allSatisfy { $0 == [.unavailable("no executor came to verify its proof")] })
        // Who says nothing gets nothing more; its late verdicts count for nothing, but then it is there again.
        bench.ask(3)
        #expect(bench.asked == 2)
        bench.work(0)
        #expect(bench.asked == 3)
        bench.work(0)
        bench.work(0)
        #expect(bench.verdicts[0]?.count == 1 && bench.verdicts[3] == [.valid])
    }

    @Test func oneThatTakesTooLongIsStopped() {
        let bench = Bench(executors: 1)
        bench.checker.asksAgain = true
        bench.ask(0)
        bench.work(0, isCancelled: { true })
        #expect(bench.verdicts == [0: [.unavailable("verifying its proof took too long")]])
        // Taken back: nobody is told.
        bench.ask(3)
        bench.work(0, isCancelled: { true }, isWanted: false)
        #expect(bench.verdicts[3] == nil)
    }

    /// What waited at a busy executor until nobody waits for it is not verified.
    @Test func anOverdueProofIsAnsweredAtOnce() {
        let bench = Bench(executors: 1)
        bench.host.proofs.limits.nanos = 0
        bench.ask(0)
        bench.work(0)
        #expect(bench.verdicts == [0: [.unavailable("verifying its proof took too long")]] && bench.checker.count == 0)
    }

    /// A block that ends has nothing to do with a proof of the same number.
    @Test func theEndOfABlockStopsNoProof() {
        var loop: ExecutorLoop!
        var stops: [Bool] = []
        let checker = Checker()
        loop = ExecutorLoop(index: 0, source: PoolSource(), checker: checker, lookAround: {
            loop.post(link: 0, kind: ExecutorMessageKind.endBlock.rawValue, CancelMessage(session: 5).payload)
        }, overdue: { _ in })
        checker.looks = 3
        checker.onLook = { stops.append($0) }
        var tx = Bench.tx
        tx.clientIvcProof = ClientIvcProof([0])
        loop.post(link: 0, kind: ExecutorMessageKind.proof.rawValue, ProofMessage(ticket: 5, deadline: PoolLinks.now() + 1_000_000_000, tx: tx.serialized).payload)
        let answer = loop.turn()
        #expect(stops == [false, false, false])
        #expect(answer.flatMap { ProofVerdictMessage($0.body.span.bytes) }?.status == .valid)
    }

    /// Blocks go first, but a busy executor verifies too.
    @Test func blocksDoNotStarveProofs() {
        let bench = Bench(executors: 1)
        var mix = PoolBlock.Mix()
        mix.count = 60
        let block = PoolBlock(seed: 5, mix)
        var isFinished = false
        let session = bench.host.begin(block.request) { _, _ in isFinished = true }
        bench.host.offer(block.poolTxs, to: session)
        bench.host.complete(session)
        bench.host.pump()
        bench.ask(0)
        var jobs = 0
        while bench.verdicts.isEmpty, jobs < 60 {
            bench.work(0)
            bench.host.pump()
            jobs += 1
        }
        #expect(!isFinished && jobs > 5 && jobs <= 20)
        for _ in 0..<100 where !isFinished {
            bench.work(0)
            bench.host.pump()
        }
        #expect(isFinished)
    }

    /// The host's process is a new one.
    @Test func answersToAPredecessorAreNotOurs() {
        let bench = Bench(executors: 1)
        bench.ask(0)
        bench.engines[0]!.forget(link: 0)
        bench.work(0)
        #expect(bench.verdicts.isEmpty)
        bench.host.proofs.receive(ProofVerdictMessage(ticket: 12345, executor: 0, status: .valid).payload, from: 0)
        bench.host.proofs.receive([1, 2, 3], from: 0)
        bench.host.proofs.receive(ProofVerdictMessage(ticket: 3 << 48 | 7 << 32 | 1, executor: 5, status: .valid).payload, from: 0)
        #expect(bench.verdicts.isEmpty && bench.host.proofs.figures.malformed == 2)
    }
}
