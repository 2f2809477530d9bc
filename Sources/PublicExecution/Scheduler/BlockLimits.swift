import Field
public import Protocol

/// Limits of a block («note 03 §14»); nil: no limit. Simulation and validation of a proposal have none but the deadline.
public struct BlockLimits: Sendable, Equatable {
    public var maxTransactions: Int?
    /// Bytes of tx effects as blobs carry them.
    public var maxBlockSize: Int?
    /// Per dimension; more than a `Gas` holds by default.
    public var maxBlockGas: BlockGas?
    /// On the clock of the caller's `now`, nanoseconds.
    public var deadline: UInt64?

    public init(maxTransactions: Int? = nil, maxBlockSize: Int? = nil, maxBlockGas: BlockGas? = nil, deadline: UInt64? = nil) {
        self.maxTransactions = maxTransactions
        self.maxBlockSize = maxBlockSize
        self.maxBlockGas = maxBlockGas
        self.deadline = deadline
    }
}

/// Gas of many transactions.
public struct BlockGas: Hashable, Sendable {
    public var daGas: UInt64
    public var l2Gas: UInt64

    public init(daGas: UInt64 = 0, l2Gas: UInt64 = 0) {
        self.daGas = daGas
        self.l2Gas = l2Gas
    }

    static func + (sum: BlockGas, gas: Gas) -> BlockGas {
        BlockGas(daGas: sum.daGas &+ UInt64(gas.daGas), l2Gas: sum.l2Gas &+ UInt64(gas.l2Gas))
    }

    /// More than `limit` in any dimension.
    func exceeds(_ limit: BlockGas) -> Bool { daGas > limit.daGas || l2Gas > limit.l2Gas }
}

/// What the scheduler has to know of a transaction before anybody ran it. Who runs it keeps the rest, under its index.
public struct OfferedTx: Sendable, Equatable {
    /// Bytes that its private side effects take at least.
    public var estimatedPrivateSize: Int
    public var gasLimits: Gas
    /// Transactions of one kind (same contract and function called first) tend to touch the same state; zero: no call.
    public var kind: UInt64

    public init(estimatedPrivateSize: Int = 0, gasLimits: Gas = .zero, kind: UInt64 = 0) {
        self.estimatedPrivateSize = estimatedPrivateSize
        self.gasLimits = gasLimits
        self.kind = kind
    }

    public init(_ tx: Tx) {
        estimatedPrivateSize = tx.estimatedPrivateTxEffectsSize
        gasLimits = tx.gasSettings.gasLimits
        kind = Self.kind(tx)
    }

    /// First call of the app logic, or of setup where there is no other: address and selector.
    static func kind(_ tx: Tx) -> UInt64 {
        guard let call = tx.revertiblePublicCallRequestsWithCalldata.first ?? tx.nonRevertiblePublicCallRequestsWithCalldata.first else { return 0 }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) { for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
        mix(call.request.contractAddress.field.bytes)
        if let selector = call.calldata.first { mix(selector.bytes) }
        return hash | 1
    }
}
