import Protocol
public import Storage

/// The trees in the chain database, for the one process that writes it. The database is the only state: whoever opens
/// it after a crash finds the last whole block.
///
/// A block is applied in two steps so that other records join its batch and nothing is written that was not checked:
/// `prepare` computes the new trees in memory and compares them with the header; `write` puts their records into a
/// batch, which the caller commits. Not for use from two threads at once.
public final class WorldStateStore {
    public let database: Database
    let families: Families
    /// A block was refused and neither another one prepared nor `discard` called since. Unwinding is refused
    /// meanwhile, as in the reference: whoever wants to go back first says that the refused block is given up.
    public internal(set) var hasRefusedBlock = false
    /// By tree id; of the state `cached`.
    let caches: [PageCache]
    var cached: WorldStateSnapshot?

    /// Opens the trees, making genesis when there is none. Throws when the database holds another genesis, or for
    /// genesis data that cannot be. The database was opened with `ColumnFamilyOptions.worldState`.
    ///
    /// `cachedPages` bounds the memory kept of each large tree's nodes between blocks, twice 448 bytes a page.
    public init(_ database: Database, genesis: GenesisState, cachedPages: Int = 6144) throws(WorldStateError) {
        self.database = database
        caches = TreeID.allCases.map { PageCache(limit: $0.isIndexed ? cachedPages : 64) }
        families = Families(database)
        let trees = try genesis.build()
        let expected = WorldStateSnapshot { trees[Int($0.rawValue)].snapshot }
        if let present = try families.row(0) {
            guard present == expected else {
                throw WorldStateError(.genesis, """
                    Invalid initial archive state: database \(database.path) starts from genesis archive root \(present[.archive].root), \
                    the configuration gives \(expected[.archive].root). It belongs to another rollup or other prefilled data; \
                    use another data directory or remove this one.
                    """)
            }
            guard try families.status() != nil else { throw .corrupt("heights are missing") }
        } else {
            let batch = WriteBatch()
            var writer = RecordWriter(families: families, block: 0)
            for tree in trees { try writer.write(tree, into: batch) }
            writer.writeBlock(expected, journal: Journal(), into: batch)
            writer.write(WorldStateStatus(latest: 0, finalised: 0, oldest: 0), into: batch)
            try storage { () throws(StorageError) in try database.write(batch, sync: true) }
        }
    }

    public var status: WorldStateStatus {
        get throws(WorldStateError) {
            guard let status = try families.status() else { throw .corrupt("heights are missing") }
            return status
        }
    }

    /// Roots and sizes after `block`.
    public func snapshot(at block: UInt32) throws(WorldStateError) -> WorldStateSnapshot {
        guard let row = try families.row(block) else { throw .missingBlock(block) }
        return row
    }

    func trees(at block: UInt32) throws(WorldStateError) -> [TreeState] {
        let row = try snapshot(at: block)
        if cached != row {
            for cache in caches { cache.removeAll() }
            cached = nil
        }
        return TreeID.allCases.map { tree in
            TreeState(
                TreeSource(tree: tree, block: block, snapshot: row[tree], families: families, cache: caches[Int(tree.rawValue)]),
                keepsUndo: false)
        }
    }

    /// To be called when the records of a block are on their way: its pages are what comes next.
    private func remember(_ block: PreparedBlock) {
        for tree in block.trees { caches[Int(tree.tree.rawValue)].store(tree.pages) }
        cached = block.snapshot
    }
}

/// A block computed but not written.
public struct PreparedBlock {
    public let number: UInt32
    /// The trees after the block.
    public let snapshot: WorldStateSnapshot
    let status: WorldStateStatus
    let trees: [TreeState]
}

extension WorldStateStore {
    /// Computes the trees after `block` on top of the tip and requires the state (and archive) its header states.
    /// Nothing is written; dropping the result discards it.
    public func prepare(_ block: BlockEffects) throws(WorldStateError) -> PreparedBlock {
        let padded = try block.padded()
        hasRefusedBlock = true
        let status = try status
        let trees = try trees(at: status.latest)
        func tree(_ id: TreeID) -> TreeState { trees[Int(id.rawValue)] }

        // The two indexed trees are nearly all of the work, and equal in weight.
        var first: WorldStateError?
        var second: WorldStateError?
        concurrently {
            do throws(WorldStateError) {
                try tree(.publicData).insertSequentially(padded.writes)
                try tree(.l1ToL2Message).append(padded.messages)
                try tree(.archive).append([block.headerHash])
            } catch { first = error }
        } _: {
            do throws(WorldStateError) {
                try tree(.nullifier).insertBatch(padded.nullifiers)
                try tree(.noteHash).append(padded.noteHashes)
            } catch { second = error }
        }
        if var failure = second ?? first {
            if failure.kind == .insertion { failure.message = "Failed to sync block: \(failure.message)" }
            throw failure
        }

        let snapshot = WorldStateSnapshot { tree($0).snapshot }
        try requireEqual(snapshot, block, number: status.latest + 1)
        hasRefusedBlock = false
        return PreparedBlock(number: status.latest + 1, snapshot: snapshot, status: status, trees: trees)
    }

    /// Gives up a refused block.
    public func discard() { hasRefusedBlock = false }

    private func requireEqual(_ snapshot: WorldStateSnapshot, _ block: BlockEffects, number: UInt32) throws(WorldStateError) {
        let got = snapshot.stateReference
        var wrong: [String] = []
        func compare(_ tree: TreeID, _ got: AppendOnlyTreeSnapshot, _ stated: AppendOnlyTreeSnapshot) {
            guard got != stated else { return }
            wrong.append("\(tree): computed \(got.root) size \(got.nextAvailableLeafIndex), stated \(stated.root) size \(stated.nextAvailableLeafIndex)")
        }
        compare(.nullifier, got.partial.nullifierTree, block.state.partial.nullifierTree)
        compare(.noteHash, got.partial.noteHashTree, block.state.partial.noteHashTree)
        compare(.publicData, got.partial.publicDataTree, block.state.partial.publicDataTree)
        compare(.l1ToL2Message, got.l1ToL2MessageTree, block.state.l1ToL2MessageTree)
        if let archive = block.archive { compare(.archive, snapshot.archive, archive) }
        guard wrong.isEmpty else {
            throw WorldStateError(
                .stateMismatch, "Can't synch block: block state does not match world state (block \(number); \(wrong.joined(separator: "; ")))")
        }
    }

    /// Puts the records of a prepared block into `batch`. The tip must still be the one it was prepared on.
    public func write(_ block: PreparedBlock, into batch: WriteBatch) throws(WorldStateError) {
        var writer = RecordWriter(families: families, block: block.number)
        for tree in block.trees { try writer.write(tree, into: batch) }
        func rewritten(_ tree: TreeID) -> [Journal.Leaf] { block.trees[Int(tree.rawValue)].rewrittenLeaves }
        let journal = Journal(nullifier: rewritten(.nullifier), publicData: rewritten(.publicData))
        writer.writeBlock(block.snapshot, journal: journal, into: batch)
        var status = block.status
        status.latest = block.number
        if status.oldest == 0 { status.oldest = 1 }
        writer.write(status, into: batch)
        remember(block)
    }

    /// Prepares, writes and commits one block with nothing else in its batch.
    @discardableResult
    public func sync(_ block: BlockEffects, durably: Bool = false) throws(WorldStateError) -> PreparedBlock {
        let prepared = try prepare(block)
        let batch = WriteBatch()
        try write(prepared, into: batch)
        try storage { () throws(StorageError) in try database.write(batch, sync: durably) }
        return prepared
    }
}
