import Field

/// Undo records since a checkpoint was made. Making one costs nothing; each first change of a page and each change
/// of a leaf afterwards keeps what was there.
struct Checkpoint {
    var serial: UInt32
    var snapshot: TreeSnapshot
    var appendedKeyCount: Int
    var pages: [(slot: Int, savedBefore: UInt32, nodes: ArraySlice<Fr>)] = []
    var leaves: [(key: Limbs4, old: LeafRecord?)] = []
    var appendedIndices: [Limbs4] = []
}

extension TreeState {
    func createCheckpoint() {
        checkpointSerial += 1
        checkpoints.append(Checkpoint(serial: checkpointSerial, snapshot: snapshot, appendedKeyCount: appendedKeys.count))
    }

    /// The parent takes over the records: reverting it undoes this one's changes too. Its own records come first, so
    /// that undoing in reverse order ends with the oldest. Precondition: a checkpoint is open.
    func commitCheckpoint() {
        let top = checkpoints.removeLast()
        guard !checkpoints.isEmpty else { return }
        let parent = checkpoints.count - 1
        checkpoints[parent].pages.append(contentsOf: top.pages)
        checkpoints[parent].leaves.append(contentsOf: top.leaves)
        checkpoints[parent].appendedIndices.append(contentsOf: top.appendedIndices)
    }

    /// Precondition: a checkpoint is open.
    func revertCheckpoint() {
        let top = checkpoints.removeLast()
        for record in top.pages.reversed() {
            pages.restore(record.slot, record.nodes)
            pages.savedAt[record.slot] = record.savedBefore
        }
        var lostKeys = false
        for record in top.leaves.reversed() {
            leaves[record.key] = record.old
            if record.old == nil { lostKeys = true }
        }
        if lostKeys { newKeys.removeAll { leaves[$0] == nil } }
        for leaf in top.appendedIndices { appendedIndices[leaf] = nil }
        appendedKeys.removeLast(appendedKeys.count - top.appendedKeyCount)
        root = top.snapshot.root
        size = top.snapshot.size
    }

    /// All of `body` or, when it throws, nothing of it (an overlay that is discarded then saves itself the records).
    func atomically<T>(_ body: () throws(WorldStateError) -> T) throws(WorldStateError) -> T {
        guard keepsUndo else { return try body() }
        createCheckpoint()
        do {
            let result = try body()
            commitCheckpoint()
            return result
        } catch {
            revertCheckpoint()
            throw error
        }
    }
}
