public import Field
public import Protocol

/// What an execution saw of the state below it. The execution is right on any base that answers the same («architecture §4»).
public struct ReadSet: Sendable, Equatable {
    /// Leaf slot → value.
    public var publicData: [Fr: Fr] = [:]
    /// Siloed nullifier → whether it was there.
    public var nullifiers: [Fr: Bool] = [:]
    /// Index → leaf, nil beyond the size, for note hashes that are not the transaction's own.
    public var noteHashes: [UInt64: Fr?] = [:]
    /// Size of the note hash tree at the start, when something depends on it.
    public var noteHashCount: UInt64?
    /// Addresses and classes that were looked up: a transaction committed meanwhile that publishes one of them conflicts.
    public var instances: Set<AztecAddress> = []
    public var classes: Set<Fr> = []

    public init() {}
}
