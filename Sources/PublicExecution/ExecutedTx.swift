public import Protocol

/// A transaction after execution, ready to be committed to a block.
public struct ExecutedTx: Sendable {
    public var hash: TxHash
    public var effect: TxEffect
    public var gasUsed: GasUsed
    public var diff: TxDiff
    public var readSet: ReadSet
    /// The first phase that failed.
    public var revertReason: SimulationError?
    /// Per call of the app logic phase («note 03 §16», simulatePublicCalls).
    public var returnValues: [NestedProcessReturnValues]
    public var statistics: ExecutionStatistics
    /// Phases that ran; none of a private-only transaction, or when the result came from another process.
    public var phases: [ExecutedPhase] = []
    /// Effects as the AVM circuit has them, for `AvmCircuitPublicInputs`; nil where `phases` is empty for those reasons.
    public var accumulatedData: AvmAccumulatedData?

    public init(
        hash: TxHash, effect: TxEffect, gasUsed: GasUsed, diff: TxDiff, readSet: ReadSet, revertReason: SimulationError? = nil,
        returnValues: [NestedProcessReturnValues] = [], statistics: ExecutionStatistics = ExecutionStatistics()
    ) {
        self.hash = hash
        self.effect = effect
        self.gasUsed = gasUsed
        self.diff = diff
        self.readSet = readSet
        self.revertReason = revertReason
        self.returnValues = returnValues
        self.statistics = statistics
    }
}

/// Figures for operators.
public struct ExecutionStatistics: Sendable, Equatable {
    public var instructions = 0
    public var nanoseconds: UInt64 = 0
    /// Executions by place in `Interpreter.operationNames`; empty when not counted.
    public var opcodes: [UInt64] = []

    public init() {}
}

/// What became of a transaction that was offered to a block («note 03 §14»).
public enum TxVerdict: Sendable {
    case executed(ExecutedTx)
    /// Dropped from the block and the pool. The read set says what the verdict rests on.
    case failed(reason: String, ReadSet)
    /// Not for this block; stays in the pool.
    case skipped(reason: String, ReadSet)
}
