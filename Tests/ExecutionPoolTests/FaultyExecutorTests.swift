import ExecutionPool
import Field
import Messages
import PoolKit
import Protocol
import PublicExecution
import Testing

/// Executors that answer what they should not, or cannot answer at first.
@Suite struct FaultyExecutorTests {
    /// A state that cannot be opened at first.
    private final class LateSource: BaseSource {
        let source = PoolSource()
        var failures: Int
        var classes: ClassCache { source.classes }

        init(failures: Int) { self.failures = failures }

        func base(after block: UInt32, archiveRoot: Fr?, whileWaiting: () -> Void) throws(StateUnavailable) -> any ExecutionBase {
            guard failures == 0 else {
                failures -= 1
                throw StateUnavailable("not yet")
            }
            return source.base
        }

        func follow() {}
    }

    /// Host and engines in one thread. `lost`: commit entries that do not arrive.
    private final class Bench: PoolTransport {
        private(set) var host: PoolHost!
        var engines: [ExecutorEngine]
        var lost = 0
        /// Whether the result of this transaction, by its index, is torn.
        var isTorn: (UInt32) -> Bool = { _ in false }
        private(set) var reproducers = 0

        init(_ sources: [any BaseSource]) {
            engines = sources.enumerated().map { ExecutorEngine(index: $0.offset, source: $0.element) }
            host = PoolHost(index: 0, generation: 1, transport: self, clock: { 0 })
            host.onPoison = { [unowned self] _ in reproducers += 1 }
            for index in engines.indices { host.joined(index) }
        }

        func send(_ kind: ExecutorMessageKind, to signature: ExecutorSignature, _ body: [UInt8]) {
            if kind == .commit, lost > 0 { return lost -= 1 }
            for (index, engine) in engines.enumerated() where signature.isFor(index) { #expect(engine.take(link: 0, kind: kind.rawValue, body)) }
        }

        func run(_ block: PoolBlock) -> BlockOutcome? {
            var outcome: BlockOutcome?
            let session = host.begin(block.request) { result, _ in outcome = result }
            host.offer(block.poolTxs, to: session)
            host.complete(session)
            for _ in 0..<1000 where outcome == nil {
                host.pump()
                for (index, engine) in engines.enumerated() {
                    guard let answer = engine.runNext(isCancelled: { false }, isWanted: { true }) else { continue }
                    var body = answer.body
                    if let result = ResultMessage(body.span.bytes), isTorn(result.index) { body.removeLast() }
                    host.receive(body, from: index)
                }
            }
            return outcome
        }
    }

    private static func block(_ count: Int = 6) -> PoolBlock {
        var mix = PoolBlock.Mix()
        mix.count = count
        return PoolBlock(seed: 4, mix)
    }

    @Test func aStateThatComesLateIsOpenedAgain() {
        let bench = Bench([LateSource(failures: 2)])
        #expect(bench.run(Self.block())?.digest == Self.block().sequential().digest)
        // Never: there is no block.
        if case .unavailable? = Bench([LateSource(failures: 1000)]).run(Self.block())?.stop { return }
        Issue.record("a block without a state")
    }

    @Test func aLostCommitEntryIsSentAgain() {
        let bench = Bench([PoolSource(), PoolSource()])
        bench.lost = 2
        #expect(bench.run(Self.block(12))?.digest == Self.block(12).sequential().digest)
        #expect(bench.lost == 0)
    }

    /// Whose results cannot be read because of one transaction, goes on with the others.
    @Test func aResultThatCannotBeReadCostsTheTransactionOnly() {
        let bench = Bench([PoolSource(), PoolSource()])
        bench.isTorn = { $0 == 2 }
        let outcome = bench.run(Self.block())
        #expect(outcome?.failed.map(\.index) == [2] && outcome?.committed.count == 5)
        #expect(bench.reproducers == 1 && bench.host.executorCount == 2 && bench.host.figures.malformed == 2)
    }

    @Test func anAbandonedBlockTellsNothingMore() {
        let bench = Bench([PoolSource()])
        var committed = 0, isFinished = false
        var session: PoolHost.SessionID = 0
        let block = Self.block()
        session = bench.host.begin(block.request, committed: { _, _ in
            committed += 1
            bench.host.abandon(session)
        }, finished: { _, _ in isFinished = true })
        bench.host.offer(block.poolTxs, to: session)
        bench.host.complete(session)
        for _ in 0..<100 {
            bench.host.pump()
            guard let answer = bench.engines[0].runNext(isCancelled: { false }, isWanted: { true }) else { continue }
            bench.host.receive(answer.body, from: 0)
        }
        #expect(committed == 1 && !isFinished && bench.host.sessionCount == 0 && bench.engines[0].sessionCount == 0)
    }
}
