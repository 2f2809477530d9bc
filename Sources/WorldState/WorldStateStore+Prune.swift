import Field
public import Storage

/// Finality and the end of history.
extension WorldStateStore {
    /// Puts the new finalised height into `batch`. It may jump by any amount.
    @discardableResult
    public func finalise(_ block: UInt32, into batch: WriteBatch) throws(WorldStateError) -> WorldStateStatus {
        var status = try status
        guard block > status.finalised else {
            throw WorldStateError(
                .refused, "Unable to finalise blocks to block number \(block), current finalised block: \(status.finalised)")
        }
        guard block <= status.latest, try families.row(block) != nil else {
            throw WorldStateError(.refused, "Unable to advance finalised block: \(block). Failed to read block data")
        }
        status.finalised = block
        var writer = RecordWriter(families: families, block: block)
        writer.write(status, into: batch)
        return status
    }

    public func finalise(_ block: UInt32, durably: Bool = false) throws(WorldStateError) {
        let batch = WriteBatch()
        try finalise(block, into: batch)
        try storage { () throws(StorageError) in try database.write(batch, sync: durably) }
    }

    /// Puts into `batch` what makes the oldest block unreadable and its successor the oldest: the versions that the
    /// successor shadows. Genesis keeps its records. Refused when the oldest block is not below the finalised one.
    @discardableResult
    public func pruneOldest(into batch: WriteBatch) throws(WorldStateError) -> WorldStateStatus {
        var status = try status
        let block = status.oldest
        guard block > 0, block < status.finalised else {
            throw WorldStateError(.refused, "Unable to remove historical block: \(block) finalisedBlockHeight: \(status.finalised)")
        }
        let successor = block + 1
        let before = try snapshot(at: block)
        let after = try snapshot(at: successor)
        let journal = try families.journal(successor)
        for tree in TreeID.allCases {
            let source = TreeSource(tree: tree, block: successor, snapshot: after[tree], families: families)
            let new = try after.growth(of: tree, since: before)
            try dropShadowedLeaves(source, journal[tree], batch)
            try dropShadowedPages(source, journal[tree].map(\.index) + new, batch)
        }
        for letter in ["r", "j"] as [Character] {
            KeyBuffer.block(letter, block).withSpan { batch.delete($0, in: families.blocks) }
        }
        status.oldest = successor
        var writer = RecordWriter(families: families, block: successor)
        writer.write(status, into: batch)
        return status
    }

    /// Prunes block by block until `target` is the oldest. An error part-way leaves the steps done before it.
    public func prune(to target: UInt32, durably: Bool = false) throws(WorldStateError) {
        let oldest = try status.oldest
        guard target > oldest else {
            throw WorldStateError(
                .refused,
                "Unable to remove historical blocks to block number \(target), blocks not found. Current oldest block: \(oldest)")
        }
        let batch = WriteBatch()
        while try status.oldest < target {
            batch.clear()
            try pruneOldest(into: batch)
            try storage { () throws(StorageError) in try database.write(batch, sync: durably) }
        }
    }

    private func dropShadowedPages(_ source: TreeSource, _ touched: [UInt64], _ batch: WriteBatch) throws(WorldStateError) {
        var iterator = StorageIterator(families.nodes, order: .withinPrefix)
        var pages: [UInt64] = []
        TouchedPages.forEach(touched, source.tree) { pages.append($0) }
        for page in pages {
            // Older versions come behind the block's own; block 0 is the last and stays. A page above nothing but
            // padding was not written, and its older version still counts.
            let own = KeyBuffer.node(source.tree, page: page, block: source.block)
            let found = try storage { () throws(StorageError) in
                try own.withSpan { (key) throws(StorageError) in try iterator.seek(key) }
            }
            guard found, iterator.withEntry({ key, _ in own.isEqual(to: key) }) else { continue }
            try dropFollowing(&iterator, before: KeyBuffer.node(source.tree, page: page, block: 0), families.nodes, batch)
        }
    }

    /// Leaves the block updated have an older version; new ones do not.
    private func dropShadowedLeaves(_ source: TreeSource, _ rewritten: [Journal.Leaf], _ batch: WriteBatch) throws(WorldStateError) {
        guard !rewritten.isEmpty else { return }
        var iterator = StorageIterator(families.leaves)
        for key in rewritten.map(\.key).sorted(by: <) {
            // Older versions come before the block's own; block 0's stays.
            let first = KeyBuffer.leaf(source.tree, key, block: 1)
            let found = try storage { () throws(StorageError) in
                try first.withSpan { (key) throws(StorageError) in try iterator.seek(key) }
            }
            guard found else { continue }
            let own = KeyBuffer.leaf(source.tree, key, block: source.block)
            let isOlder = iterator.withEntry { key, _ in
                guard own.isAbove(key) else { return false }
                batch.delete(key, in: families.leaves)
                return true
            }
            if isOlder { try dropFollowing(&iterator, before: own, families.leaves, batch) }
        }
    }

    /// Deletes what comes behind the cursor, up to and without `end`.
    private func dropFollowing(
        _ iterator: inout StorageIterator, before end: KeyBuffer, _ family: ColumnFamily, _ batch: WriteBatch
    ) throws(WorldStateError) {
        while try storage({ () throws(StorageError) in try iterator.next() }) {
            let isInside = iterator.withEntry { key, _ in
                guard end.isAbove(key) else { return false }
                batch.delete(key, in: family)
                return true
            }
            guard isInside else { return }
        }
    }
}
