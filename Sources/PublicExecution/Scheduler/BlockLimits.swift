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
    /// What it mentions, hashed, in ascending order: transactions with something in common may touch the same state.
    public var names: [UInt64]

    static let nameLimit = 24

    public init(estimatedPrivateSize: Int = 0, gasLimits: Gas = .zero, kind: UInt64 = 0, names: [UInt64] = []) {
        self.estimatedPrivateSize = estimatedPrivateSize
        self.gasLimits = gasLimits
        self.kind = kind
        self.names = names
    }

    public init(_ tx: Tx) {
        estimatedPrivateSize = tx.estimatedPrivateTxEffectsSize
        gasLimits = tx.gasSettings.gasLimits
        let setup = tx.nonRevertiblePublicCallRequestsWithCalldata, app = tx.revertiblePublicCallRequestsWithCalldata
        kind = Self.kind((app.first ?? setup.first))
        names = Self.names(tx.data.feePayer, app + setup)
    }

    /// First call of the app logic, or of setup where there is no other: address and selector.
    private static func kind(_ call: PublicCallRequestWithCalldata?) -> UInt64 {
        guard let call else { return 0 }
        var hash = NameHash()
        hash.mix(call.request.contractAddress.field)
        if let selector = call.calldata.first { hash.mix(selector) }
        return hash.value | 1
    }

    /// The payer, and the words of every call's calldata with the contract they are for.
    private static func names(_ payer: AztecAddress, _ calls: [PublicCallRequestWithCalldata]) -> [UInt64] {
        var names: Set<UInt64> = []
        if !payer.isZero {
            var hash = NameHash()
            hash.mix(payer.field)
            names.insert(hash.value)
        }
        for call in calls {
            var contract = NameHash()
            contract.mix(call.request.contractAddress.field)
            for word in call.calldata.dropFirst().prefix(nameLimit) where !word.isZero && names.count < nameLimit {
                var hash = contract
                hash.mix(word)
                names.insert(hash.value)
            }
        }
        return names.sorted()
    }
}

/// Not a strong hash: who makes two names alike makes the scheduler guess worse, for his own transactions too.
private struct NameHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func mix(_ field: Fr) {
        let limbs = field.montgomery
        for limb in [limbs.l0, limbs.l1, limbs.l2, limbs.l3] {
            value = (value ^ limb) &* 0x9e37_79b9_7f4a_7c15
            value ^= value >> 29
        }
    }
}
