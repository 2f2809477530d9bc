public import Field
public import Protocol

/// What one transaction does to the trees, unpadded.
public struct TxLeaves: Hashable, Sendable {
    public var noteHashes: [Fr]
    public var nullifiers: [Fr]
    public var publicDataWrites: [PublicDataWrite]

    public init(noteHashes: [Fr], nullifiers: [Fr], publicDataWrites: [PublicDataWrite]) {
        self.noteHashes = noteHashes
        self.nullifiers = nullifiers
        self.publicDataWrites = publicDataWrites
    }
}

/// What one block does to the trees («note 04 §4»), and what its header says they are afterwards.
public struct BlockEffects: Sendable {
    public var messages: [Fr]
    public var txs: [TxLeaves]
    public var headerHash: Fr
    public var state: StateReference
    /// The archive afterwards, where it is known (published blocks).
    public var archive: AppendOnlyTreeSnapshot?

    public init(messages: [Fr], txs: [TxLeaves], headerHash: Fr, state: StateReference, archive: AppendOnlyTreeSnapshot? = nil) {
        self.messages = messages
        self.txs = txs
        self.headerHash = headerHash
        self.state = state
        self.archive = archive
    }

    /// `messages` are the L1→L2 messages of this block, unpadded.
    public init(_ block: L2Block, messages: [Fr]) {
        self.init(
            messages: messages,
            txs: block.body.txEffects.map { TxLeaves(noteHashes: $0.noteHashes, nullifiers: $0.nullifiers, publicDataWrites: $0.publicDataWrites) },
            headerHash: block.hash(), state: block.header.state, archive: block.archive)
    }

    static let messagesPerBlock = 16
    static let leavesPerTx = 64

    /// Messages, note hashes and nullifiers with their padding; the writes as one run.
    func padded() throws(WorldStateError) -> (messages: [Fr], noteHashes: [Fr], nullifiers: [LeafValue], writes: [LeafValue]) {
        func pad(_ leaves: [Fr], to count: Int, _ what: String, into out: inout [Fr]) throws(WorldStateError) {
            guard leaves.count <= count else {
                throw WorldStateError(.insertion, "Failed to sync block: \(leaves.count) \(what) are more than \(count)")
            }
            out.append(contentsOf: leaves)
            out.append(contentsOf: repeatElement(.zero, count: count - leaves.count))
        }
        var padded: (messages: [Fr], noteHashes: [Fr], nullifiers: [LeafValue], writes: [LeafValue]) = ([], [], [], [])
        var nullifiers: [Fr] = []
        try pad(messages, to: Self.messagesPerBlock, "L1 to L2 messages", into: &padded.messages)
        for tx in txs {
            try pad(tx.noteHashes, to: Self.leavesPerTx, "note hashes", into: &padded.noteHashes)
            try pad(tx.nullifiers, to: Self.leavesPerTx, "nullifiers", into: &nullifiers)
            for write in tx.publicDataWrites {
                guard !write.isEmpty else {
                    throw WorldStateError(.insertion, "Public data write must not be empty when syncing")
                }
                padded.writes.append(LeafValue(key: write.leafSlot, value: write.value))
            }
        }
        padded.nullifiers = nullifiers.map { LeafValue(key: $0) }
        return padded
    }
}
