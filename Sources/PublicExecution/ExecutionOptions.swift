/// How a transaction is executed.
public struct ExecutionOptions: Sendable, Equatable {
    /// A payer that cannot pay ends with balance zero instead of the transaction being dropped («note 03 §12»). Block
    /// building and validation both execute like this: the gas validator is the guard. Private-only transactions are
    /// enforced whatever is said here.
    public var skipsFeeEnforcement: Bool
    /// Whether `ExecutionStatistics.opcodes` is filled in.
    public var countsOpcodes: Bool

    public init(skipsFeeEnforcement: Bool = true, countsOpcodes: Bool = false) {
        self.skipsFeeEnforcement = skipsFeeEnforcement
        self.countsOpcodes = countsOpcodes
    }
}

/// Why a transaction has no effects.
public enum ExecutionFailure: Error, Sendable, CustomStringConvertible {
    /// The transaction must be dropped from the block and the pool («note 03 §0», FATAL). The verdict rests on the reads.
    case dropped(reason: String, ReadSet)
    /// Cancelled, or out of time: nothing is said of the transaction.
    case interrupted
    /// Nothing is said of the transaction.
    case unavailable(StateUnavailable)

    public var description: String {
        switch self {
        case .dropped(let reason, _): "dropped: \(reason)"
        case .interrupted: "interrupted"
        case .unavailable(let state): "the state is not available: \(state)"
        }
    }
}
