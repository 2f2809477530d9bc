import Field
import Hashing

extension TreeState {
    /// Puts leaf hashes into place and recomputes everything above them, each node once, one level at a time over
    /// all changed paths so that the hash lanes stay full. `writes` ascend by index without repetition.
    func rehash(_ writes: [(index: UInt64, hash: Fr)], _ cursor: inout TreeCursor) throws(WorldStateError) {
        guard !writes.isEmpty else { return }
        var dirty: [DirtyPage] = []
        for (index, hash) in writes {
            try Self.place(hash, at: index, &dirty) { (page) throws(WorldStateError) in
                try self.writableSlot(NodePage.id(group: 0, index: page), &cursor)
            } store: { self.pages.nodes[$0] = $1 }
        }
        var inputs: [Fr] = []
        let groups = NodePage.groupCount(height: tree.height)
        for group in 0..<groups {
            let levels = NodePage.levelCount(group: group, height: tree.height)
            var hashes: [Fr] = []
            for level in 0..<levels {
                let offset = NodePage.offset(ofLevel: level)
                inputs.removeAll(keepingCapacity: true)
                for page in dirty {
                    let start = PagePool.start(page.slot) + offset
                    var pairs = page.pairs
                    while pairs != 0 {
                        let place = pairs.trailingZeroBitCount
                        inputs.append(pages.nodes[start + place])
                        inputs.append(pages.nodes[start + place + 1])
                        pairs &= pairs - 1
                    }
                }
                hashes = Poseidon2.hashPairs(inputs)
                guard level < levels - 1 else { break }
                let above = NodePage.offset(ofLevel: level + 1)
                var at = 0
                for position in dirty.indices {
                    let start = PagePool.start(dirty[position].slot) + above
                    var pairs = dirty[position].pairs
                    var mask: UInt8 = 0
                    while pairs != 0 {
                        let place = pairs.trailingZeroBitCount / 2
                        pages.nodes[start + place] = hashes[at]
                        at += 1
                        mask |= 1 << UInt8(place)
                        pairs &= pairs - 1
                    }
                    dirty[position].mask = mask
                }
            }
            guard group < groups - 1 else {
                root = hashes[0]
                return
            }
            var next: [DirtyPage] = []
            for (page, hash) in zip(dirty, hashes) {
                try Self.place(hash, at: page.index, &next) { (index) throws(WorldStateError) in
                    try self.writableSlot(NodePage.id(group: group + 1, index: index), &cursor)
                } store: { self.pages.nodes[$0] = $1 }
            }
            dirty = next
        }
    }

    /// A page with changed nodes of the level at hand.
    private struct DirtyPage {
        var index: UInt64
        var slot: Int
        var mask: UInt8

        /// The left places of pairs with a changed node.
        var pairs: UInt8 { (mask | mask >> 1) & 0b0101_0101 }
    }

    /// Puts node `index` of a group's lowest level into its page, which becomes the last of `dirty` if it was not.
    private static func place(
        _ hash: Fr, at index: UInt64, _ dirty: inout [DirtyPage], slot: (UInt64) throws(WorldStateError) -> Int, store: (Int, Fr) -> Void
    ) throws(WorldStateError) {
        let page = index >> UInt64(NodePage.levels)
        if dirty.last?.index != page { dirty.append(DirtyPage(index: page, slot: try slot(page), mask: 0)) }
        let last = dirty.count - 1
        let place = Int(index & 7)
        dirty[last].mask |= 1 << UInt8(place)
        store(PagePool.start(dirty[last].slot) + place, hash)
    }

    /// Writes leaf hashes in the order given, an index as often as it comes, and returns each write's sibling path
    /// at its moment. Still one batch of hashes a level: at every level the writes are replayed in order, each
    /// finding the siblings that the earlier ones left.
    func rehashInOrder(_ writes: [(index: UInt64, hash: Fr)], _ cursor: inout TreeCursor) throws(WorldStateError) -> [[Fr]] {
        guard !writes.isEmpty else { return [] }
        var paths = [[Fr]](repeating: [], count: writes.count)
        for position in paths.indices { paths[position].reserveCapacity(tree.height) }
        var values = writes.map(\.hash)
        var slots = [Int](repeating: 0, count: writes.count)
        var inputs = [Fr](repeating: .zero, count: 2 * writes.count)
        for level in 0..<tree.height {
            let (group, inner) = level.quotientAndRemainder(dividingBy: NodePage.levels)
            if inner == 0 {
                for position in writes.indices {
                    let page = writes[position].index >> UInt64(level + NodePage.levels)
                    slots[position] = try writableSlot(NodePage.id(group: group, index: page), &cursor)
                }
            }
            for position in writes.indices {
                let index = writes[position].index >> UInt64(level)
                let start = PagePool.start(slots[position])
                let own = start + NodePage.position(level: inner, index: index)
                let sibling = pages.nodes[start + NodePage.position(level: inner, index: index ^ 1)]
                paths[position].append(sibling)
                pages.nodes[own] = values[position]
                inputs[2 * position] = index & 1 == 0 ? values[position] : sibling
                inputs[2 * position + 1] = index & 1 == 0 ? sibling : values[position]
            }
            values = Poseidon2.hashPairs(inputs)
        }
        root = values[values.count - 1]
        return paths
    }

    /// Hashes of indexed leaves; empty ones hash to zero («note 04 §1»).
    func leafHashes(_ leaves: [(key: Limbs4, record: LeafRecord)]) -> [Fr] {
        var inputs: [Fr] = []
        inputs.reserveCapacity(leaves.count * (tree == .nullifier ? 3 : 4))
        for (key, record) in leaves {
            inputs.append(Fr(unchecked: key))
            switch tree {
            case .nullifier:
                inputs.append(Fr(unchecked: record.nextKey))
                inputs.append(Fr(record.nextIndex))
            default:
                inputs.append(record.value)
                inputs.append(Fr(record.nextIndex))
                inputs.append(Fr(unchecked: record.nextKey))
            }
        }
        var hashes = tree == .nullifier ? Poseidon2.hashTriples(inputs) : Poseidon2.hashQuads(inputs)
        for (position, leaf) in leaves.enumerated() where leaf.key.isZero && leaf.record.value.isZero { hashes[position] = .zero }
        return hashes
    }
}
