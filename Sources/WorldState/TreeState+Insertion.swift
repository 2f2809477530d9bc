import Field

/// Insertion without witnesses: only the final tree is computed («note 04 §3»: it depends on nothing but which index
/// each key got and the last value of each slot).
extension TreeState {
    /// Appends raw leaves; zeros are padding.
    func append(_ values: [Fr]) throws(WorldStateError) {
        precondition(!tree.isIndexed)
        try requireRoom(for: values.count)
        var cursor = TreeCursor(source)
        var writes: [(index: UInt64, hash: Fr)] = []
        for (offset, value) in values.enumerated() where !value.isZero {
            let index = size + UInt64(offset)
            writes.append((index, value))
            let key = value.integer
            if appendedIndices[key] == nil {
                appendedIndices[key] = index
                if !checkpoints.isEmpty { checkpoints[checkpoints.count - 1].appendedIndices.append(key) }
            }
        }
        try rehash(writes, &cursor)
        size += UInt64(values.count)
    }

    /// One batch: the leaf at position i gets index size + i; empty leaves and updates of present keys pad.
    func insertBatch(_ values: [LeafValue]) throws(WorldStateError) {
        precondition(tree.isIndexed)
        try requireRoom(for: values.count)
        var entries: [Entry] = []
        for (position, value) in values.enumerated() where !value.isEmpty(in: tree) {
            entries.append(Entry(key: value.key.integer, value: value.value, index: size + UInt64(position)))
        }
        entries.sort { $0.key < $1.key }
        for position in entries.indices.dropFirst() where entries[position].key == entries[position - 1].key {
            throw duplicateInBatch(entries[position].key)
        }
        let base = size
        try insert(&entries, padTo: values.count) { entries in
            // Nothing to number: positions decide. Updated keys leave their positions to padding.
            for entry in entries where entry.isNew { self.appendedKeys[Int(entry.index - self.source.snapshot.size)] = entry.key }
            self.size = base + UInt64(values.count)
        }
    }

    /// One after the other: new keys get the next index, present keys are updated in place, empty leaves are skipped.
    func insertSequentially(_ values: [LeafValue]) throws(WorldStateError) {
        precondition(tree.isIndexed)
        // First occurrence decides the index, the last one the value.
        var places: [Limbs4: Int] = [:]
        var entries: [Entry] = []
        for value in values where !value.isEmpty(in: tree) {
            let key = value.key.integer
            if let place = places[key] {
                guard tree.isUpdatable else { throw alreadyPresent(key) }
                entries[place].value = value.value
            } else {
                places[key] = entries.count
                entries.append(Entry(key: key, value: value.value, index: UInt64(entries.count)))
            }
        }
        entries.sort { $0.key < $1.key }
        let base = size
        try insert(&entries, padTo: 0) { entries in
            // `index` has held the order of first occurrence so far.
            let order = entries.indices.filter { entries[$0].isNew }.sorted { entries[$0].index < entries[$1].index }
            for (offset, position) in order.enumerated() {
                entries[position].index = base + UInt64(offset)
                self.appendedKeys.append(entries[position].key)
            }
            self.size = base + UInt64(order.count)
        }
    }

    /// A key to be inserted or updated.
    private struct Entry {
        var key: Limbs4
        var value: Fr
        var index: UInt64
        var isNew = false
        /// Key of the leaf below, for a new key.
        var low = Limbs4.zero
    }

    /// `entries` ascend by key without repetition. `number` gives the new ones their indices and sets the size.
    private func insert(_ entries: inout [Entry], padTo padding: Int, number: (inout [Entry]) -> Void) throws(WorldStateError) {
        var cursor = TreeCursor(source)
        try atomically { () throws(WorldStateError) in
            // Who is present, and the leaf below who is not. Neighbours often share it.
            var last: (key: Limbs4, record: LeafRecord)?
            for position in entries.indices {
                let key = entries[position].key
                let low: (key: Limbs4, record: LeafRecord)
                if let last, last.key < key, last.record.nextIndex == 0 || key < last.record.nextKey {
                    low = last
                } else {
                    low = try lowLeaf(key, &cursor)
                    last = low
                }
                if low.key == key {
                    guard tree.isUpdatable else { throw alreadyPresent(key) }
                    var record = leaves[key] ?? low.record
                    record.value = entries[position].value
                    setLeaf(key, record)
                } else {
                    entries[position].isNew = true
                    entries[position].low = low.key
                    // Linked below; kept so that the low leaf need not be read again.
                    if leaves[low.key] == nil { setLeaf(low.key, low.record) }
                }
            }
            let newCount = entries.count { $0.isNew }
            if padding == 0 { try requireRoom(for: newCount) }
            appendedKeys.append(contentsOf: repeatElement(nil, count: padding))
            number(&entries)

            // Link each run of new keys above one low leaf.
            var added: [Limbs4] = []
            added.reserveCapacity(newCount)
            var changed: [Limbs4] = []
            changed.reserveCapacity(entries.count + newCount)
            var runEnd: (key: Limbs4, record: LeafRecord)?
            var runLow: Limbs4?
            var following: (index: UInt64, key: Limbs4) = (0, .zero)
            func closeRun() {
                guard var end = runEnd else { return }
                end.record.nextIndex = following.index
                end.record.nextKey = following.key
                setLeaf(end.key, end.record)
                runEnd = nil
            }
            for entry in entries {
                guard entry.isNew else {
                    changed.append(entry.key)
                    continue
                }
                added.append(entry.key)
                changed.append(entry.key)
                let record = LeafRecord(index: entry.index, value: tree == .nullifier ? .zero : entry.value, nextIndex: 0, nextKey: .zero)
                if runLow == entry.low {
                    var previous = runEnd!
                    previous.record.nextIndex = entry.index
                    previous.record.nextKey = entry.key
                    setLeaf(previous.key, previous.record)
                } else {
                    closeRun()
                    var low = leaves[entry.low]!
                    following = (low.nextIndex, low.nextKey)
                    low.nextIndex = entry.index
                    low.nextKey = entry.key
                    setLeaf(entry.low, low)
                    changed.append(entry.low)
                    runLow = entry.low
                }
                runEnd = (entry.key, record)
            }
            closeRun()
            addNewKeys(added)

            // An updated key may be a low leaf as well.
            var writes: [(index: UInt64, key: Limbs4)] = changed.map { (leaves[$0]!.index, $0) }
            writes.sort { $0.index < $1.index }
            var unique: [(index: UInt64, key: Limbs4)] = []
            unique.reserveCapacity(writes.count)
            for write in writes where unique.last?.index != write.index { unique.append(write) }
            let hashes = leafHashes(unique.map { ($0.key, leaves[$0.key]!) })
            try rehash(zip(unique, hashes).map { ($0.index, $1) }, &cursor)
        }
    }

    func duplicateInBatch(_ key: Limbs4) -> WorldStateError {
        WorldStateError(.insertion, "Duplicate key not allowed in same batch, key value: \(Fr(unchecked: key)), tree: \(tree)")
    }

    func alreadyPresent(_ key: Limbs4) -> WorldStateError {
        let leaf = tree == .nullifier ? "NullifierLeafValue" : "PublicDataLeafValue"
        return WorldStateError(
            .insertion, "Unable to insert values into tree \(tree) leaf type \(leaf) is not updateable and \(Fr(unchecked: key)) is already present")
    }
}
