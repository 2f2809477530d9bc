import CRocksDB

/// Changes that become visible together or not at all. Several modules may write into one batch before it is
/// committed with `Database.write`. Not for use from two threads at once.
public final class WriteBatch {
    let handle: OpaquePointer

    public init() { handle = rocksdb_writebatch_create() }

    deinit { rocksdb_writebatch_destroy(handle) }

    public func put(_ key: Span<UInt8>, _ value: Span<UInt8>, in family: ColumnFamily) {
        unsafeBytes(of: key) { key, keyCount in
            unsafeBytes(of: value) { value, valueCount in
                rocksdb_writebatch_put_cf(handle, family.handle, key, keyCount, value, valueCount)
            }
        }
    }

    public func put(_ key: [UInt8], _ value: [UInt8], in family: ColumnFamily) { put(key.span, value.span, in: family) }

    public func delete(_ key: Span<UInt8>, in family: ColumnFamily) {
        unsafeBytes(of: key) { rocksdb_writebatch_delete_cf(handle, family.handle, $0, $1) }
    }

    public func delete(_ key: [UInt8], in family: ColumnFamily) { delete(key.span, in: family) }

    /// Deletes every key in [`start`, `end`).
    public func deleteRange(_ start: [UInt8], _ end: [UInt8], in family: ColumnFamily) {
        unsafeBytes(of: start.span) { start, startCount in
            unsafeBytes(of: end.span) { end, endCount in
                rocksdb_writebatch_delete_range_cf(handle, family.handle, start, startCount, end, endCount)
            }
        }
    }

    /// Number of changes.
    public var count: Int { Int(rocksdb_writebatch_count(handle)) }
    /// Serialized size.
    public var byteCount: Int {
        var size = 0
        _ = rocksdb_writebatch_data(handle, &size)
        return size
    }

    public func clear() { rocksdb_writebatch_clear(handle) }

    /// Marks a point to which `rollBack` returns; points nest.
    public func setSavePoint() { rocksdb_writebatch_set_save_point(handle) }

    /// Drops everything since the last save point. Without one this is a programming error.
    public func rollBack() {
        var message: UnsafeMutablePointer<CChar>?
        rocksdb_writebatch_rollback_to_save_point(handle, &message)
        precondition(message == nil, "rollBack without a save point")
    }
}
