/// What validators say of a transaction («note 03 §16»). Reasons are those the reference gives, word for word: RPC shows
/// them.
public enum TxValidation: Hashable, Sendable {
    case valid
    /// To be dropped.
    case invalid([TxRejection])
    /// Not for this block, but maybe for a later one.
    case skipped([TxRejection])

    public var reasons: [TxRejection] {
        switch self {
        case .valid: []
        case .invalid(let reasons), .skipped(let reasons): reasons
        }
    }

    public var isValid: Bool { self == .valid }

    /// Both verdicts, this one's reasons first; invalid outweighs skipped.
    public func and(_ other: TxValidation) -> TxValidation {
        switch (self, other) {
        case (.valid, _): other
        case (_, .valid): self
        case (.skipped, .skipped): .skipped(reasons + other.reasons)
        default: .invalid(reasons + other.reasons)
        }
    }

    static func invalid(_ reason: TxRejection) -> TxValidation { .invalid([reason]) }
}

/// Why a transaction is not taken.
public enum TxRejection: String, Hashable, Sendable, CaseIterable {
    case calldataCount = "Wrong number of calldata for public calls"
    case calldataSize = "Total calldata too large for enqueued public calls"
    case calldata = "Incorrect calldata for public call"
    case classLogCount = "Mismatched number of contract class logs"
    case classLogOrder = "Incorrectly sorted contract class logs"
    case classLog = "Mismatched contract class logs"
    case classLogLength = "Incorrect contract class logs length"
    case chainID = "Incorrect L1 chain id"
    case rollupVersion = "Incorrect rollup version"
    case maxBlockNumber = "Invalid max block number"
    case circuitsRoot = "Incorrect protocol circuits tree root"
    case protocolContractsRoot = "Incorrect protocol contracts tree root"
    case duplicateNullifier = "Duplicate nullifier in tx"
    case existingNullifier = "Existing nullifier"
    case setupFunction = "Setup function not on allow list"
    case duringValidation = "Unexpected error during validation"
    case gasLimit = "Gas limit is below the minimum fixed cost"
    case feePerGas = "Insufficient fee per gas"
    case feePayerBalance = "Insufficient fee payer balance"
    case blockHeader = "Block header not found"
    case proof = "Invalid proof"
}

extension Sequence<TxRejection> {
    /// As the reference joins them.
    public var joined: String { map(\.rawValue).joined(separator: ", ") }
}
