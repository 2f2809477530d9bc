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

/// Everything of a proposal that L1 and the blob hosts have.
public struct Proposal: Sendable {
    /// Checked against the event.
    public var block: ProposedBlock
    /// Verified against the event's versioned hashes, in their order.
    public var blobs: [[UInt8]]
    /// Seconds since 1970.
    public var l1Timestamp: UInt64

    public init(block: ProposedBlock, blobs: [[UInt8]], l1Timestamp: UInt64) {
        self.block = block
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
    func head() async throws(L1Error) -> L1Header
    /// Headers by number, nil where the host has no such block; one request to the host for all.
    func headers(_ numbers: [UInt64]) async throws(L1Error) -> [L1Header?]
    /// Events of rollup and inbox over a range of L1 blocks, in the order of the chain.
    func events(in blocks: ClosedRange<UInt64>) async throws(L1Error) -> [L1Event]
    func proposal(_ event: BlockProposedEvent) async throws(L1Error) -> Proposal
    /// `getManaBaseFeeAt(timestamp, true)` at a block.
    func manaBaseFee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> Fr
    /// Tips and `canPruneAtTime(timestamp)` at a block.
    func tips(canPruneAt timestamp: UInt64, block: UInt64) async throws(L1Error) -> (RollupTips, canPrune: Bool)
    /// `getCommitteeAt(timestamp)` and `getSampleSeedAt(timestamp)` at a block.
    func committee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> DrawnCommittee
    /// The events it gave contradict what is stored: a source with several hosts asks another one next.
    func distrust(_ reason: String)
}

extension ChainSource {
    public func distrust(_ reason: String) {}
}
