import Field
import Storage

/// One tree as a changeable overlay over its stored state: forks keep theirs, the writer writes its to the database.
/// Costs memory for what was changed only. Not for use from two threads at once.
final class TreeState {
    let tree: TreeID
    let source: TreeSource
    var root: Fr
    var size: UInt64

    var pages = PagePool()
    /// Indexed trees: leaves that differ from the source.
    var leaves: [Limbs4: LeafRecord] = [:]
    /// Indexed trees: keys the source does not have, ascending.
    var newKeys: [Limbs4] = []
    /// Indexed trees: keys of the leaves from the source's size on; nil for padding.
    var appendedKeys: [Limbs4?] = []
    /// Append trees: new leaf → index; the first of equal ones.
    var appendedIndices: [Limbs4: UInt64] = [:]

    var checkpoints: [Checkpoint] = []
    var checkpointSerial: UInt32 = 0

    /// False when a failed insertion is followed by dropping the overlay.
    let keepsUndo: Bool

    init(_ source: TreeSource, keepsUndo: Bool) {
        self.keepsUndo = keepsUndo
        tree = source.tree
        self.source = source
        root = source.snapshot.root
        size = source.snapshot.size
    }

    var snapshot: TreeSnapshot { TreeSnapshot(root: root, size: size) }

    /// The slot of a page, loaded when it is not in the pool, and kept in the open checkpoint before it changes.
    func writableSlot(_ id: UInt64, _ cursor: inout TreeCursor) throws(WorldStateError) -> Int {
        let slot: Int
        if let present = pages.slot(of: id) {
            slot = present
        } else {
            slot = pages.add(id)
            try cursor.loadPage(id, into: &pages.nodes, at: PagePool.start(slot))
        }
        if let serial = checkpoints.last?.serial, pages.savedAt[slot] < serial {
            checkpoints[checkpoints.count - 1].pages.append((slot, pages.savedAt[slot], Array(pages.copy(of: slot))[...]))
            pages.savedAt[slot] = serial
        }
        return slot
    }

    /// Current record of a leaf, changed or stored.
    func leaf(_ key: Limbs4, _ cursor: inout TreeCursor) throws(WorldStateError) -> LeafRecord? {
        if let changed = leaves[key] { return changed }
        return try cursor.leaf(key)
    }

    func setLeaf(_ key: Limbs4, _ record: LeafRecord) {
        let old = leaves.updateValue(record, forKey: key)
        if !checkpoints.isEmpty { checkpoints[checkpoints.count - 1].leaves.append((key, old)) }
    }

    /// The leaf with the largest key ≤ `key`, changed or stored.
    func lowLeaf(_ key: Limbs4, _ cursor: inout TreeCursor) throws(WorldStateError) -> (key: Limbs4, record: LeafRecord) {
        let stored = try cursor.lowLeaf(key)
        let place = position(of: key)
        if place > 0, let added = Optional(newKeys[place - 1]), stored == nil || stored!.key < added {
            return (added, leaves[added]!)
        }
        guard let stored else {
            throw WorldStateError(.insertion, "no leaf of \(tree) precedes key \(Fr(unchecked: key))")
        }
        return (stored.key, leaves[stored.key] ?? stored.record)
    }

    /// Number of new keys ≤ `key`.
    func position(of key: Limbs4) -> Int {
        var low = 0
        var high = newKeys.count
        while low < high {
            let middle = (low + high) / 2
            if key < newKeys[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Adds ascending keys that neither the source nor the overlay has.
    func addNewKeys(_ added: [Limbs4]) {
        if added.count == 1 {
            newKeys.insert(added[0], at: position(of: added[0]))
            return
        }
        var merged: [Limbs4] = []
        merged.reserveCapacity(newKeys.count + added.count)
        var at = 0
        for key in newKeys {
            while at < added.count, added[at] < key {
                merged.append(added[at])
                at += 1
            }
            merged.append(key)
        }
        merged.append(contentsOf: added[at...])
        newKeys = merged
    }

    /// Refuses `count` more leaves when they do not fit.
    func requireRoom(for count: Int) throws(WorldStateError) {
        let wanted = size + UInt64(count)
        guard wanted <= tree.capacity else {
            let action = tree.isIndexed ? "insert values into tree" : "append leaves to tree"
            throw WorldStateError(.insertion, "Unable to \(action) \(tree) new size: \(wanted) max size: \(tree.capacity)")
        }
    }
}
