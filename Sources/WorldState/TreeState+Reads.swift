import Field

extension TreeState {
    /// Siblings from the leaf level up. Any index, also beyond the size; bits above the height do not count.
    func siblingPath(of index: UInt64, _ cursor: inout TreeCursor) throws(WorldStateError) -> [Fr] {
        let index = index & (tree.capacity - 1)
        var path: [Fr] = []
        path.reserveCapacity(tree.height)
        var loaded = [Fr](repeating: .zero, count: NodePage.nodeCount)
        for group in 0..<NodePage.groupCount(height: tree.height) {
            let id = NodePage.id(group: group, index: index >> UInt64(NodePage.levels * (group + 1)))
            let slot = pages.slot(of: id)
            if slot == nil { try cursor.loadPage(id, into: &loaded, at: 0) }
            for level in 0..<NodePage.levelCount(group: group, height: tree.height) {
                let sibling = NodePage.position(level: level, index: index >> UInt64(NodePage.levels * group + level) ^ 1)
                path.append(slot.map { pages.nodes[PagePool.start($0) + sibling] } ?? loaded[sibling])
            }
        }
        return path
    }

    /// The hash at leaf level: the leaf itself in an append tree.
    func leafHash(at index: UInt64, _ cursor: inout TreeCursor) throws(WorldStateError) -> Fr {
        let id = NodePage.id(group: 0, index: index >> UInt64(NodePage.levels))
        let place = NodePage.position(level: 0, index: index)
        if let slot = pages.slot(of: id) { return pages.nodes[PagePool.start(slot) + place] }
        var loaded = [Fr](repeating: .zero, count: NodePage.nodeCount)
        try cursor.loadPage(id, into: &loaded, at: 0)
        return loaded[place]
    }

    /// Key of an indexed leaf below the size; nil for padding.
    func key(at index: UInt64) throws(WorldStateError) -> Limbs4? {
        guard index < size else { return nil }
        if index >= source.snapshot.size { return appendedKeys[Int(index - source.snapshot.size)] }
        return try source.key(at: index)
    }

    /// The empty leaf for padding; nil from the size on.
    func preimage(at index: UInt64, _ cursor: inout TreeCursor) throws(WorldStateError) -> LeafPreimage? {
        guard index < size else { return nil }
        guard let key = try key(at: index) else { return .empty }
        guard let record = try leaf(key, &cursor) else { throw .corrupt("leaf \(index) of \(tree) is missing") }
        return LeafPreimage(key: key, record)
    }

    /// Index of a leaf: nullifier, leaf slot or raw leaf. Zero is never found in append trees.
    func index(of value: Fr, _ cursor: inout TreeCursor) throws(WorldStateError) -> UInt64? {
        let key = value.integer
        let found: UInt64?
        if tree.isIndexed {
            found = try leaf(key, &cursor)?.index
        } else {
            guard !value.isZero else { return nil }
            // Real leaves are unique; of equal ones the newest block's first is found, as in the reference.
            if let new = appendedIndices[key] { found = new } else { found = try cursor.appendIndex(key) }
        }
        return found.flatMap { $0 < size ? $0 : nil }
    }
}
