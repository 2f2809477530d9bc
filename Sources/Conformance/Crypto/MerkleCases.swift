import Bytes
import Field
import Hashing
import JSON

enum MerkleCases {
    static let sections: [String: CryptoConformance.Section] = [
        "unbalancedSha256Trunc": unbalanced, "inHash": inHash, "balanced": balanced, "outHash": outHash,
        "indexedLeaves": indexedLeaves, "inboxRollingHash": rollingHash,
    ]

    /// Lists whose index is the height.
    static func zeroHashes(_ item: Case) throws {
        for (key, hash) in [("poseidon", MerkleRoots.NodeHash.poseidon2), ("sha256Trunc", .sha256Truncated)] {
            guard let height = item.element[key]?.count, 1...256 ~= height else { continue }
            item.expect(key, .fields(MerkleRoots.zeroHashes(height: height - 1, hash)))
        }
    }

    static func unbalanced(_ item: Case) throws {
        let leaves = try item.fields("leaves")
        // The reference's calculator refuses fewer than two leaves unless it may fill up with empty ones.
        item.expect("rootWithoutEmptyLeaf", leaves.count < 2 ? .refused : .field(UnbalancedTree.root(leaves)))
        let filled = leaves + [Fr](repeating: .zero, count: max(0, 2 - leaves.count))
        item.expect("rootWithEmptyLeafZero", .field(UnbalancedTree.root(filled)))
        item.expect("positions", .list(leaves.indices.map { index in
            let position = UnbalancedTree.position(of: index, count: leaves.count)
            return .object([("level", .number(position.level)), ("indexAtLevel", .number(position.indexAtLevel))])
        }))
    }

    static func inHash(_ item: Case) throws {
        let messages = try item.fields("messages")
        item.expect("inHash", messages.count > 16 ? .refused : .field(MerkleRoots.inHash(messages)))
    }

    static func balanced(_ item: Case) throws {
        let height = Int(clamping: try item.number("height"))
        let leaves = try item.fields("leaves")
        let index = Int(clamping: try item.number("index"))
        guard height <= 60, index < 1 << height else { throw Case.Malformed(description: "the index does not fit the tree") }
        guard leaves.count <= 1 << height else {
            for key in ["poseidonRoot", "siblingPath", "sha256TruncRoot"] { item.expect(key, .refused) }
            return
        }
        item.expect("poseidonRoot", .field(MerkleRoots.balanced(leaves, height: height, .poseidon2)))
        item.expect("siblingPath", .fields(MerkleRoots.siblingPath(leaves, index: index, height: height, .poseidon2)))
        item.expect("sha256TruncRoot", .field(MerkleRoots.balanced(leaves, height: height, .sha256Truncated)))
    }

    static func outHash(_ item: Case) throws {
        let perTx = try item.input("l2ToL1MsgsPerTx").elements.map { tx in
            OutHash.ofTx(try tx.elements.map { try Case.field($0) })
        }
        item.expect("txOutHashes", .fields(perTx))
        item.expect("outHash", .field(OutHash.ofBlock(perTx)))
    }

    static func indexedLeaves(_ item: Case) throws {
        let key = try item.field("key")
        let value = try item.field("value")
        let nextKey = try item.field("nextKey")
        let nextIndex = try item.number("nextIndex")
        item.expect("nullifierHashInputs", .fields([key, nextKey, Fr(nextIndex)]))
        item.expect("nullifierLeafHash", .field(IndexedLeaf.nullifier(key, nextNullifier: nextKey, nextIndex: nextIndex)))
        item.expect("publicDataHashInputs", .fields([key, value, Fr(nextIndex), nextKey]))
        item.expect("publicDataLeafHash", .field(IndexedLeaf.publicData(slot: key, value: value, nextIndex: nextIndex, nextSlot: nextKey)))
    }

    static func rollingHash(_ item: Case) throws {
        var hash = [UInt8](repeating: 0, count: 16)
        for (index, step) in try item.input("steps").elements.enumerated() {
            let step = Case(step)
            hash = Siloing.inboxRollingHash(hash, leaf: try step.field("leaf"))
            step.expect("rollingHash", .bytes(hash))
            step.finish()
            if let failure = step.failures.first {
                item.expect("steps", "step \(index) \(failure.key): \(failure.got)") { _ in false }
            }
        }
    }
}
