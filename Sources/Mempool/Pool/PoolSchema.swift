import Bytes
import Protocol
public import Storage

/// Column families and keys of the pool database. Its one writer is the p2p worker; others read it as a secondary
/// (`PoolReadView`). Integers in keys are big-endian, so RocksDB's order is numeric order.
///
/// | family | key | value |
/// |---|---|---|
/// | `entries` | tx hash | `PoolEntry`, of pending and mined transactions |
/// | `txs` | tx hash | the transaction's binary form |
/// | `order` | priority 32 ‖ complement of arrival u64 | tx hash, of pending ones: backwards = best first, equals oldest first |
/// | `mined` | `h` ‖ tx hash | block u64, of known and unknown transactions |
/// | | `b` ‖ block u64 ‖ tx hash | empty |
/// | `archived` | `i` ‖ index u64 | tx hash |
/// | | `t` ‖ tx hash | binary form without proof |
/// | `attestations` | slot u64 ‖ archive root ‖ signer 20 | the attestation's binary form |
/// | `followed` | block u64 | header hash, of blocks that may still be unwound |
/// | `meta` | name | see `PoolMeta` |
public enum PoolSchema {
    static let entries = "entries"
    static let txs = "txs"
    static let order = "order"
    static let mined = "mined"
    static let archived = "archived"
    static let attestations = "attestations"
    static let followed = "followed"
    static let meta = "meta"

    /// What a database must be opened with. The worker may keep families of its own beside them.
    public static let columnFamilies: [ColumnFamilyOptions] = [
        ColumnFamilyOptions(entries), ColumnFamilyOptions(txs, blockBytes: 16 << 10), ColumnFamilyOptions(order), ColumnFamilyOptions(mined),
        ColumnFamilyOptions(archived, blockBytes: 16 << 10), ColumnFamilyOptions(attestations), ColumnFamilyOptions(followed), ColumnFamilyOptions(meta),
    ]
}

enum PoolMeta {
    /// `PoolTotals`.
    static let totals = Array("totals".utf8)
    /// Arrival number of the next transaction, u64.
    static let nextArrival = Array("next-arrival".utf8)
    /// `FollowedPosition`.
    static let position = Array("position".utf8)
}

enum PoolKey {
    static func order(_ place: PoolPlace) -> [UInt8] { place.priority.bytes + bigEndian(~place.arrival) }

    static func mined(_ hash: TxHash) -> [UInt8] { [UInt8(ascii: "h")] + hash.bytes }
    static func minedIn(_ block: UInt64) -> [UInt8] { [UInt8(ascii: "b")] + bigEndian(block) }
    static func mined(_ hash: TxHash, in block: UInt64) -> [UInt8] { minedIn(block) + hash.bytes }

    static let archiveIndexes = [UInt8(ascii: "i")]
    static func archiveIndex(_ index: UInt64) -> [UInt8] { archiveIndexes + bigEndian(index) }
    static func archivedTx(_ hash: TxHash) -> [UInt8] { [UInt8(ascii: "t")] + hash.bytes }
}

func bigEndian<T: FixedWidthInteger & UnsignedInteger>(_ value: T) -> [UInt8] {
    var writer = ByteWriter(reserving: T.bitWidth / 8)
    writer.write(value)
    return writer.bytes
}

/// Number of pending transactions, and their size as the pool's limit counts it.
struct PoolTotals: BinaryCodable, Equatable {
    var count: UInt64 = 0
    var size: UInt64 = 0

    init(count: UInt64 = 0, size: UInt64 = 0) {
        self.count = count
        self.size = size
    }

    init(from reader: inout ByteReader) throws(DecodingError) {
        count = try reader.readUInt64("pending count")
        size = try reader.readUInt64("pending size")
    }

    func write(to writer: inout ByteWriter) {
        writer.write(count)
        writer.write(size)
    }
}
