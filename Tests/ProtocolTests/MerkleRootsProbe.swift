import Field
import Hashing
import Protocol

/// A small tree to take paths from.
enum MerkleRootsProbe {
    static func root(_ leaves: [Fr]) -> Fr { MerkleRoots.balanced(leaves, height: 4, .poseidon2) }
    static func path(_ leaves: [Fr], _ index: Int) -> SiblingPath { SiblingPath(MerkleRoots.siblingPath(leaves, index: index, height: 4, .poseidon2)) }
}
