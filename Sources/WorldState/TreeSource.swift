import Bytes
import Field
import Storage

/// What is stored of one tree as it stood after one block.
struct TreeSource {
    let tree: TreeID
    let block: UInt32
    let snapshot: TreeSnapshot
    /// Nil for the tree before genesis: nothing is stored.
    let families: Families?
    /// The writer's; nil elsewhere.
    var cache: PageCache? = nil

    /// Key of an indexed leaf; nil for padding.
    func key(at index: UInt64) throws(WorldStateError) -> Limbs4? {
        guard index < snapshot.size else { return nil }
        return try keyPage(index >> 3)[Int(index & 7)]
    }

    /// Keys of the leaves `8·page…`, as far as this block has them; nil for padding.
    func keyPage(_ page: UInt64) throws(WorldStateError) -> [Limbs4?] {
        let nothing = [Limbs4?](repeating: nil, count: 8)
        guard let families, page << 3 < snapshot.size else { return nothing }
        let found = try storage { () throws(StorageError) in
            try KeyBuffer.leafKeys(tree, page: page).withSpan { (key) throws(StorageError) in
                try families.keys.withValue(of: key) { RecordCodec.decodeLeafKeys($0) }
            }
        }
        guard let found else { return nothing }
        guard var keys = found else { throw .corrupt("keys of leaves \(page << 3)… of \(tree)") }
        // A later block may have filled the page further.
        for place in 0..<8 where page << 3 + UInt64(place) >= snapshot.size { keys[place] = nil }
        return keys
    }
}

/// Cursors over a source, for the length of one operation.
struct TreeCursor: ~Copyable {
    let source: TreeSource
    private var nodes: StorageIterator?
    private var leaves: StorageIterator?

    init(_ source: TreeSource) { self.source = source }

    /// Fills `pages[at..<at + 14]`.
    mutating func loadPage(_ id: UInt64, into pages: inout [Fr], at start: Int) throws(WorldStateError) {
        let group = NodePage.group(of: id)
        let empty = NodePage.empty[group]
        for place in 0..<NodePage.nodeCount { pages[start + place] = empty[place] }
        // A page above leaves that do not exist yet is empty; no need to ask.
        let firstLeaf = NodePage.index(of: id) << UInt64(NodePage.levels * (group + 1))
        guard let families = source.families, firstLeaf < source.snapshot.size else { return }
        if let cache = source.cache, cache.load(id, into: &pages, at: start) { return }
        if nodes == nil { nodes = StorageIterator(families.nodes, order: .withinPrefix) }
        let key = KeyBuffer.node(source.tree, page: id, block: source.block)
        let found = try storage { () throws(StorageError) in try key.withSpan { (key) throws(StorageError) in try nodes!.seek(key) } }
        guard found else { return }
        let intact = nodes!.withEntry { _, value in RecordCodec.decodePage(value, into: &pages, at: start) }
        guard intact else { throw .corrupt("nodes of \(source.tree), group \(group), page \(NodePage.index(of: id))") }
    }

    /// The newest version of the leaf with the largest key ≤ `key`; nil when the tree has none.
    mutating func lowLeaf(_ key: Limbs4) throws(WorldStateError) -> (key: Limbs4, record: LeafRecord)? {
        var key = key
        while let found = try seekLeaf(key) {
            if found.block <= source.block {
                guard let record = leaves!.withEntry({ _, value in RecordCodec.decodeLeaf(value, tree: source.tree) }) else {
                    throw .corrupt("leaf \(found.key.bigEndianBytes.hex) of \(source.tree)")
                }
                return (found.key, record)
            }
            // A neighbour with newer versions only up to here: its version of this block, or what lies below it.
            key = found.key
        }
        return nil
    }

    /// The record of exactly `key`.
    mutating func leaf(_ key: Limbs4) throws(WorldStateError) -> LeafRecord? {
        guard let found = try seekLeaf(key), found.key == key else { return nil }
        guard let record = leaves!.withEntry({ _, value in RecordCodec.decodeLeaf(value, tree: source.tree) }) else {
            throw .corrupt("leaf \(key.bigEndianBytes.hex) of \(source.tree)")
        }
        return record
    }

    /// Index of a leaf of an append tree.
    mutating func appendIndex(_ value: Limbs4) throws(WorldStateError) -> UInt64? {
        guard let found = try seekLeaf(value), found.key == value else { return nil }
        guard let index = leaves!.withEntry({ _, value in RecordCodec.decodeAppendIndex(value) }) else {
            throw .corrupt("index of leaf \(value.bigEndianBytes.hex) of \(source.tree)")
        }
        return index
    }

    /// Stands on the last entry ≤ (key, this block); nil when it belongs to another tree or there is none.
    private mutating func seekLeaf(_ key: Limbs4) throws(WorldStateError) -> (key: Limbs4, block: UInt32)? {
        guard let families = source.families else { return nil }
        if leaves == nil { leaves = StorageIterator(families.leaves) }
        let sought = KeyBuffer.leaf(source.tree, key, block: source.block)
        let found = try storage { () throws(StorageError) in
            try sought.withSpan { (key) throws(StorageError) in try leaves!.seekForPrevious(key) }
        }
        guard found else { return nil }
        let tree = source.tree.rawValue
        return leaves!.withEntry { key, _ in
            guard key.count == 37, key[0] == tree else { return nil }
            return (RecordCodec.limbs(key, 1), RecordCodec.integer32(key, 33))
        }
    }
}
