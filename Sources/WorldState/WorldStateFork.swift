public import Field
public import Protocol
public import Storage

/// A private, writable continuation of one block with nested checkpoints («note 04 §8»), in any process that can read
/// the database. It holds only what it changed. It stays valid while the chain advances, until its block is unwound or
/// pruned; from then on every call throws `forkNotFound`. Not for use from two threads at once.
///
/// An insertion that throws has changed nothing.
public final class WorldStateFork: WorldStateReader {
    private var isClosed = false
    public private(set) var checkpointDepth = 0

    /// A fork of `block`, nil for the tip, 0 for genesis.
    public init(_ database: Database, at block: UInt32? = nil) throws(WorldStateError) {
        let families = Families(database)
        guard let status = try families.status() else {
            throw WorldStateError(.missingBlock, "database \(database.path) has no world state yet")
        }
        let number = block ?? status.latest
        guard number <= status.latest else {
            throw WorldStateError(
                .missingBlock, "Unable to initialise from future block: \(number) unfinalisedBlockHeight: \(status.latest)")
        }
        guard number == 0 || number >= status.oldest else {
            throw WorldStateError(
                .missingBlock, "Unable to fork from expired historical block: \(number) unfinalisedBlockHeight: \(status.oldest)")
        }
        try super.init(families, block: number, keepsUndo: true)
    }

    /// Later calls throw `forkNotFound`. (What a fork holds goes when the last reference does.)
    public func close() throws(WorldStateError) {
        try requireCurrent()
        isClosed = true
    }

    override var goneError: WorldStateError { .forkNotFound }

    override func requireCurrent() throws(WorldStateError) {
        // A fork that was once found without its block stays so, also when an equal block comes back.
        guard !isClosed, try isCurrent() else {
            isClosed = true
            throw .forkNotFound
        }
    }
}

// MARK: - Writes

extension WorldStateFork {
    private func change<T>(_ tree: TreeID, _ body: (TreeState) throws(WorldStateError) -> T) throws(WorldStateError) -> T {
        try requireCurrent()
        return try read(tree, body)
    }

    /// Appends raw leaves to the note hash or message tree. Padding is the caller's.
    public func append(_ leaves: [Fr], to tree: TreeID) throws(WorldStateError) {
        precondition(!tree.isIndexed)
        try change(tree) { (state) throws(WorldStateError) in try state.append(leaves) }
    }

    /// Inserts a batch with the witnesses circuits need («note 04 §3.1»).
    public func batchInsert(_ leaves: [LeafValue], into tree: TreeID, subtreeDepth: Int) throws(WorldStateError) -> BatchInsertionWitness {
        precondition(tree.isIndexed && subtreeDepth >= 0)
        return try change(tree) { (state) throws(WorldStateError) in
            try state.insertBatchWithWitness(leaves, subtreeDepth: subtreeDepth)
        }
    }

    /// The same tree as `batchInsert` gives, in a fraction of the time.
    public func batchInsertWithoutWitness(_ leaves: [LeafValue], into tree: TreeID) throws(WorldStateError) {
        precondition(tree.isIndexed)
        try change(tree) { (state) throws(WorldStateError) in try state.insertBatch(leaves) }
    }

    /// Inserts one leaf after the other with witnesses («note 04 §3.2»).
    public func sequentialInsert(_ leaves: [LeafValue], into tree: TreeID) throws(WorldStateError) -> SequentialInsertionWitness {
        precondition(tree.isIndexed)
        return try change(tree) { (state) throws(WorldStateError) in try state.insertSequentiallyWithWitness(leaves) }
    }

    /// The same tree as `sequentialInsert` gives, in a fraction of the time.
    public func sequentialInsertWithoutWitness(_ leaves: [LeafValue], into tree: TreeID) throws(WorldStateError) {
        precondition(tree.isIndexed)
        try change(tree) { (state) throws(WorldStateError) in try state.insertSequentially(leaves) }
    }

    /// Appends the header to the archive; its state must be this fork's.
    public func updateArchive(_ header: BlockHeader) throws(WorldStateError) {
        try change(.archive) { (state) throws(WorldStateError) in
            guard WorldStateSnapshot({ self.trees[Int($0.rawValue)].snapshot }).stateReference == header.state else {
                throw WorldStateError(.stateMismatch, "Can't update archive tree: Block state does not match world state")
            }
            try state.append([header.hash()])
        }
    }
}

// MARK: - A block at once

extension WorldStateFork {
    /// Everything a block does to the trees but its header («note 04 §4»): messages, note hashes and nullifiers padded, writes
    /// in order. The same trees as transaction by transaction, the two indexed ones side by side. When it throws, part of it
    /// was done: the fork is of no more use.
    ///
    /// `messages` nil: transactions only, as the execution of a block sees them come («note 04 §4»).
    public func apply(messages: [Fr]? = nil, txs: [TxLeaves]) throws(WorldStateError) {
        try requireCurrent()
        let padded = try BlockEffects(messages: messages ?? [], txs: txs, headerHash: .zero, state: .zero).padded()
        var first: WorldStateError?
        var second: WorldStateError?
        let trees = trees
        concurrently {
            do throws(WorldStateError) {
                try trees[Int(TreeID.publicData.rawValue)].insertSequentially(padded.writes)
                if messages != nil { try trees[Int(TreeID.l1ToL2Message.rawValue)].append(padded.messages) }
            } catch { first = error }
        } _: {
            do throws(WorldStateError) {
                try trees[Int(TreeID.nullifier.rawValue)].insertBatch(padded.nullifiers)
                try trees[Int(TreeID.noteHash.rawValue)].append(padded.noteHashes)
            } catch { second = error }
        }
        try requireCurrent()
        if let failure = second ?? first { throw failure }
    }
}

// MARK: - Checkpoints, over all five trees at once

extension WorldStateFork {
    public func createCheckpoint() throws(WorldStateError) {
        try requireCurrent()
        for tree in trees { tree.createCheckpoint() }
        checkpointDepth += 1
    }

    /// Merges the newest checkpoint into the one below it (reverting that undoes both) or into the fork.
    public func commitCheckpoint() throws(WorldStateError) {
        try requireCurrent()
        guard checkpointDepth > 0 else { throw WorldStateError(.noCheckpoint, "Cannot commit without a checkpoint") }
        for tree in trees { tree.commitCheckpoint() }
        checkpointDepth -= 1
    }

    /// Goes back to the newest checkpoint and drops it.
    public func revertCheckpoint() throws(WorldStateError) {
        try requireCurrent()
        guard checkpointDepth > 0 else { throw WorldStateError(.noCheckpoint, "Cannot revert without a checkpoint") }
        for tree in trees { tree.revertCheckpoint() }
        checkpointDepth -= 1
    }
}
