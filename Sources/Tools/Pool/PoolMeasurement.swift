import ExecutionPool
import Field
import Glibc
import PoolKit
import Protocol
import PublicExecution

/// The blocks that are measured, and what was measured. Blocks are executed round after round; of each the fastest round
/// counts, so that what else the machine does weighs little.
struct PoolMeasurement {
    static let head = """
        load, conflicting, executors: milliseconds a block of 64: sequential, the same from transactions decoded before, pool;
        speed of the pool against both; runs a transaction; processor time of the pool (host, supervisor and executors), of sequential
        """

    struct Figures {
        var nanos = UInt64.max
        var cpu = UInt64.max

        mutating func keep(_ nanos: UInt64, _ cpu: UInt64) {
            self.nanos = min(self.nanos, nanos)
            self.cpu = min(self.cpu, cpu)
        }
    }

    let plan: PoolPlan
    let prepared: [PreparedBlock]
    private let execution = SequentialExecution()
    private(set) var sequential: [Figures]
    private(set) var decoded: [Figures]
    private(set) var parallel: [Figures]
    private var runs = 0
    private var transactions = 0

    init(_ plan: PoolPlan) {
        self.plan = plan
        prepared = (0..<(plan.task == .count ? 1 : 5)).map { PreparedBlock(plan, seed: plan.seed + UInt64($0)) }
        sequential = prepared.map { _ in Figures() }
        decoded = sequential
        parallel = sequential
    }

    /// Of a round; checks that the pool's result is the same.
    mutating func sequential(_ place: Int) -> [String] {
        let block = prepared[place]
        let decoded = Self.timed { block.runDecoded(execution) }
        let whole = Self.timed { block.run(execution) }
        self.decoded[place].keep(decoded.nanos, decoded.cpu)
        sequential[place].keep(whole.nanos, whole.cpu)
        return whole.outcome.digest
    }

    mutating func parallel(_ place: Int, nanos: UInt64, cpu: UInt64, runs: Int) {
        parallel[place].keep(nanos, cpu)
        self.runs += runs
        transactions += prepared[place].block.txs.count
    }

    private static func timed(_ body: () -> BlockOutcome) -> (outcome: BlockOutcome, nanos: UInt64, cpu: UInt64) {
        let cpu = ProcessClock.own, start = PoolLinks.now()
        let outcome = body()
        return (outcome, PoolLinks.now() - start, ProcessClock.own - cpu)
    }

    func line(executors: Int) -> String {
        func millis(_ figures: [Figures]) -> Double { Double(figures.reduce(0) { $0 + $1.nanos }) / Double(figures.count) / 1e6 }
        func cpu(_ figures: [Figures]) -> Double { Double(figures.reduce(0) { $0 + $1.cpu }) }
        func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
        let (whole, bare, pool) = (millis(sequential), millis(decoded), millis(parallel))
        return "\(plan.load.rawValue) \(plan.conflicts) % \(executors): \(text(whole)) \(text(bare)) \(text(pool))  \(text(whole / pool)) \(text(bare / pool))  "
            + "\(text(Double(runs) / Double(max(1, transactions))))  \(text(cpu(parallel) / cpu(sequential))) (\(text(cpu(parallel) / cpu(decoded))))"
    }
}

/// A block in the forms that both sides begin with.
struct PreparedBlock {
    let block: PoolBlock
    /// As the pool gets them: what is measured begins with these bytes on either side.
    let txs: [PoolTx]

    init(_ plan: PoolPlan, seed: UInt64) {
        var mix = PoolBlock.Mix()
        mix.conflicts = Int(plan.conflicts)
        mix.iterations = plan.load == .light ? 9000...11_000 : 22_500...27_500
        block = PoolBlock(seed: seed, mix)
        txs = block.poolTxs
    }

    /// In sequence, from bytes.
    func run(_ execution: SequentialExecution) -> BlockOutcome {
        execution.run(block, txs.map(\.offer)) { index in
            guard let tx = try? Tx(wire: txs[index].wire) else { preconditionFailure("own bytes") }
            return (tx, block.hashes[index])
        }
    }

    /// In sequence, decoded before.
    func runDecoded(_ execution: SequentialExecution) -> BlockOutcome { execution.run(block, txs.map(\.offer)) { (block.txs[$0], block.hashes[$0]) } }
}

enum ProcessClock {
    /// Processor time of this process, nanoseconds.
    static var own: UInt64 { read(CLOCK_PROCESS_CPUTIME_ID) }

    /// Of another one; nil when there is none.
    static func of(_ process: pid_t) -> UInt64? {
        var clock = clockid_t()
        guard process > 0, clock_getcpuclockid(process, &clock) == 0 else { return nil }
        return read(clock)
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Blocks in sequence and nothing else.
func countSequential(_ plan: PoolPlan) {
    let block = PreparedBlock(plan, seed: plan.seed), execution = SequentialExecution()
    for _ in 0..<plan.blocks { _ = block.run(execution) }
}
