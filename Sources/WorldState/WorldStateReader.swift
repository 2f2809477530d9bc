public import Field
public import Protocol
import Storage
import Synchronization

/// What the low-leaf search found.
public struct LowLeaf: Hashable, Sendable {
    public var index: UInt64
    /// The key itself is present; `index` is its own leaf.
    public var alreadyPresent: Bool

    public init(index: UInt64, alreadyPresent: Bool) {
        self.index = index
        self.alreadyPresent = alreadyPresent
    }
}

/// Reads that views and forks have in common («note 04 §7»). Every read throws `missingBlock` or `forkNotFound` when
/// the block it stands on was unwound or pruned, also while the read was going on: what is returned is of one block.
public class WorldStateReader {
    let families: Families
    /// The block read, a fork's base.
    public let block: UInt32
    /// Roots and sizes of the block read.
    public let pinned: WorldStateSnapshot
    let trees: [TreeState]

    init(_ families: Families, block: UInt32, keepsUndo: Bool) throws(WorldStateError) {
        guard let row = try families.row(block) else { throw .missingBlock(block) }
        self.families = families
        self.block = block
        pinned = row
        trees = TreeID.allCases.map {
            TreeState(TreeSource(tree: $0, block: block, snapshot: row[$0], families: families), keepsUndo: keepsUndo)
        }
    }

    /// Version of the database on which the block was last seen; `.max`: none.
    private let seenVersion = Atomic<UInt64>(.max)

    /// Whether the block is still there as it was. Looked up again only when the database changed.
    public func isCurrent() throws(WorldStateError) -> Bool {
        let database = families.blocks.database
        if database.isUnchanged(since: seenVersion.load(ordering: .relaxed)) { return true }
        let version = database.quietVersion
        guard try families.row(block) == pinned else { return false }
        if let version { seenVersion.store(version, ordering: .relaxed) }
        return true
    }

    /// What a read on a block that is gone throws.
    var goneError: WorldStateError { .missingBlock(block) }

    /// Runs `body` on a tree, then makes sure that the block is still there.
    final func read<T>(_ tree: TreeID, _ body: (TreeState) throws(WorldStateError) -> T) throws(WorldStateError) -> T {
        let result: T
        do throws(WorldStateError) {
            result = try body(trees[Int(tree.rawValue)])
        } catch {
            // Records that vanished under the read look like damage; the row tells.
            try requireCurrent()
            throw error
        }
        try requireCurrent()
        return result
    }

    func requireCurrent() throws(WorldStateError) {
        guard try isCurrent() else { throw goneError }
    }

    public final func initialStateReference() throws(WorldStateError) -> StateReference {
        try requireCurrent()
        guard let row = try families.row(0) else { throw .missingBlock(0) }
        return row.stateReference
    }
}

extension WorldStateReader {
    /// Root and size.
    public func snapshot(_ tree: TreeID) throws(WorldStateError) -> TreeSnapshot {
        try read(tree) { (tree) throws(WorldStateError) in tree.snapshot }
    }

    /// The five trees.
    public func snapshot() throws(WorldStateError) -> WorldStateSnapshot {
        var result = WorldStateSnapshot { _ in TreeSnapshot(root: .zero, size: 0) }
        for tree in TreeID.allCases { result[tree] = try snapshot(tree) }
        return result
    }

    public func stateReference() throws(WorldStateError) -> StateReference { try snapshot().stateReference }

    /// Siblings from the leaf level up, for any index; bits above the height do not count.
    public func siblingPath(_ tree: TreeID, _ index: UInt64) throws(WorldStateError) -> [Fr] {
        try read(tree) { (tree) throws(WorldStateError) in
            var cursor = TreeCursor(tree.source)
            return try tree.siblingPath(of: index, &cursor)
        }
    }

    /// A raw leaf of an append tree; nil from the size on. Padding is zero.
    public func leafValue(_ tree: TreeID, _ index: UInt64) throws(WorldStateError) -> Fr? {
        precondition(!tree.isIndexed)
        return try read(tree) { (tree) throws(WorldStateError) in
            guard index < tree.size else { return nil }
            var cursor = TreeCursor(tree.source)
            return try tree.leafHash(at: index, &cursor)
        }
    }

    /// A leaf of an indexed tree: the empty one for padding, nil from the size on.
    public func leafPreimage(_ tree: TreeID, _ index: UInt64) throws(WorldStateError) -> LeafPreimage? {
        precondition(tree.isIndexed)
        return try read(tree) { (tree) throws(WorldStateError) in
            var cursor = TreeCursor(tree.source)
            return try tree.preimage(at: index, &cursor)
        }
    }

    /// The leaf of a nullifier or leaf slot.
    public func leaf(_ tree: TreeID, key: Fr) throws(WorldStateError) -> (index: UInt64, preimage: LeafPreimage)? {
        precondition(tree.isIndexed)
        return try read(tree) { (tree) throws(WorldStateError) in
            var cursor = TreeCursor(tree.source)
            let key = key.integer
            guard let record = try tree.leaf(key, &cursor) else { return nil }
            return (record.index, LeafPreimage(key: key, record))
        }
    }

    /// Value of a leaf slot of the public data tree; zero when it was never written.
    public func publicDataValue(_ leafSlot: Fr) throws(WorldStateError) -> Fr {
        try leaf(.publicData, key: leafSlot)?.preimage.value ?? .zero
    }

    /// Index of each value (nullifier, leaf slot or raw leaf) that is present at `start` or later.
    public func leafIndices(_ tree: TreeID, _ values: [Fr], from start: UInt64 = 0) throws(WorldStateError) -> [UInt64?] {
        try read(tree) { (tree) throws(WorldStateError) in
            var cursor = TreeCursor(tree.source)
            var found: [UInt64?] = []
            for value in values {
                let index = try tree.index(of: value, &cursor)
                found.append(index.flatMap { $0 >= start ? $0 : nil })
            }
            return found
        }
    }

    /// The leaf with the largest key ≤ `key`.
    public func lowLeaf(_ tree: TreeID, _ key: Fr) throws(WorldStateError) -> LowLeaf {
        precondition(tree.isIndexed)
        return try read(tree) { (tree) throws(WorldStateError) in
            var cursor = TreeCursor(tree.source)
            let key = key.integer
            let low = try tree.lowLeaf(key, &cursor)
            return LowLeaf(index: low.record.index, alreadyPresent: low.key == key)
        }
    }

    /// A leaf by index with its path, for membership proofs; nil from the size on.
    public func witness(_ tree: TreeID, _ index: UInt64) throws(WorldStateError) -> LeafWitness? {
        precondition(tree.isIndexed)
        return try read(tree) { (tree) throws(WorldStateError) in
            var cursor = TreeCursor(tree.source)
            guard let leaf = try tree.preimage(at: index, &cursor) else { return nil }
            return LeafWitness(index: index, leaf: leaf, path: try tree.siblingPath(of: index, &cursor))
        }
    }

    /// The block that inserted each leaf, pruned or not; nil beyond the size of the block read (a fork's base), and
    /// for all leaves before the first block. Genesis leaves count as block 1's.
    public func blockNumbers(_ tree: TreeID, ofLeaves indices: [UInt64]) throws(WorldStateError) -> [UInt32?] {
        let size = pinned[tree].size
        return try read(tree) { (_) throws(WorldStateError) in
            var found: [UInt32?] = []
            for index in indices {
                guard index < size else {
                    found.append(nil)
                    continue
                }
                guard block > 0 else {
                    // A fork of genesis sees the blocks' table as it is now.
                    found.append(try families.size(tree, after: 1) == nil ? nil : 1)
                    continue
                }
                var low: UInt32 = 1
                var high = block
                while low < high {
                    let middle = low + (high - low) / 2
                    guard let then = try families.size(tree, after: middle) else { throw .corrupt("sizes of block \(middle) are missing") }
                    if then > index { high = middle } else { low = middle + 1 }
                }
                found.append(low)
            }
            return found
        }
    }
}
