import Protocol

/// What became of the transactions offered to a block. Indices are positions in the offer; transactions in none of the
/// lists were not looked at.
public struct BlockOutcome: Sendable {
    public var committed: [(index: Int, tx: ExecutedTx)] = []
    public var failed: [(index: Int, reason: String)] = []
    public var skipped: [(index: Int, reason: String)] = []
    public var stop = BlockScheduler.StopReason.done
    public var totalGas = BlockGas()
    public var totalSize = 0

    public init() {}

    /// Takes an event of the scheduler in; true when it was the last.
    public mutating func take(_ event: BlockScheduler.Event) -> Bool {
        switch event {
        case .committed(let run, _, let tx):
            committed.append((run.index, tx))
            totalGas = totalGas + tx.gasUsed.totalGas
            totalSize += tx.effect.daSize
        case .failed(let index, let reason): failed.append((index, reason))
        case .skipped(let index, let reason): skipped.append((index, reason))
        case .finished(let reason):
            stop = reason
            return true
        case .assigned, .cancelled, .poisoned: break
        }
        return false
    }
}

/// A block executed in this thread, one transaction after the other: the scheduler with a single executor.
public struct SequentialProcessor {
    public var limits: BlockLimits

    public init(limits: BlockLimits = BlockLimits()) { self.limits = limits }

    /// - Parameters:
    ///   - now: the clock of the limits' deadline, nanoseconds.
    ///   - execute: offers the transaction with that index to the state as committed so far.
    ///   - commit: puts the transaction with that index on top of the state.
    public func process(
        _ txs: [OfferedTx], now: () -> UInt64 = { 0 }, execute: (Int) -> BlockScheduler.Outcome, commit: (Int, ExecutedTx) -> Void
    ) -> BlockOutcome {
        var options = BlockScheduler.Options()
        options.queueDepth = 1
        options.windowPerExecutor = 1
        var scheduler = BlockScheduler(limits: limits, options: options)
        for tx in txs { scheduler.offer(tx) }
        scheduler.complete()
        scheduler.addExecutor(0)
        var outcome = BlockOutcome()
        while true {
            for event in scheduler.advance(now: now()) {
                if case .committed(let run, _, let tx) = event { commit(run.index, tx) }
                if outcome.take(event) { return outcome }
            }
            for event in scheduler.assign() {
                guard case .assigned(let job) = event else { continue }
                scheduler.accept(job, execute(job.index), version: scheduler.committed)
            }
        }
    }
}
