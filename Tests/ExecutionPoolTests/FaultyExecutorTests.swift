import ExecutionPool
import Field
import FuzzKit
import Glibc
import Messages
import PoolKit
import Protocol
import PublicExecution
import TemporaryFiles
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
        private(set) var reproducers: [Reproducer] = []

        init(_ sources: [any BaseSource]) {
            engines = sources.enumerated().map { ExecutorEngine(index: $0.offset, source: $0.element) }
            host = PoolHost(index: 0, generation: 1, transport: self, clock: { 0 })
            host.onPoison = { [unowned self] in reproducers.append($0) }
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
        #expect(bench.reproducers.count == 1 && bench.host.executorCount == 2 && bench.host.figures.malformed == 2)
    }

    /// What is dropped is kept: a file that holds the transaction and what came before it.
    @Test func aDroppedTransactionIsKeptToBeRunAgain() throws {
        let bench = Bench([PoolSource(), PoolSource()])
        bench.isTorn = { $0 == 2 }
        let block = Self.block()
        #expect(bench.run(block)?.failed.map(\.index) == [2])
        let reproducer = try #require(bench.reproducers.first)
        let temporary = try TemporaryDirectory("reproducer")
        defer { withExtendedLifetime(temporary) {} }
        let directory = temporary.path + "/poisoned"
        let path = try #require(reproducer.save(in: directory))
        #expect(path == directory + "/" + reproducer.name)
        let bytes = try #require(Self.file(path))
        #expect(bytes == reproducer.bytes)
        let content = try Reproducer.content(of: bytes)
        #expect(content.globals == block.request.globals && content.baseBlock == block.request.baseBlock)
        #expect(content.tx.wire == block.poolTxs[2].wire && content.tx.hash() == block.txs[2].hash())
        #expect(content.index == 2 && content.position == content.log.count && !content.reason.isEmpty)
    }

    private static func file(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    /// 10⁶ mutations in the long form: a file's content or a named error, never a trap.
    @Test func anyBytesAreAFileOrNone() throws {
        let bench = Bench([PoolSource(), PoolSource()])
        bench.isTorn = { $0 == 2 }
        _ = bench.run(Self.block())
        let bytes = try #require(bench.reproducers.first).bytes
        var fuzz = Fuzz(seed: 90)
        var read = 0
        for _ in 0..<Fuzz.rounds(short: 2000) { if (try? Reproducer.content(of: fuzz.altered(bytes))) != nil { read += 1 } }
        #expect(read > 0)
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
