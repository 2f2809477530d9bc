import Field
import Hashing
import Protocol
import WorldState

/// The trees written down from the rules of note 04 and nothing else: arrays of leaves, links from sorting, roots
/// from all leaves.
struct Model {
    var notes: [Fr] = []
    var messages: [Fr] = []
    var archive: [Fr] = []
    /// Nil is padding.
    var nullifiers: [Fr?] = (0..<128).map { Fr(UInt64($0)) }
    var slots: [Fr] = (0..<128).map { Fr(UInt64($0)) }
    var values = [Fr](repeating: .zero, count: 128)

    init() {
        var header = BlockHeader.zero
        header.state = snapshot.stateReference
        archive = [header.hash()]
    }

    mutating func apply(_ block: BlockEffects) {
        messages += block.messages + [Fr](repeating: .zero, count: 16 - block.messages.count)
        for tx in block.txs {
            notes += tx.noteHashes + [Fr](repeating: .zero, count: 64 - tx.noteHashes.count)
            nullifiers += tx.nullifiers.map { $0.isZero ? nil : $0 } + [Fr?](repeating: nil, count: 64 - tx.nullifiers.count)
            for write in tx.publicDataWrites { self.write(LeafValue(key: write.leafSlot, value: write.value)) }
        }
        archive.append(block.headerHash)
    }

    mutating func write(_ leaf: LeafValue) {
        if let index = slots.firstIndex(of: leaf.key) { values[index] = leaf.value } else {
            slots.append(leaf.key)
            values.append(leaf.value)
        }
    }

    /// Preimages by index.
    func leaves(_ tree: TreeID) -> [LeafPreimage] {
        let keys: [(key: Fr, index: Int)] = tree == .nullifier
            ? nullifiers.enumerated().compactMap { index, key in key.map { ($0, index) } }
            : slots.enumerated().map { ($1, $0) }
        let sorted = keys.sorted { $0.key < $1.key }
        var leaves = [LeafPreimage](repeating: .empty, count: tree == .nullifier ? nullifiers.count : slots.count)
        for (place, leaf) in sorted.enumerated() {
            let next = place + 1 < sorted.count ? sorted[place + 1] : (key: Fr.zero, index: 0)
            leaves[leaf.index] = LeafPreimage(
                key: leaf.key, value: tree == .nullifier ? .zero : values[leaf.index], nextIndex: UInt64(next.index), nextKey: next.key)
        }
        return leaves
    }

    func snapshot(_ tree: TreeID) -> TreeSnapshot {
        let hashes: [Fr] =
            switch tree {
            case .noteHash: notes
            case .l1ToL2Message: messages
            case .archive: archive
            default: leaves(tree).map { hash($0, tree) }
            }
        return TreeSnapshot(root: MerkleRoots.balanced(hashes, height: tree.height, .poseidon2), size: UInt64(hashes.count))
    }

    var snapshot: WorldStateSnapshot {
        var all = WorldStateSnapshot.zero
        for tree in TreeID.allCases { all[tree] = snapshot(tree) }
        return all
    }
}

extension Random {
    private mutating func near() -> Fr { chance(1, in: 2) ? field() : Fr(UInt64(below(600))) }

    /// A block with few transactions: slots and values repeat, keys lie near and far, some transactions are empty.
    mutating func block(on model: Model) -> BlockEffects {
        var used = Set(model.nullifiers.compactMap { $0 })
        var txs: [TxLeaves] = []
        for _ in 0..<below(4) {
            var nullifiers: [Fr] = []
            for _ in 0..<(chance(1, in: 5) ? 64 : below(12)) {
                let nullifier = near()
                if !nullifier.isZero, used.insert(nullifier).inserted { nullifiers.append(nullifier) }
            }
            let writes = (0..<(chance(1, in: 5) ? 64 : below(12))).map { _ in
                let slot = chance(1, in: 3) ? model.slots[below(model.slots.count)] : near()
                return PublicDataWrite(leafSlot: slot, value: chance(1, in: 6) && !slot.isZero ? .zero : Fr(1 + next() % 5))
            }
            txs.append(TxLeaves(noteHashes: (0..<(chance(1, in: 5) ? 64 : below(8))).map { _ in field() }, nullifiers: nullifiers, publicDataWrites: writes))
        }
        var block = BlockEffects(messages: (0..<below(17)).map { _ in field() }, txs: txs, headerHash: field(), state: .zero)
        var after = model
        after.apply(block)
        block.state = after.snapshot.stateReference
        block.archive = after.snapshot.archive
        return block
    }
}
