import Field
import FieldKit
import Glibc
import PublicExecution
import Testing

@Suite struct BlockSchedulerTests {
    static let isLong = getenv("QUETZAL_LONG") != nil

    /// Random blocks, any number of executors, deaths, late news, executors that come and go: the sequential result.
    @Test func equalsSequentialExecution() {
        for seed in 0..<(Self.isLong ? 40_000 : 1500) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let block = ToyBlock.random(
                Int.random(in: 1...40, using: &generator), conflicts: [0, 10, 50, 100].randomElement(using: &generator)!, faults: seed % 4 != 0, using: &generator)
            var options = VirtualPool.Options()
            options.executors = Int.random(in: 1...8, using: &generator)
            options.deaths = [0, 0, 5].randomElement(using: &generator)!
            options.learnsLate = Bool.random(using: &generator)
            options.mayRetire = Bool.random(using: &generator)
            var schedulerOptions = BlockScheduler.Options()
            schedulerOptions.queueDepth = Int.random(in: 1...3, using: &generator)
            schedulerOptions.windowPerExecutor = Int.random(in: 1...8, using: &generator)
            // So many killings fall on one transaction only by design.
            schedulerOptions.strikeLimit = 1000
            schedulerOptions.crashWeight = 500
            var pool = VirtualPool(block, options, schedulerOptions: schedulerOptions)
            let outcome = ToyOutcome(pool.run(using: &generator))
            #expect(outcome == block.sequential(), "seed \(seed)")
        }
    }

    @Test func sequentialModeIsTheSameCode() {
        for seed in 0..<300 {
            var generator = SeededGenerator(seed: 77_000 + UInt64(seed))
            var block = ToyBlock.random(30, conflicts: 50, faults: true, using: &generator)
            for index in block.txs.indices { block.txs[index].crashes = false }
            var state = ToyBlock.State()
            let outcome = SequentialProcessor(limits: block.limits).process(
                block.txs.indices.map(block.offer), execute: { block.txs[$0].neverEnds ? .tookTooLong : .verdict(block.run($0, on: state)) },
                commit: { state.commit($1.diff) })
            #expect(ToyOutcome(outcome) == block.sequential())
        }
    }

    @Test func deadlineCutsTheTail() {
        var generator = SeededGenerator(seed: 1)
        let block = ToyBlock.random(20, conflicts: 0, faults: false, using: &generator)
        var clock: UInt64 = 0
        let outcome = SequentialProcessor(limits: BlockLimits(deadline: 7)).process(
            block.txs.indices.map(block.offer), now: { clock },
            execute: { index in
                clock += 1
                return .verdict(block.run(index, on: ToyBlock.State()))
            }, commit: { _, _ in })
        // The one that ended at 7 is in, the one that ended at 8 came too late.
        #expect(outcome.committed.map(\.index) == Array(0..<7))
        #expect(outcome.stop == .deadline)
    }

    @Test func unreadableStateEndsTheBlock() {
        var tries = 0
        let outcome = SequentialProcessor().process(
            [OfferedTx(), OfferedTx()],
            execute: { _ in
                tries += 1
                return .unavailable("block 7 is gone")
            }, commit: { _, _ in })
        #expect(outcome.stop == .unavailable("block 7 is gone"))
        #expect(outcome.committed.isEmpty && outcome.failed.isEmpty && tries == 3)
    }

    /// A transaction that kills its executor is tried once more on the final state, then dropped and named.
    @Test func poisonIsDroppedAfterTwoCrashes() {
        var scheduler = BlockScheduler()
        scheduler.offer(OfferedTx())
        scheduler.complete()
        var seen: [String] = []
        for executor in 0..<3 {
            scheduler.addExecutor(executor)
            for event in scheduler.advance() + scheduler.assign() {
                switch event {
                case .assigned: seen.append("assigned")
                case .poisoned(let index, let position, let reason): seen.append("poisoned \(index) \(position) \(reason)")
                case .failed(let index, let reason): seen.append("failed \(index) \(reason)")
                case .finished(let reason): seen.append("\(reason)")
                default: seen.append("?")
                }
            }
            scheduler.lost(executor, .crashed)
        }
        #expect(seen == ["assigned", "assigned", "poisoned 0 0 its executor crashed twice", "failed 0 Dropped: its executor crashed twice", "done"])
    }

    /// A result of an executor that was given up must not count, nor one of an older attempt.
    @Test func staleResultsAreIgnored() {
        var scheduler = BlockScheduler()
        scheduler.offer(OfferedTx())
        scheduler.complete()
        scheduler.addExecutor(1)
        guard case .assigned(let first)? = scheduler.assign().first else { Issue.record("no job"); return }
        scheduler.lost(1, .killed)
        scheduler.addExecutor(2)
        guard case .assigned(let second)? = scheduler.assign().first else { Issue.record("no job"); return }
        let old = scheduler.accept(first, .verdict(.failed(reason: "old", ReadSet())), version: 0)
        let ahead = scheduler.accept(second, .verdict(.failed(reason: "ahead of the log", ReadSet())), version: 1)
        let new = scheduler.accept(second, .verdict(.failed(reason: "new", ReadSet())), version: 0)
        #expect(!old && !ahead && new)
        guard case .failed(0, "new")? = scheduler.advance().first else { Issue.record("not decided"); return }
    }

    /// Speed and waste in virtual time: what the scheduler's policy alone costs.
    @Test(arguments: [(0, 1.9), (10, 1.75)]) func twoExecutorsAreWorthIt(conflicts: Int, least: Double) {
        var sum = 0.0
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: 500 + UInt64(seed))
            let block = ToyBlock.random(64, conflicts: conflicts, faults: false, using: &generator)
            var pool = VirtualPool(block, .init())
            _ = pool.run(using: &generator)
            sum += Double(block.txs.reduce(0) { $0 + $1.millis }) / Double(pool.time)
        }
        #expect(sum / 20 > least)
    }

    @Test(arguments: [0, 10, 50, 100]) func eightExecutorsWasteLittle(conflicts: Int) {
        var runs = 0, faster = 0.0
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: 900 + UInt64(seed))
            var block = ToyBlock.random(64, conflicts: conflicts, faults: false, using: &generator)
            for index in block.txs.indices { block.txs[index].kind = 1 }
            var options = VirtualPool.Options()
            options.executors = 8
            var pool = VirtualPool(block, options)
            _ = pool.run(using: &generator)
            runs += pool.scheduler.counts.runs
            faster += Double(block.txs.reduce(0) { $0 + $1.millis }) / Double(pool.time)
        }
        print("8 executors, \(conflicts) % conflicting: \(Double(runs) / 64 / 20) runs a transaction, \(faster / 20) times as fast")
        #expect(Double(runs) / 64 / 20 < (conflicts <= 10 ? 1.1 : 1.6))
    }

    /// A chain of conflicts runs on one executor, each transaction on top of the one before, without waiting for commits.
    @Test func aChainRunsOnOneExecutor() {
        var generator = SeededGenerator(seed: 31)
        var block = ToyBlock.random(64, conflicts: 0, faults: false, using: &generator)
        for index in block.txs.indices {
            block.txs[index].kind = 1
            block.txs[index].reads = [1]
            block.txs[index].writes = [1]
        }
        var learned = BlockScheduler.Learned()
        for round in 0..<2 {
            var pool = VirtualPool(block, .init(), learned: learned)
            let outcome = pool.run(using: &generator)
            #expect(ToyOutcome(outcome) == block.sequential())
            learned = pool.scheduler.learned
            if round == 1 {
                #expect(pool.scheduler.counts.runs < 70 && pool.scheduler.counts.conflicts < 4, "\(pool.scheduler.counts)")
                let alone = block.txs.reduce(0) { $0 + $1.millis }
                #expect(pool.time < alone + 40, "\(pool.time) of \(alone)")
            }
        }
    }

    /// Those that mention the same account go behind one another, the others beside them.
    @Test func namesTellWhoConflicts() {
        var runs = 0, faster = 0.0
        var learned = BlockScheduler.Learned()
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: 700 + UInt64(seed))
            var block = ToyBlock.random(64, conflicts: 50, faults: false, using: &generator)
            for index in block.txs.indices { block.txs[index].kind = 1 }
            var pool = VirtualPool(block, .init(), learned: learned, names: { block.txs[$0].reads })
            _ = pool.run(using: &generator)
            learned = pool.scheduler.learned
            runs += pool.scheduler.counts.runs
            faster += Double(block.txs.reduce(0) { $0 + $1.millis }) / Double(pool.time)
        }
        print("2 executors, 50 % conflicting, known by name: \(Double(runs) / 64 / 20) runs a transaction, \(faster / 20) times as fast")
        #expect(Double(runs) / 64 / 20 < 1.1 && faster / 20 > 1.7)
    }
}
