public import Field
public import Protocol

/// Contracts that a transaction's logs publish, in order. Later transactions of the block see them («note 03 §10.4»).
public struct PublishedContracts: Hashable, Sendable {
    public var classes: [ContractClassPublic] = []
    public var instances: [ContractInstanceWithAddress] = []

    public init() {}

    public var isEmpty: Bool { classes.isEmpty && instances.isEmpty }
}

/// What a committed transaction changes for those after it: what the commit log carries («architecture §4»).
public struct TxDiff: Hashable, Sendable {
    /// Each leaf slot once, where it was first written, with its last value.
    public var publicDataWrites: [PublicDataWrite] = []
    /// Without padding; always at least one.
    public var nullifiers: [Fr] = []
    /// Without padding. The tree grows by 64 whatever their number.
    public var noteHashes: [Fr] = []
    public var contracts = PublishedContracts()

    public init() {}
}
