import CRocksDB

/// One named key space of a `Database`. Keeps the database open.
public struct ColumnFamily: @unchecked Sendable {
    public let database: Database
    let handle: OpaquePointer
    public let name: String

    /// Runs `body` on the value stored under `key`, without copying it; nil when there is none.
    @inlinable
    public func withValue<R>(of key: Span<UInt8>, _ body: (Span<UInt8>) -> R) throws(StorageError) -> R? {
        var result: R?
        try read(key) { result = body($0) }
        return result
    }

    /// `body` is called once when the key is present. The span lives only inside it.
    public func read(_ key: Span<UInt8>, _ body: (Span<UInt8>) -> Void) throws(StorageError) {
        var message: UnsafeMutablePointer<CChar>?
        let slice = unsafeBytes(of: key) { rocksdb_get_pinned_cf(database.handle, database.pointReads, handle, $0, $1, &message) }
        try database.check(message)
        guard let slice else { return }
        defer { rocksdb_pinnableslice_destroy(slice) }
        var count = 0
        let start = rocksdb_pinnableslice_value(slice, &count)
        withSpan(start, count, body)
    }

    public func get(_ key: Span<UInt8>) throws(StorageError) -> [UInt8]? {
        var result: [UInt8]?
        try read(key) { result = Array(copying: $0) }
        return result
    }

    public func get(_ key: [UInt8]) throws(StorageError) -> [UInt8]? { try get(key.span) }

    public func contains(_ key: Span<UInt8>) throws(StorageError) -> Bool {
        var found = false
        try read(key) { _ in found = true }
        return found
    }

    /// Values of many keys at once, in their order; `body` gets the position and the value of each that is present.
    /// Faster than single reads when the keys ascend.
    public func readMany(_ keys: [[UInt8]], ascending: Bool = false, _ body: (Int, Span<UInt8>) -> Void) throws(StorageError) {
        guard !keys.isEmpty else { return }
        let flat = keys.flatMap { $0 }
        var slices = [OpaquePointer?](repeating: nil, count: keys.count)
        var messages = [UnsafeMutablePointer<CChar>?](repeating: nil, count: keys.count)
        flat.withUnsafeBytes { bytes in
            var starts: [UnsafePointer<CChar>?] = []
            var sizes: [Int] = []
            var at = 0
            for key in keys {
                starts.append(bytes.baseAddress.map { ($0 + at).assumingMemoryBound(to: CChar.self) })
                sizes.append(key.count)
                at += key.count
            }
            rocksdb_batched_multi_get_cf(
                database.handle, database.pointReads, handle, keys.count, starts, sizes, &slices, &messages, ascending)
        }
        defer { for slice in slices where slice != nil { rocksdb_pinnableslice_destroy(slice) } }
        var failure: StorageError?
        for message in messages where message != nil {
            do { try database.check(message) } catch { failure = error }
        }
        if let failure { throw failure }
        for (position, slice) in slices.enumerated() {
            guard let slice else { continue }
            var count = 0
            let start = rocksdb_pinnableslice_value(slice, &count)
            withSpan(start, count) { body(position, $0) }
        }
    }
}

extension Array where Element == UInt8 {
    public init(copying span: Span<UInt8>) {
        self.init(unsafeUninitializedCapacity: span.count) { buffer, count in
            span.withUnsafeBufferPointer { _ = buffer.initialize(from: $0) }
            count = span.count
        }
    }
}

@inline(__always)
func unsafeBytes<R>(of span: Span<UInt8>, _ body: (UnsafePointer<CChar>?, Int) -> R) -> R {
    span.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
}

/// A span over bytes RocksDB owns, for the length of `body`.
@inline(__always)
func withSpan(_ start: UnsafePointer<CChar>?, _ count: Int, _ body: (Span<UInt8>) -> Void) {
    let buffer = UnsafeRawBufferPointer(start: start, count: count)
    buffer.withMemoryRebound(to: UInt8.self) { body($0.span) }
}
