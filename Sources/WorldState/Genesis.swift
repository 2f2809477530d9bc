public import Field
import Hashing
public import Protocol

/// The state before the first block («note 04 §2»).
public struct GenesisState: Sendable {
    /// Slots and values of the public data tree at genesis, ascending by slot.
    public var prefilledPublicData: [PublicDataWrite]

    public init(prefilledPublicData: [PublicDataWrite] = []) {
        self.prefilledPublicData = prefilledPublicData
    }

    /// Leaves an indexed tree starts with: 2·64.
    public static let initialLeafCount = 128

    /// Computes the five trees in memory. Throws for prefilled data that cannot be.
    func build() throws(WorldStateError) -> [TreeState] {
        let trees = TreeID.allCases.map { tree in
            TreeState(
                TreeSource(tree: tree, block: 0, snapshot: TreeSnapshot(root: EmptyTree.roots[tree.height], size: 0), families: nil),
                keepsUndo: false)
        }
        let count = prefilledPublicData.count
        guard count <= Self.initialLeafCount else {
            throw WorldStateError(.genesis, "Number of prefilled values can't be more than initial size")
        }
        let defaults = (0..<UInt64(Self.initialLeafCount)).map { LeafValue(key: Fr($0)) }
        let prefilled = prefilledPublicData.map { LeafValue(key: $0.leafSlot, value: $0.value) }
        let kept = Self.initialLeafCount - count
        if let first = prefilled.first {
            guard kept == 0 || defaults[kept - 1].key < first.key else {
                throw WorldStateError(.genesis, "Prefilled values must not be the same as the default values")
            }
            for (lower, higher) in zip(prefilled, prefilled.dropFirst()) where !(lower.key < higher.key) {
                throw WorldStateError(.genesis, "Prefilled values must be unique and sorted")
            }
        }
        try trees[Int(TreeID.nullifier.rawValue)].prefill(defaults)
        try trees[Int(TreeID.publicData.rawValue)].prefill(defaults[..<kept] + prefilled)
        try trees[Int(TreeID.archive.rawValue)].append([Self.headerHash(WorldStateSnapshot { trees[Int($0.rawValue)].snapshot })])
        return trees
    }

    /// The trees at genesis and the hash of the genesis header. Throws for prefilled data that cannot be.
    public func compute() throws(WorldStateError) -> (trees: WorldStateSnapshot, headerHash: Fr) {
        let trees = try build()
        let snapshot = WorldStateSnapshot { trees[Int($0.rawValue)].snapshot }
        return (snapshot, Self.headerHash(snapshot))
    }

    /// Hash of the header that is zero but for its state.
    static func headerHash(_ snapshot: WorldStateSnapshot) -> Fr {
        var header = BlockHeader.zero
        header.state = snapshot.stateReference
        return header.hash()
    }
}

extension TreeState {
    /// The first leaves of an indexed tree, linked in the order given; hashed with their links even when empty.
    fileprivate func prefill(_ values: [LeafValue]) throws(WorldStateError) {
        var records: [(key: Limbs4, record: LeafRecord)] = []
        for (index, value) in values.enumerated() {
            let next = index + 1 < values.count ? index + 1 : 0
            records.append((value.key.integer, LeafRecord(
                index: UInt64(index), value: value.value, nextIndex: UInt64(next), nextKey: values[next].key.integer)))
        }
        var cursor = TreeCursor(source)
        var hashes = leafHashes(records)
        // Leaf 0 is not padding here: the reference's prefill does not ask whether a leaf is empty.
        if let first = records.first, first.key.isZero { hashes[0] = linkedHash(first) }
        try rehash(zip(records, hashes).map { ($0.record.index, $1) }, &cursor)
        for leaf in records { setLeaf(leaf.key, leaf.record) }
        addNewKeys(records.map(\.key))
        appendedKeys = records.map(\.key)
        size = UInt64(values.count)
    }

    private func linkedHash(_ leaf: (key: Limbs4, record: LeafRecord)) -> Fr {
        let key = Fr(unchecked: leaf.key), nextKey = Fr(unchecked: leaf.record.nextKey)
        return tree == .nullifier
            ? IndexedLeaf.nullifier(key, nextNullifier: nextKey, nextIndex: leaf.record.nextIndex)
            : IndexedLeaf.publicData(slot: key, value: leaf.record.value, nextIndex: leaf.record.nextIndex, nextSlot: nextKey)
    }
}

extension WorldStateSnapshot {
    /// The four trees of a header's state, in its form.
    public var stateReference: StateReference {
        func snapshot(_ tree: TreeID) -> AppendOnlyTreeSnapshot {
            AppendOnlyTreeSnapshot(root: self[tree].root, nextAvailableLeafIndex: UInt32(truncatingIfNeeded: self[tree].size))
        }
        return StateReference(
            l1ToL2MessageTree: snapshot(.l1ToL2Message),
            partial: PartialStateReference(
                noteHashTree: snapshot(.noteHash), nullifierTree: snapshot(.nullifier), publicDataTree: snapshot(.publicData)))
    }

    /// The archive in a header's form.
    public var archive: AppendOnlyTreeSnapshot {
        AppendOnlyTreeSnapshot(root: self[.archive].root, nextAvailableLeafIndex: UInt32(truncatingIfNeeded: self[.archive].size))
    }
}
