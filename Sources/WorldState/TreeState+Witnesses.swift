public import Field

/// Witnesses of a batch insertion («note 04 §3.1»). The lists have one entry a leaf given, in sorted order.
public struct BatchInsertionWitness: Sendable {
    /// The leaves by descending key, with their positions in the input.
    public var sorted: [(leaf: LeafValue, position: Int)]
    /// The low leaf of each before it was changed; fillers behind the non-empty leaves.
    public var lowLeaves: [LeafWitness]
    /// Siblings of the new subtree, from its depth upwards.
    public var subtreePath: [Fr]
}

/// Witnesses of a sequential insertion («note 04 §3.2»): one entry a non-empty leaf in both lists.
public struct SequentialInsertionWitness: Sendable {
    public var lowLeaves: [LeafWitness]
    /// The place of the new leaf after its low leaf was changed; a filler for an update in place.
    public var insertions: [LeafWitness]
}

extension TreeState {
    func insertBatchWithWitness(_ values: [LeafValue], subtreeDepth: Int) throws(WorldStateError) -> BatchInsertionWitness {
        precondition(tree.isIndexed)
        try requireRoom(for: values.count)
        let keys = values.map { $0.key.integer }
        let order = values.indices.sorted { keys[$1] < keys[$0] || keys[$0] == keys[$1] && $0 < $1 }
        let filled = order.filter { !values[$0].isEmpty(in: tree) }
        for place in filled.indices.dropFirst() where keys[filled[place]] == keys[filled[place - 1]] {
            throw duplicateInBatch(keys[filled[place]])
        }
        return try atomically { () throws(WorldStateError) in
            var cursor = TreeCursor(source)
            let base = size
            var steps: [(key: Limbs4, record: LeafRecord)] = []
            var before: [(index: UInt64, leaf: LeafPreimage)] = []
            var added: [(key: Limbs4, record: LeafRecord)] = []
            appendedKeys.append(contentsOf: repeatElement(nil, count: values.count))
            for position in filled {
                let key = keys[position]
                let low = try lowLeaf(key, &cursor)
                before.append((low.record.index, LeafPreimage(key: low.key, low.record)))
                var changed = low.record
                if low.key == key {
                    guard tree.isUpdatable else { throw alreadyPresent(key) }
                    changed.value = values[position].value
                } else {
                    let index = base + UInt64(position)
                    added.append((key, LeafRecord(
                        index: index, value: tree == .nullifier ? .zero : values[position].value, nextIndex: changed.nextIndex, nextKey: changed.nextKey)))
                    changed.nextIndex = index
                    changed.nextKey = key
                    appendedKeys[Int(index - source.snapshot.size)] = key
                }
                setLeaf(low.key, changed)
                steps.append((low.key, changed))
            }
            let paths = try rehashInOrder(zip(steps, leafHashes(steps)).map { ($0.record.index, $1) }, &cursor)
            let subtreePath = Array(try siblingPath(of: base, &cursor)[min(subtreeDepth, tree.height)...])
            for leaf in added { setLeaf(leaf.key, leaf.record) }
            addNewKeys(added.reversed().map(\.key))
            let writes = zip(added, leafHashes(added)).map { (index: $0.record.index, hash: $1) }.sorted { $0.index < $1.index }
            try rehash(writes, &cursor)
            size = base + UInt64(values.count)

            var lowLeaves = zip(before, paths).map { LeafWitness(index: $0.index, leaf: $0.leaf, path: $1) }
            lowLeaves.append(contentsOf: repeatElement(.filler(tree), count: values.count - filled.count))
            return BatchInsertionWitness(sorted: order.map { (values[$0], $0) }, lowLeaves: lowLeaves, subtreePath: subtreePath)
        }
    }

    func insertSequentiallyWithWitness(_ values: [LeafValue]) throws(WorldStateError) -> SequentialInsertionWitness {
        precondition(tree.isIndexed)
        return try atomically { () throws(WorldStateError) in
            var cursor = TreeCursor(source)
            var steps: [(key: Limbs4, record: LeafRecord)] = []
            var before: [(index: UInt64, leaf: LeafPreimage, newIndex: UInt64?)] = []
            for value in values where !value.isEmpty(in: tree) {
                let key = value.key.integer
                let low = try lowLeaf(key, &cursor)
                var changed = low.record
                if low.key == key {
                    guard tree.isUpdatable else { throw alreadyPresent(key) }
                    before.append((low.record.index, LeafPreimage(key: low.key, low.record), nil))
                    changed.value = value.value
                    setLeaf(key, changed)
                    steps.append((key, changed))
                } else {
                    let index = source.snapshot.size + UInt64(appendedKeys.count)
                    before.append((low.record.index, LeafPreimage(key: low.key, low.record), index))
                    let record = LeafRecord(
                        index: index, value: tree == .nullifier ? .zero : value.value, nextIndex: changed.nextIndex, nextKey: changed.nextKey)
                    changed.nextIndex = index
                    changed.nextKey = key
                    setLeaf(low.key, changed)
                    setLeaf(key, record)
                    addNewKeys([key])
                    appendedKeys.append(key)
                    steps.append((low.key, changed))
                    steps.append((key, record))
                }
            }
            let newCount = before.count { $0.newIndex != nil }
            try requireRoom(for: newCount)
            let paths = try rehashInOrder(zip(steps, leafHashes(steps)).map { ($0.record.index, $1) }, &cursor)
            size += UInt64(newCount)

            var witness = SequentialInsertionWitness(lowLeaves: [], insertions: [])
            var at = 0
            for step in before {
                witness.lowLeaves.append(LeafWitness(index: step.index, leaf: step.leaf, path: paths[at]))
                at += 1
                if let index = step.newIndex {
                    witness.insertions.append(LeafWitness(index: index, leaf: .empty, path: paths[at]))
                    at += 1
                } else {
                    witness.insertions.append(.filler(tree))
                }
            }
            return witness
        }
    }
}
