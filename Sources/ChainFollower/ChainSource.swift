public import Field
public import L1
public import Protocol

/// What of an L1 block header the follower uses.
public struct L1Header: Equatable, Sendable {
    public var number: UInt64
    public var hash: Bytes32
    public var parentHash: Bytes32
    /// Seconds since 1970.
    public var timestamp: UInt64
    /// Whether the block's bloom filter leaves room for events of the rollup or the inbox; true when there is no filter.
    public var mayHoldEvents: Bool

    public init(number: UInt64, hash: Bytes32, parentHash: Bytes32, timestamp: UInt64, mayHoldEvents: Bool) {
        self.number = number
        self.hash = hash
        self.parentHash = parentHash
        self.timestamp = timestamp
        self.mayHoldEvents = mayHoldEvents
    }

    public var id: L1BlockID { L1BlockID(number: number, hash: hash) }
}

/// An event of the rollup or inbox contract (note 05 §9).
public struct RollupEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case proposed(block: UInt64, archive: Fr, blobHashes: [Bytes32])
        case proven(block: UInt64)
        case pruned(proven: UInt64, pending: UInt64)
        case message(l2Block: UInt64, index: UInt64, leaf: Fr, rollingHash: [UInt8])
    }

    public var l1: L1BlockID
    public var logIndex: UInt32
    public var transaction: Bytes32
    public var kind: Kind

    public init(l1: L1BlockID, logIndex: UInt32, transaction: Bytes32, kind: Kind) {
        self.l1 = l1
        self.logIndex = logIndex
        self.transaction = transaction
        self.kind = kind
    }
}

/// Everything of a proposal that L1 and the blob hosts have, decoded and with the blobs verified against their
/// versioned hashes.
public struct Proposal: Sendable {
    public var archive: Fr
    public var header: ProposedBlockHeader
    public var state: StateReference
    public var signatures: [Signature]
    /// The blobs in the order of the event's hashes, concatenated.
    public var blobs: [UInt8]
    public var l1Timestamp: UInt64

    public init(archive: Fr, header: ProposedBlockHeader, state: StateReference, signatures: [Signature], blobs: [UInt8], l1Timestamp: UInt64) {
        self.archive = archive
        self.header = header
        self.state = state
        self.signatures = signatures
        self.blobs = blobs
        self.l1Timestamp = l1Timestamp
    }
}

/// Block numbers of the rollup's tips as the contract has them.
public struct RollupTips: Equatable, Sendable {
    public var pending: UInt64
    public var proven: UInt64

    public init(pending: UInt64, proven: UInt64) {
        self.pending = pending
        self.proven = proven
    }
}

/// L1 as the follower needs it: RPC and blob hosts, or a recording in memory.
@LoopActor public protocol ChainSource: AnyObject {
    func head() async throws -> L1Header
    /// Headers by number, nil where the host has no such block; one request to the host for all.
    func headers(_ numbers: [UInt64]) async throws -> [L1Header?]
    /// Events of a range of blocks in the order of the chain.
    func events(from: UInt64, to: UInt64) async throws -> [RollupEvent]
    /// Events of one block, by hash.
    func events(of block: L1BlockID) async throws -> [RollupEvent]
    func proposal(_ event: RollupEvent) async throws -> Proposal
    /// `getManaBaseFeeAt(timestamp, true)` at a block.
    func manaBaseFee(at timestamp: UInt64, block: UInt64) async throws -> Fr
    /// Tips and `canPruneAtTime(timestamp)` at a block.
    func tips(canPruneAt timestamp: UInt64, block: UInt64) async throws -> (RollupTips, canPrune: Bool)
}
