import Field
public import Storage

/// Going back. One block is one atomic batch, so a crash between blocks leaves a shorter chain and nothing else; a
/// range is resumed by asking for it again.
extension WorldStateStore {
    /// Puts the removal of the tip into `batch` and returns the heights that hold once it is committed. Refused for a
    /// finalised block. The records the block wrote follow from its journal, its sizes and its keys.
    @discardableResult
    public func unwindTip(into batch: WriteBatch) throws(WorldStateError) -> WorldStateStatus {
        var status = try status
        let block = status.latest
        guard block > 0 else { throw WorldStateError(.refused, "Unable to unwind block, block not found") }
        guard block > status.finalised else {
            throw WorldStateError(.refused, "Unable to unwind block: \(block) finalisedBlockHeight: \(status.finalised)")
        }
        guard !hasRefusedBlock else {
            throw WorldStateError(.refused, "Unable to unwind block: \(block) Can't unwind with uncommitted data, first rollback before unwinding")
        }
        let after = try snapshot(at: block)
        let before = try snapshot(at: block - 1)
        let journal = try families.journal(block)
        // What the block did not touch stays known.
        let keepsCache = cached == after
        for tree in TreeID.allCases {
            let source = TreeSource(tree: tree, block: block, snapshot: after[tree], families: families)
            let new = try after.growth(of: tree, since: before)
            let touched: [UInt64]
            switch tree {
            case .nullifier: touched = try removeLeaves(source, new, updated: journal.nullifier, batch)
            case .publicData: touched = try removeLeaves(source, new, updated: journal.publicData, batch)
            default: touched = try removeAppended(source, new, batch)
            }
            TouchedPages.forEach(touched, tree) { page in
                KeyBuffer.node(tree, page: page, block: block).withSpan { batch.delete($0, in: families.nodes) }
                if keepsCache { caches[Int(tree.rawValue)].remove(page) }
            }
        }
        if keepsCache { cached = before }
        for letter in ["r", "s", "j"] as [Character] {
            KeyBuffer.block(letter, block).withSpan { batch.delete($0, in: families.blocks) }
        }
        status.latest = block - 1
        var writer = RecordWriter(families: families, block: block)
        writer.write(status, into: batch)
        return status
    }

    /// Unwinds block by block until `target` is the tip. An error part-way leaves the steps done before it.
    public func unwind(to target: UInt32, durably: Bool = false) throws(WorldStateError) {
        guard target < (try status).latest else { throw WorldStateError(.refused, "Unable to unwind block, block not found") }
        let batch = WriteBatch()
        while try status.latest > target {
            batch.clear()
            try unwindTip(into: batch)
            try storage { () throws(StorageError) in try database.write(batch, sync: durably) }
        }
    }

    /// Drops this block's versions of new and updated leaves and the new leaves' keys; returns the indices, ascending.
    private func removeLeaves(
        _ source: TreeSource, _ new: Range<UInt64>, updated: [UInt64], _ batch: WriteBatch
    ) throws(WorldStateError) -> [UInt64] {
        let tree = source.tree
        var touched: [UInt64] = []
        var page: (number: UInt64, keys: [Limbs4?])?
        func remove(_ index: UInt64) throws(WorldStateError) {
            if page?.number != index >> 3 { page = (index >> 3, try source.keyPage(index >> 3)) }
            guard let key = page!.keys[Int(index & 7)] else {
                guard new.contains(index) else { throw .corrupt("key of leaf \(index) of \(tree) is missing") }
                return
            }
            touched.append(index)
            KeyBuffer.leaf(tree, key, block: source.block).withSpan { batch.delete($0, in: families.leaves) }
        }
        for index in updated { try remove(index) }
        guard !new.isEmpty else { return touched }
        for index in new { try remove(index) }

        let first = new.lowerBound >> 3
        for number in first...((new.upperBound - 1) >> 3) {
            let key = KeyBuffer.leafKeys(tree, page: number)
            if number == first, new.lowerBound & 7 != 0 {
                var keys = try source.keyPage(number)
                for place in Int(new.lowerBound & 7)..<8 { keys[place] = nil }
                var value: [UInt8] = []
                RecordCodec.encodeLeafKeys(keys, into: &value)
                key.withSpan { batch.put($0, value.span, in: families.keys) }
            } else {
                key.withSpan { batch.delete($0, in: families.keys) }
            }
        }
        return touched
    }

    /// Drops the leaf → index records of the leaves this block appended; returns their indices.
    private func removeAppended(_ source: TreeSource, _ new: Range<UInt64>, _ batch: WriteBatch) throws(WorldStateError) -> [UInt64] {
        let state = TreeState(source, keepsUndo: false)
        var cursor = TreeCursor(source)
        var touched: [UInt64] = []
        for index in new {
            let leaf = try state.leafHash(at: index, &cursor)
            guard !leaf.isZero else { continue }
            touched.append(index)
            KeyBuffer.leaf(source.tree, leaf.integer, block: source.block).withSpan { batch.delete($0, in: families.leaves) }
        }
        return touched
    }
}

/// The pages that lie above changed leaves.
enum TouchedPages {
    /// `leaves` ascend.
    static func forEach(_ leaves: [UInt64], _ tree: TreeID, _ body: (UInt64) -> Void) {
        var level = leaves
        for group in 0..<NodePage.groupCount(height: tree.height) {
            var pages: [UInt64] = []
            for index in level where pages.last != index >> UInt64(NodePage.levels) { pages.append(index >> UInt64(NodePage.levels)) }
            for page in pages { body(NodePage.id(group: group, index: page)) }
            level = pages
        }
    }
}
