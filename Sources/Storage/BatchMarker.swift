import CRocksDB

/// The record in every family that holds the number of the newest batch. Iterators pass over it.
enum BatchMarker {
    /// Behind every other key; longer than any that begins so.
    static let key = [UInt8](repeating: 0xff, count: 64)

    static func isMarker(_ key: UnsafePointer<CChar>?, _ count: Int) -> Bool {
        guard count == Self.key.count, let key else { return false }
        return (0..<count).allSatisfy { key[$0] == -1 }
    }
}

extension WriteBatch {
    func putMarker(_ number: UInt64, in families: some Sequence<OpaquePointer>) {
        let value = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
        unsafeBytes(of: BatchMarker.key.span) { key, keyCount in
            unsafeBytes(of: value.span) { value, valueCount in
                for family in families { rocksdb_writebatch_put_cf(handle, family, key, keyCount, value, valueCount) }
            }
        }
    }
}
