import Field
public import Storage

/// Where and how the trees lie in the chain database (docs/world-state.md). Integers in keys are big-endian, so that
/// RocksDB's byte order is their order.
///
/// | family | key | value |
/// |---|---|---|
/// | `tree_nodes` | tree ‖ group ‖ page index (5) ‖ inverted block (4) | bitmap ‖ nodes that are not empty subtrees |
/// | `tree_leaves` | tree ‖ key (32) ‖ block (4) | index and links (indexed), or index (append) |
/// | `tree_keys` | tree ‖ leaf index / 8 (5) | bitmap ‖ keys of these leaves (indexed trees) |
/// | `tree_blocks` | letter ‖ block (4) | `r` roots and sizes, `s` sizes (kept when pruned), `j` rewritten leaves |
/// | `tree_blocks` | `m` | heights: tip, finalised, oldest |
///
/// The block in a key is the one that wrote the record. Nodes put the newest version first, so that a seek to
/// (page, b) meets the newest version ≤ b. Leaves put it last, so that one backward seek to (key, b) meets either the
/// key's newest version ≤ b or the leaf below in key order.
enum Schema {
    static let nodes = "tree_nodes"
    static let leaves = "tree_leaves"
    static let keys = "tree_keys"
    static let blocks = "tree_blocks"

    static let nodePrefixLength = 7
}

/// Handles of the four families.
struct Families: Sendable {
    let nodes, leaves, keys, blocks: ColumnFamily

    init(_ database: Database) {
        nodes = database.columnFamily(Schema.nodes)
        leaves = database.columnFamily(Schema.leaves)
        keys = database.columnFamily(Schema.keys)
        blocks = database.columnFamily(Schema.blocks)
    }
}

extension ColumnFamilyOptions {
    /// The families the world state needs; pass them when opening the database.
    public static var worldState: [ColumnFamilyOptions] {
        [
            // Hashes do not compress; the bitmap and the keys are not worth the time.
            ColumnFamilyOptions(Schema.nodes, prefixLength: Schema.nodePrefixLength, compression: .none),
            ColumnFamilyOptions(Schema.leaves, bloomBitsPerKey: 0, compression: .lz4),
            ColumnFamilyOptions(Schema.keys, compression: .none),
            ColumnFamilyOptions(Schema.blocks, compression: .lz4),
        ]
    }
}

/// A key under construction, without allocation.
struct KeyBuffer {
    private var bytes = [48 of UInt8](repeating: 0)
    private(set) var count = 0

    mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    mutating func append(_ value: UInt32) {
        for byte in 0..<4 { append(UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * byte))) }
    }

    /// The low 40 bits: leaf and page indices.
    mutating func append40(_ value: UInt64) {
        append(UInt8(truncatingIfNeeded: value >> 32))
        append(UInt32(truncatingIfNeeded: value))
    }

    mutating func append(_ value: Limbs4) {
        for limb in (0..<4).reversed() {
            append(UInt32(truncatingIfNeeded: value[limb] >> 32))
            append(UInt32(truncatingIfNeeded: value[limb]))
        }
    }

    @inline(__always)
    func withSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R { try body(bytes.span.extracting(0..<count)) }

    func isEqual(to other: Span<UInt8>) -> Bool {
        guard other.count == count else { return false }
        for place in 0..<count where bytes[place] != other[place] { return false }
        return true
    }

    /// Whether `other` comes before this key in the database's order.
    func isAbove(_ other: Span<UInt8>) -> Bool {
        for place in 0..<min(count, other.count) where bytes[place] != other[place] { return other[place] < bytes[place] }
        return other.count < count
    }

    var array: [UInt8] { withSpan { Array(copying: $0) } }
}

extension KeyBuffer {
    /// `group ‖ page` at `block`; seeking it finds the newest version ≤ `block`.
    static func node(_ tree: TreeID, page: UInt64, block: UInt32) -> KeyBuffer {
        var key = KeyBuffer()
        key.append(tree.rawValue)
        key.append(UInt8(truncatingIfNeeded: NodePage.group(of: page)))
        key.append40(NodePage.index(of: page))
        key.append(~block)
        return key
    }

    static func leaf(_ tree: TreeID, _ leafKey: Limbs4, block: UInt32) -> KeyBuffer {
        var key = KeyBuffer()
        key.append(tree.rawValue)
        key.append(leafKey)
        key.append(block)
        return key
    }

    static func leafKeys(_ tree: TreeID, page: UInt64) -> KeyBuffer {
        var key = KeyBuffer()
        key.append(tree.rawValue)
        key.append40(page)
        return key
    }

    static func block(_ letter: Character, _ block: UInt32) -> KeyBuffer {
        var key = KeyBuffer()
        key.append(letter.asciiValue!)
        key.append(block)
        return key
    }

    static var heights: KeyBuffer {
        var key = KeyBuffer()
        key.append(UInt8(ascii: "m"))
        return key
    }
}
