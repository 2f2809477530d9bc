import Field
import Hashing

/// Roots of empty subtrees: `roots[0] = 0`, `roots[h + 1] = P(roots[h], roots[h])`.
enum EmptyTree {
    static let roots: [Fr] = MerkleRoots.zeroHashes(height: 40, .poseidon2)
}
