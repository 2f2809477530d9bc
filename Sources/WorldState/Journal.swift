import Field

/// What a block's records cannot tell by themselves: the existing leaves of the indexed trees that it rewrote. With
/// the sizes before and after, every record the block wrote follows; unwinding and pruning need no search.
struct Journal {
    struct Leaf {
        var index: UInt64
        var key: Limbs4
    }

    /// Ascending by index.
    var nullifier: [Leaf] = []
    var publicData: [Leaf] = []

    subscript(tree: TreeID) -> [Leaf] {
        switch tree {
        case .nullifier: nullifier
        case .publicData: publicData
        default: []
        }
    }
}

extension TreeState {
    /// The leaves of the source that were rewritten, ascending by index.
    var rewrittenLeaves: [Journal.Leaf] {
        leaves.compactMap { key, record in record.index < source.snapshot.size ? Journal.Leaf(index: record.index, key: key) : nil }
            .sorted { $0.index < $1.index }
    }
}
