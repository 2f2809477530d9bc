package import Field

/// What a block's records cannot tell by themselves: the existing leaves of the indexed trees that it rewrote. With
/// the sizes before and after, every record the block wrote follows; unwinding and pruning need no search.
package struct Journal {
    package struct Leaf: Equatable {
        package var index: UInt64
        package var key: Limbs4

        package init(index: UInt64, key: Limbs4) {
            self.index = index
            self.key = key
        }
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
