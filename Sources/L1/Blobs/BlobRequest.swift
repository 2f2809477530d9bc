import Protocol

/// The blobs of one L2 block: where it went onto L1 and which blobs its event names.
public struct BlobRequest: Hashable, Sendable {
    /// For messages.
    public var l2Block: UInt64
    public var l1Block: UInt64
    public var l1BlockHash: Bytes32
    /// In the event's order.
    public var versionedHashes: [Bytes32]
    /// Of the L1 block, when the caller has its header already; fetched otherwise.
    public var parentBeaconBlockRoot: Bytes32?

    public init(l2Block: UInt64, l1Block: UInt64, l1BlockHash: Bytes32, versionedHashes: [Bytes32], parentBeaconBlockRoot: Bytes32? = nil) {
        self.l2Block = l2Block
        self.l1Block = l1Block
        self.l1BlockHash = l1BlockHash
        self.versionedHashes = versionedHashes
        self.parentBeaconBlockRoot = parentBeaconBlockRoot
    }

    public init(event: BlockProposedEvent, parentBeaconBlockRoot: Bytes32? = nil) {
        self.init(
            l2Block: event.blockNumber, l1Block: event.place.blockNumber, l1BlockHash: event.place.blockHash, versionedHashes: event.versionedBlobHashes,
            parentBeaconBlockRoot: parentBeaconBlockRoot)
    }

    var text: String { "L2 block \(l2Block) (L1 block \(l1Block), \(l1BlockHash))" }
}

/// What a source served: a blob and the commitment it claims.
public struct BlobCandidate: Hashable, Sendable {
    /// 131,072 bytes.
    public var blob: [UInt8]
    /// 48 bytes.
    public var commitment: [UInt8]
    /// 48 bytes; many sources serve none or a wrong one, so it can only shorten the check.
    public var proof: [UInt8]?

    public init(blob: [UInt8], commitment: [UInt8], proof: [UInt8]?) {
        self.blob = blob
        self.commitment = commitment
        self.proof = proof
    }
}
