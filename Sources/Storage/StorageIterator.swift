import CRocksDB

/// A cursor over one column family as it stood when the cursor was made. Short-lived by intention: while it lives,
/// the files and memory tables it sees cannot be freed.
public struct StorageIterator: ~Copyable {
    public enum Order: Sendable {
        /// All keys in order.
        case total
        /// Only keys that share the family's prefix with the key sought; files without the prefix are skipped.
        case withinPrefix
    }

    let order: Order
    let handle: OpaquePointer
    let options: OpaquePointer
    let database: Database
    /// RocksDB keeps pointers to the bounds for as long as the iterator lives.
    let bounds: UnsafeMutablePointer<CChar>?

    /// `lowerBound` is inclusive, `upperBound` exclusive. `fillCache` false leaves the block cache as it is (long scans).
    public init(
        _ family: ColumnFamily, order: Order = .total, lowerBound: [UInt8] = [], upperBound: [UInt8] = [], fillCache: Bool = true
    ) {
        self.order = order
        database = family.database
        options = rocksdb_readoptions_create()
        rocksdb_readoptions_set_fill_cache(options, fillCache ? 1 : 0)
        switch order {
        case .total: rocksdb_readoptions_set_total_order_seek(options, 1)
        case .withinPrefix: rocksdb_readoptions_set_prefix_same_as_start(options, 1)
        }
        if lowerBound.isEmpty && upperBound.isEmpty {
            bounds = nil
        } else {
            let memory = UnsafeMutablePointer<CChar>.allocate(capacity: lowerBound.count + upperBound.count)
            for (offset, byte) in (lowerBound + upperBound).enumerated() { memory[offset] = CChar(bitPattern: byte) }
            if !lowerBound.isEmpty { rocksdb_readoptions_set_iterate_lower_bound(options, memory, lowerBound.count) }
            if !upperBound.isEmpty { rocksdb_readoptions_set_iterate_upper_bound(options, memory + lowerBound.count, upperBound.count) }
            bounds = memory
        }
        handle = rocksdb_create_iterator_cf(family.database.handle, options, family.handle)
    }

    deinit {
        rocksdb_iter_destroy(handle)
        rocksdb_readoptions_destroy(options)
        bounds?.deallocate()
    }

    /// To the first key ≥ `key`. Each move says whether the cursor now stands on a key.
    @discardableResult
    public mutating func seek(_ key: Span<UInt8>) throws(StorageError) -> Bool {
        unsafeBytes(of: key) { rocksdb_iter_seek(handle, $0, $1) }
        return try settle()
    }

    /// To the last key ≤ `key`.
    @discardableResult
    public mutating func seekForPrevious(_ key: Span<UInt8>) throws(StorageError) -> Bool {
        unsafeBytes(of: key) { rocksdb_iter_seek_for_prev(handle, $0, $1) }
        return try settleBefore()
    }

    @discardableResult
    public mutating func seekToFirst() throws(StorageError) -> Bool {
        rocksdb_iter_seek_to_first(handle)
        return try settle()
    }

    /// In total order only: among prefixes the last key is the batch marker's.
    @discardableResult
    public mutating func seekToLast() throws(StorageError) -> Bool {
        precondition(order == .total, "seekToLast() within a prefix")
        rocksdb_iter_seek_to_last(handle)
        return try settleBefore()
    }

    /// Moving from a place that is not valid is a programming error.
    @discardableResult
    public mutating func next() throws(StorageError) -> Bool {
        precondition(isValid, "next() of an iterator that stands on no key")
        rocksdb_iter_next(handle)
        return try settle()
    }

    @discardableResult
    public mutating func previous() throws(StorageError) -> Bool {
        precondition(isValid, "previous() of an iterator that stands on no key")
        rocksdb_iter_prev(handle)
        return try settleBefore()
    }

    /// The batch marker is nobody's record.
    public var isValid: Bool { rocksdb_iter_valid(handle) != 0 && !isAtMarker }

    private var isAtMarker: Bool {
        var count = 0
        let key = rocksdb_iter_key(handle, &count)
        return BatchMarker.isMarker(key, count)
    }

    /// Runs `body` on the key and value the cursor stands on, without copying them.
    @inlinable
    public func withEntry<R>(_ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) -> R) -> R {
        var result: R?
        readEntry { result = body($0, $1) }
        return result!
    }

    public func readEntry(_ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        precondition(isValid, "an iterator that stands on no key has no entry")
        var keyCount = 0, valueCount = 0
        let key = rocksdb_iter_key(handle, &keyCount)
        let value = rocksdb_iter_value(handle, &valueCount)
        withSpan(key, keyCount) { key in withSpan(value, valueCount) { body(key, $0) } }
    }

    public var key: [UInt8] { withEntry { key, _ in Array(copying: key) } }
    public var value: [UInt8] { withEntry { _, value in Array(copying: value) } }

    /// The marker is the last key: what is sought from behind is before it.
    private func settleBefore() throws(StorageError) -> Bool {
        if rocksdb_iter_valid(handle) != 0, isAtMarker { rocksdb_iter_prev(handle) }
        return try settle()
    }

    private func settle() throws(StorageError) -> Bool {
        if isValid { return true }
        var message: UnsafeMutablePointer<CChar>?
        rocksdb_iter_get_error(handle, &message)
        try database.check(message)
        return false
    }
}
