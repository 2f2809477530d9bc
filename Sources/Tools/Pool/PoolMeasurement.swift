import ExecutionPool
import Field
import Glibc
import PoolKit
import Protocol
import PublicExecution
import Storage

/// The blocks that are measured, and what was measured. A block is executed by each side in turn, round after round. On a
/// shared host one and the same program takes half as long again a second later, so sides are compared within a round, and
/// the median round counts.
struct PoolMeasurement {
    static let head = """
        load, conflicting, executors: milliseconds a block of 64: sequential, the same from transactions decoded before, pool;
        speed of the pool against both; what two cores could do (two blocks, each in sequence, at once); runs a transaction;
        processor time of the pool (host, supervisor and executors), of sequential
        """

    struct Time {
        var nanos: UInt64
        var cpu: UInt64
    }

    private struct Round {
        var sequential, decoded, together, pool: Time
    }

    let plan: PoolPlan
    let prepared: [PreparedBlock]
    private let execution = SequentialExecution()
    /// Only where times are compared.
    private let twin: Twin?
    private var begun: Round?
    private var rounds: [Round] = []
    private var runs = 0
    private var transactions = 0

    init(_ plan: PoolPlan) {
        self.plan = plan
        prepared = PreparedBlock.all(plan)
        twin = plan.task == .measure ? Twin(plan) : nil
    }

    /// Begins a round with what is not the pool. Returns what the pool's result has to be.
    mutating func sequential(_ place: Int) -> [String] {
        let block = prepared[place]
        let decoded = Self.timed { block.runDecoded(execution) }
        let whole = Self.timed { block.run(execution) }
        let both = Self.timed { concurrently({ _ = block.run(execution) }, { twin?.run(place) }) }
        begun = Round(sequential: whole.time, decoded: decoded.time, together: both.time, pool: Time(nanos: 0, cpu: 0))
        return whole.result.digest
    }

    /// Ends the round.
    mutating func parallel(_ time: Time, runs: Int, transactions: Int) {
        guard var round = begun else { return }
        round.pool = time
        rounds.append(round)
        self.runs += runs
        self.transactions += transactions
    }

    private static func timed<Result>(_ body: () -> Result) -> (result: Result, time: Time) {
        let cpu = ProcessClock.own, start = PoolLinks.now()
        let result = body()
        return (result, Time(nanos: PoolLinks.now() - start, cpu: ProcessClock.own - cpu))
    }

    func line(executors: Int) -> String {
        func median(_ value: (Round) -> Double) -> String {
            let values = rounds.map(value).sorted()
            return values.isEmpty ? "–" : "\((values[values.count / 2] * 100).rounded() / 100)"
        }
        func millis(_ side: KeyPath<Round, Time>) -> String { median { Double($0[keyPath: side].nanos) / 1e6 } }
        func speed(_ side: KeyPath<Round, Time>, _ other: KeyPath<Round, Time>, of blocks: Double = 1) -> String {
            median { blocks * Double($0[keyPath: side].nanos) / Double($0[keyPath: other].nanos) }
        }
        let again = "\((Double(runs) / Double(max(1, transactions)) * 100).rounded() / 100)"
        let cpu = median { Double($0.pool.cpu) / Double($0.sequential.cpu) }
        return "\(plan.load.rawValue) \(plan.conflicts) % \(executors): \(millis(\.sequential)) \(millis(\.decoded)) \(millis(\.pool))  "
            + "\(speed(\.sequential, \.pool)) \(speed(\.decoded, \.pool))  \(speed(\.sequential, \.together, of: 2))  \(again)  \(cpu)"
    }
}

/// The same blocks again, with nothing in common with the first: what two cores do that do not have to agree.
private final class Twin {
    private let prepared: [PreparedBlock]
    private let execution = SequentialExecution()

    init(_ plan: PoolPlan) { prepared = PreparedBlock.all(plan) }

    func run(_ place: Int) { _ = prepared[place].run(execution) }
}

/// A block in the forms that both sides begin with.
struct PreparedBlock {
    let block: PoolBlock
    /// As the pool gets them: what is measured begins with these bytes on either side.
    let txs: [PoolTx]

    static func all(_ plan: PoolPlan) -> [PreparedBlock] { (0..<(plan.task == .count ? 1 : 5)).map { PreparedBlock(plan, seed: plan.seed + UInt64($0)) } }

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
