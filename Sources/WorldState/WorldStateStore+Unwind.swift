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
            let (touched, keys) = tree.isIndexed ? try indexedLeaves(source, new, journal[tree]) : try appendedLeaves(source, new)
            // In key order, as RocksDB takes them fastest.
            for key in keys.sorted(by: <) { KeyBuffer.leaf(tree, key, block: block).withSpan { batch.delete($0, in: families.leaves) } }
            if tree.isIndexed { try removeKeys(source, new, batch) }
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

    /// Indices, ascending, and keys of the leaves this block wrote.
    private func indexedLeaves(
        _ source: TreeSource, _ new: Range<UInt64>, _ rewritten: [Journal.Leaf]
    ) throws(WorldStateError) -> (indices: [UInt64], keys: [Limbs4]) {
        var indices = rewritten.map(\.index)
        var keys = rewritten.map(\.key)
        var index = new.lowerBound
        while index < new.upperBound {
            let page = try source.keyPage(index >> 3)
            repeat {
                if let key = page[Int(index & 7)] {
                    indices.append(index)
                    keys.append(key)
                }
                index += 1
            } while index < new.upperBound && index & 7 != 0
        }
        return (indices, keys)
    }

    /// The same of an append tree, where a leaf is its own key.
    private func appendedLeaves(_ source: TreeSource, _ new: Range<UInt64>) throws(WorldStateError) -> (indices: [UInt64], keys: [Limbs4]) {
        var indices: [UInt64] = []
        var keys: [Limbs4] = []
        var cursor = TreeCursor(source)
        var page = [Fr](repeating: .zero, count: NodePage.nodeCount)
        var index = new.lowerBound
        while index < new.upperBound {
            try cursor.loadPage(NodePage.id(group: 0, index: index >> 3), into: &page, at: 0)
            repeat {
                let leaf = page[Int(index & 7)]
                if !leaf.isZero {
                    indices.append(index)
                    keys.append(leaf.integer)
                }
                index += 1
            } while index < new.upperBound && index & 7 != 0
        }
        return (indices, keys)
    }

    /// Drops the key pages of new leaves; the first may hold older ones, which stay.
    private func removeKeys(_ source: TreeSource, _ new: Range<UInt64>, _ batch: WriteBatch) throws(WorldStateError) {
        guard !new.isEmpty else { return }
        let first = new.lowerBound >> 3
        for number in first...((new.upperBound - 1) >> 3) {
            let key = KeyBuffer.leafKeys(source.tree, page: number)
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
