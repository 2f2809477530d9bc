public import Field

/// Roots of the protocol's trees («note 01 §7, §11»).
public enum MerkleRoots {
    public enum NodeHash: Sendable {
        /// `H(l, r)`.
        case poseidon2
        /// `00 ‖ first 31 bytes of sha256(l ‖ r)`.
        case sha256Truncated

        public func callAsFunction(_ left: Fr, _ right: Fr) -> Fr {
            switch self {
            case .poseidon2: Poseidon2.hashPair(left, right)
            case .sha256Truncated: SHA256.truncatedPair(left, right)
            }
        }
    }

    /// One level up: `nodes.count` is even.
    static func parents(_ nodes: [Fr], _ hash: NodeHash) -> [Fr] {
        switch hash {
        case .poseidon2: Poseidon2.hashPairs(nodes)
        case .sha256Truncated: stride(from: 0, to: nodes.count, by: 2).map { hash(nodes[$0], nodes[$0 + 1]) }
        }
    }

    /// `zeros[k]` = root of an empty tree of height k, 0...height.
    public static func zeroHashes(height: Int, emptyLeaf: Fr = .zero, _ hash: NodeHash) -> [Fr] {
        var zeros = [emptyLeaf]
        for level in 0..<height { zeros.append(hash(zeros[level], zeros[level])) }
        return zeros
    }

    /// Root of a tree of fixed height whose absent leaves are `emptyLeaf`. Precondition: the leaves fit.
    public static func balanced(_ leaves: [Fr], height: Int, emptyLeaf: Fr = .zero, _ hash: NodeHash) -> Fr {
        balancedLevels(leaves, height: height, emptyLeaf: emptyLeaf, hash).last!.first!
    }

    /// Sibling path of a leaf, bottom first.
    public static func siblingPath(_ leaves: [Fr], index: Int, height: Int, emptyLeaf: Fr = .zero, _ hash: NodeHash) -> [Fr] {
        precondition(index >= 0 && index < 1 << height)
        let zeros = zeroHashes(height: height, emptyLeaf: emptyLeaf, hash)
        return balancedLevels(leaves, height: height, emptyLeaf: emptyLeaf, hash)[..<height].enumerated().map { level, nodes in
            let sibling = index >> level ^ 1
            return sibling < nodes.count ? nodes[sibling] : zeros[level]
        }
    }

    /// Nodes of each level that are not wholly empty; the last level is the root alone.
    private static func balancedLevels(_ leaves: [Fr], height: Int, emptyLeaf: Fr, _ hash: NodeHash) -> [[Fr]] {
        precondition(height < 63 && leaves.count <= 1 << height, "\(leaves.count) leaves in a tree of height \(height)")
        let zeros = zeroHashes(height: height, emptyLeaf: emptyLeaf, hash)
        var levels = [leaves.isEmpty ? [emptyLeaf] : leaves]
        for level in 0..<height {
            var nodes = levels[level]
            if nodes.count & 1 == 1 { nodes.append(zeros[level]) }
            levels.append(parents(nodes, hash))
        }
        return levels
    }

    /// The block's L1→L2 messages in a tree of 16 leaves. Precondition: at most 16.
    public static func inHash(_ messages: [Fr]) -> Fr { balanced(messages, height: 4, .sha256Truncated) }
}

/// The tree that splits off the largest power of two on the left («note 01 §11.4»).
public enum UnbalancedTree {
    /// Precondition: at least one leaf; one leaf is its own root.
    public static func root(_ leaves: [Fr], _ hash: MerkleRoots.NodeHash = .sha256Truncated) -> Fr {
        root(leaves[...], hash)
    }

    private static func root(_ leaves: ArraySlice<Fr>, _ hash: MerkleRoots.NodeHash) -> Fr {
        precondition(!leaves.isEmpty)
        if leaves.count == 1 { return leaves.first! }
        let split = leaves.startIndex + leftCount(leaves.count)
        return hash(root(leaves[..<split], hash), root(leaves[split...], hash))
    }

    /// Largest power of two strictly below `count`, for counts of at least 2.
    static func leftCount(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }

    /// Depth of a leaf and its index among the nodes of that depth. Precondition: `index` in 0..<count.
    public static func position(of index: Int, count: Int) -> (level: Int, indexAtLevel: Int) {
        precondition(index >= 0 && index < count)
        var (index, count) = (index, count)
        var level = 0
        var path = 0
        while count > 1 {
            let left = leftCount(count)
            path = path << 1 | (index >= left ? 1 : 0)
            if index >= left {
                index -= left
                count -= left
            } else {
                count = left
            }
            level += 1
        }
        return (level, path)
    }
}

/// The out hash: L2→L1 messages of a block («note 01 §11.4»).
public enum OutHash {
    /// Of one tx's siloed non-zero messages; zero for none. One message is paired with zero.
    public static func ofTx(_ messages: [Fr]) -> Fr {
        guard !messages.isEmpty else { return .zero }
        let height = messages.count <= 2 ? 1 : Int.bitWidth - (messages.count - 1).leadingZeroBitCount
        return MerkleRoots.balanced(messages, height: height, .sha256Truncated)
    }

    /// Of a block from the values of its txs; zero for an empty block.
    public static func ofBlock(_ txOutHashes: [Fr]) -> Fr {
        txOutHashes.isEmpty ? .zero : UnbalancedTree.root(txOutHashes)
    }
}
