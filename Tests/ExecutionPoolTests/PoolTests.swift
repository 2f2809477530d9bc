import ExecutionPool
import FieldKit
import Glibc
import Messages
import PoolKit
import Protocol
import PublicExecution
import Testing

let isLong = getenv("QUETZAL_LONG") != nil

/// Real transactions through messages, codecs and executors.
@Suite(.serialized) struct PoolTests {
    static func mix(_ random: inout SeededGenerator, _ count: ClosedRange<Int> = 1...32) -> PoolBlock.Mix {
        var mix = PoolBlock.Mix()
        mix.count = Int.random(in: count, using: &random)
        mix.conflicts = [0, 10, 50, 100].randomElement(using: &random)!
        mix.hotSlots = UInt64.random(in: 1...3, using: &random)
        mix.faults = Int.random(in: 0..<4, using: &random) != 0
        mix.iterations = 1...60
        return mix
    }

    @Test func theMixIsAMix() {
        var reverted = 0, failed = 0, skipped = 0, committed = 0
        for seed in 0..<40 {
            var random = SeededGenerator(seed: UInt64(seed))
            let outcome = PoolBlock(seed: UInt64(seed), Self.mix(&random)).sequential()
            committed += outcome.committed.count
            failed += outcome.failed.count
            skipped += outcome.skipped.count
            reverted += outcome.committed.count { !$0.tx.effect.revertCode.isOK }
        }
        #expect(committed > 200 && reverted > 20 && failed > 5 && skipped > 5, "\(committed) \(reverted) \(failed) \(skipped)")
    }

    /// Any number of executors that die at random: what executing one after the other gives, down to the block's bytes and
    /// the roots of the trees after it.
    @Test func equalsSequentialExecution() throws {
        let chain = try PoolChain()
        var deaths = 0, conflicts = 0, blocks = 0
        for seed in 0..<(isLong ? 2500 : 60) {
            var random = SeededGenerator(seed: 10_000 + UInt64(seed))
            let block = PoolBlock(seed: UInt64(seed), Self.mix(&random))
            var options = BlockScheduler.Options()
            options.strikeLimit = 1000
            let pool = ThreadPool(executors: Int.random(in: 1...8, using: &random), seed: UInt64(seed), options: options)
            guard let result = pool.run(block, deaths: seed % 3 == 0 ? 60 : 0) else {
                Issue.record("seed \(seed) did not end")
                continue
            }
            let expected = block.sequential()
            #expect(result.outcome.digest == expected.digest ? true : false, "seed \(seed)")
            #expect(try chain.seal(result.outcome) == chain.seal(expected) ? true : false, "block or roots of seed \(seed)")
            deaths += result.counts.deaths
            conflicts += result.counts.conflicts
            blocks += 1
        }
        print("\(blocks) blocks, \(deaths) deaths, \(conflicts) conflicts")
        #expect(deaths > 5 && conflicts > 5)
    }

    /// Several blocks at once on the same executors do not mix.
    @Test func sessionsAreApart() {
        let pool = ThreadPool(executors: 3, seed: 5)
        var mix = PoolBlock.Mix()
        mix.count = 8
        mix.conflicts = 100
        mix.faults = true
        let last = PoolBlock(seed: 99, mix)
        var seen: [[String]] = []
        let blocks = (0..<5).map { PoolBlock(seed: UInt64($0), mix) }
        for block in blocks {
            let session = pool.host.begin(block.request) { outcome, _ in seen.append(outcome.digest) }
            pool.host.offer(block.poolTxs, to: session)
            pool.host.complete(session)
        }
        #expect(pool.run(last)?.outcome.digest == last.sequential().digest)
        #expect(Set(seen).isSubset(of: Set(blocks.map { $0.sequential().digest })))
    }

    /// Nonsense from an executor counts as its death; the block is none the worse.
    @Test func nonsenseIsNotBelieved() {
        let pool = ThreadPool(executors: 2, seed: 6)
        pool.host.receive([1, 2, 3], from: 0)
        var lie = ResultMessage(session: 1, index: 0, attempt: 1, executor: 1, version: 0, status: .verdict, body: [9])
        pool.host.receive(lie.payload, from: 0)
        lie.executor = 0
        lie.session = 1 << 60
        pool.host.receive(lie.payload, from: 0)
        #expect(pool.host.figures.malformed == 2)
        let block = PoolBlock(seed: 3, PoolBlock.Mix())
        #expect(pool.run(block)?.outcome.digest == block.sequential().digest)
    }

    @Test func anOrderThatIsNoneIsRefused() {
        let engine = ExecutorEngine(index: 0, source: PoolSource())
        var random = SeededGenerator(seed: 12)
        for _ in 0..<5000 {
            let body = (0..<Int.random(in: 0...100, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = engine.take(link: 0, kind: UInt16.random(in: 0...20, using: &random), body)
        }
        while engine.hasWork { _ = engine.runNext(isCancelled: { false }, isWanted: { true }) }
        #expect(engine.sessionCount <= 256)
    }
}
