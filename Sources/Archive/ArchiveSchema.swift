import Bytes
import Field
import Storage

/// Column families and keys of the archive's part of the chain database. All integers in keys are big-endian, so
/// RocksDB's order is numeric order.
///
/// | family | key | value |
/// |---|---|---|
/// | `blocks` | number u64 | `BlockRecord` |
/// | `headers` | number u64 | `HeaderRecord` |
/// | `index` | `h` ‖ header hash | number u64 |
/// | | `t` ‖ tx hash | number u64 ‖ tx index u32 |
/// | `tags` | tag 32 ‖ number u64 ‖ tx index u32 ‖ kind u8 ‖ log index u32 | data start index u64 ‖ tx hash ‖ log |
/// | `contracts` | `c` ‖ class id | block u64 ‖ bytecode commitment ‖ class |
/// | | `i` ‖ address | block u64 ‖ instance |
/// | | `f` ‖ class id ‖ selector ‖ kind u8 | block u64 ‖ broadcast function |
/// | | `u` ‖ address ‖ block u64 ‖ position u32 | previous class ‖ new class ‖ block of change u64 |
/// | `messages` | `m` ‖ index u64 | `MessageRecord` |
/// | | `l` ‖ leaf | index u64 |
/// | `meta` | name | one record each, see `ArchiveMeta` |
public enum ArchiveSchema {
    public static let blocks = "blocks"
    public static let headers = "headers"
    public static let index = "index"
    public static let tags = "tags"
    public static let contracts = "contracts"
    public static let messages = "messages"
    public static let meta = "meta"

    /// To be opened together with the world state's families.
    public static let columnFamilies: [ColumnFamilyOptions] = [
        ColumnFamilyOptions(blocks), ColumnFamilyOptions(headers), ColumnFamilyOptions(index), ColumnFamilyOptions(tags),
        ColumnFamilyOptions(contracts), ColumnFamilyOptions(messages), ColumnFamilyOptions(meta),
    ]
}

enum ArchiveKey {
    static func block(_ number: UInt64) -> [UInt8] { bigEndian(number) }
    static func header(hash: Fr) -> [UInt8] { [UInt8(ascii: "h")] + hash.bytes }
    static func transaction(_ hash: [UInt8]) -> [UInt8] { [UInt8(ascii: "t")] + hash }

    enum TagKind: UInt8 { case privateLog = 0, publicLog = 1 }

    static func tag(_ tag: Fr, block: UInt64, transaction: Int, kind: TagKind, log: Int) -> [UInt8] {
        tag.bytes + bigEndian(block) + bigEndian(UInt32(transaction)) + [kind.rawValue] + bigEndian(UInt32(log))
    }

    static func contractClass(_ id: Fr) -> [UInt8] { [UInt8(ascii: "c")] + id.bytes }
    static func instance(_ address: [UInt8]) -> [UInt8] { [UInt8(ascii: "i")] + address }
    static func updates(_ address: [UInt8]) -> [UInt8] { [UInt8(ascii: "u")] + address }
    static func update(_ address: [UInt8], block: UInt64, position: Int) -> [UInt8] {
        updates(address) + bigEndian(block) + bigEndian(UInt32(position))
    }

    enum FunctionKind: UInt8 { case privateFunction = 0, utilityFunction = 1 }

    static func functions(_ classID: Fr) -> [UInt8] { [UInt8(ascii: "f")] + classID.bytes }
    static func function(_ classID: Fr, _ selector: [UInt8], _ kind: FunctionKind) -> [UInt8] {
        functions(classID) + selector + [kind.rawValue]
    }

    static func message(_ index: UInt64) -> [UInt8] { [UInt8(ascii: "m")] + bigEndian(index) }
    static func messageLeaf(_ leaf: Fr) -> [UInt8] { [UInt8(ascii: "l")] + leaf.bytes }
}

func bigEndian<T: FixedWidthInteger & UnsignedInteger>(_ value: T) -> [UInt8] {
    var writer = ByteWriter(reserving: T.bitWidth / 8)
    writer.write(value)
    return writer.bytes
}
