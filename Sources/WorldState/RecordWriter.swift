import Field
import Storage

/// Puts the records of one block into a batch.
struct RecordWriter {
    let families: Families
    let block: UInt32
    private var value: [UInt8] = []

    init(families: Families, block: UInt32) {
        self.families = families
        self.block = block
    }

    private func put(_ key: KeyBuffer, into family: ColumnFamily, _ batch: WriteBatch) {
        key.withSpan { batch.put($0, value.span, in: family) }
    }

    /// Everything in `tree` that differs from its source.
    mutating func write(_ tree: TreeState, into batch: WriteBatch) throws(WorldStateError) {
        for slot in (0..<tree.pages.count).sorted(by: { tree.pages.ids[$0] < tree.pages.ids[$1] }) {
            let id = tree.pages.ids[slot]
            RecordCodec.encodePage(tree.pages.nodes, at: PagePool.start(slot), group: NodePage.group(of: id), into: &value)
            put(.node(tree.tree, page: id, block: block), into: families.nodes, batch)
        }
        // In key order: neighbours are inserted one after the other, while their place is still in the processor's cache.
        for (key, record) in tree.leaves.sorted(by: { $0.key < $1.key }) {
            RecordCodec.encodeLeaf(record, tree: tree.tree, into: &value)
            put(.leaf(tree.tree, key, block: block), into: families.leaves, batch)
        }
        for (leaf, index) in tree.appendedIndices.sorted(by: { $0.key < $1.key }) {
            value.removeAll(keepingCapacity: true)
            RecordCodec.append40(index, to: &value)
            put(.leaf(tree.tree, leaf, block: block), into: families.leaves, batch)
        }
        try writeKeys(tree, into: batch)
    }

    /// Keys of the new leaves, page by page. The first page may hold older ones, which stay.
    private mutating func writeKeys(_ tree: TreeState, into batch: WriteBatch) throws(WorldStateError) {
        let start = tree.source.snapshot.size
        guard tree.tree.isIndexed, !tree.appendedKeys.isEmpty else { return }
        for page in (start >> 3)...((tree.size - 1) >> 3) {
            var keys = try tree.source.keyPage(page)
            for place in 0..<8 {
                let index = page << 3 + UInt64(place)
                if index >= start, index < tree.size { keys[place] = tree.appendedKeys[Int(index - start)] }
            }
            RecordCodec.encodeLeafKeys(keys, into: &value)
            put(.leafKeys(tree.tree, page: page), into: families.keys, batch)
        }
    }

    mutating func writeBlock(_ snapshot: WorldStateSnapshot, journal: Journal, into batch: WriteBatch) {
        value = snapshot.encoded
        put(.block("r", block), into: families.blocks, batch)
        value = snapshot.encodedSizes
        put(.block("s", block), into: families.blocks, batch)
        value.removeAll(keepingCapacity: true)
        RecordCodec.encodeJournal(journal.nullifier, into: &value)
        RecordCodec.encodeJournal(journal.publicData, into: &value)
        put(.block("j", block), into: families.blocks, batch)
    }

    mutating func write(_ status: WorldStateStatus, into batch: WriteBatch) {
        value = status.encoded
        put(.heights, into: families.blocks, batch)
    }
}
