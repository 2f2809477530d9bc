import Field
import Glibc
import Hashing
import Protocol
import Storage
import TemporaryFiles
import WorldState

struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ one: Int, in of: Int) -> Bool { below(of) < one }
    mutating func field() -> Fr { Fr(unchecked: Limbs4(next(), next(), next(), next() % 0x3064_4e72_e131_a029)) }
}

/// `QUETZAL_LONG=1` multiplies the rounds of the random tests.
let rounds = getenv("QUETZAL_LONG") == nil ? 1 : 25

extension TemporaryDirectory {
    func open(_ name: String = "db", writeBuffer: Int? = nil) throws -> Database {
        var options = StorageOptions()
        if let writeBuffer {
            options.writeBufferBytes = writeBuffer
            options.maximumLogBytes = 2 * writeBuffer
        }
        return try Database(path + "/" + name, mode: .primary, columnFamilies: ColumnFamilyOptions.worldState, options: options)
    }
}

/// Every live record of the trees.
func dump(_ database: Database) throws -> [String: [[UInt8]: [UInt8]]] {
    var all: [String: [[UInt8]: [UInt8]]] = [:]
    for name in ColumnFamilyOptions.worldState.map(\.name) {
        var records: [[UInt8]: [UInt8]] = [:]
        var iterator = StorageIterator(database.columnFamily(name))
        var more = try iterator.seekToFirst()
        while more {
            records[iterator.key] = iterator.value
            more = try iterator.next()
        }
        all[name] = records
    }
    return all
}

func root(_ leaf: Fr, at index: UInt64, _ path: [Fr]) -> Fr {
    var node = leaf
    for (level, sibling) in path.enumerated() {
        node = index >> UInt64(level) & 1 == 0 ? Poseidon2.hashPair(node, sibling) : Poseidon2.hashPair(sibling, node)
    }
    return node
}

func hash(_ leaf: LeafPreimage, _ tree: TreeID) -> Fr {
    if leaf == .empty { return .zero }
    return tree == .nullifier
        ? IndexedLeaf.nullifier(leaf.key, nextNullifier: leaf.nextKey, nextIndex: leaf.nextIndex)
        : IndexedLeaf.publicData(slot: leaf.key, value: leaf.value, nextIndex: leaf.nextIndex, nextSlot: leaf.nextKey)
}
