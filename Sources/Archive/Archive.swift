import Bytes
import Field
import Protocol
import Storage

/// The archive's part of the chain database: blocks, effects, logs, contract data, L1→L2 messages, tips.
///
/// Reading works on the writer's handle and on a reader's secondary alike. Writing only fills a batch: the caller adds
/// the world state's rows of the same block and commits both at once (architecture, one chain database).
public final class Archive: Sendable {
    public let database: Database
    let blocks: ColumnFamily
    let headers: ColumnFamily
    let index: ColumnFamily
    let tags: ColumnFamily
    let contracts: ColumnFamily
    let messages: ColumnFamily
    let meta: ColumnFamily

    /// - Precondition: `database` was opened with `ArchiveSchema.columnFamilies`.
    public init(_ database: Database) {
        self.database = database
        blocks = database.columnFamily(ArchiveSchema.blocks)
        headers = database.columnFamily(ArchiveSchema.headers)
        index = database.columnFamily(ArchiveSchema.index)
        tags = database.columnFamily(ArchiveSchema.tags)
        contracts = database.columnFamily(ArchiveSchema.contracts)
        messages = database.columnFamily(ArchiveSchema.messages)
        meta = database.columnFamily(ArchiveSchema.meta)
    }

    // MARK: Rows

    func bytes(_ key: [UInt8], in family: ColumnFamily) throws(ArchiveError) -> [UInt8]? {
        do { return try family.get(key) } catch { throw .storage(error) }
    }

    func record<T: BinaryCodable>(_ type: T.Type, _ key: [UInt8], in family: ColumnFamily) throws(ArchiveError) -> T? {
        guard let bytes = try bytes(key, in: family) else { return nil }
        return try Self.decode(type, bytes, what: "\(family.name) \(key.hex)")
    }

    static func decode<T: BinaryCodable>(_ type: T.Type, _ bytes: [UInt8], what: @autoclosure () -> String) throws(ArchiveError) -> T {
        do { return try T(exactly: bytes) } catch { throw .corrupt(what: what(), error) }
    }

    func number(_ key: [UInt8], in family: ColumnFamily) throws(ArchiveError) -> UInt64? {
        guard let bytes = try bytes(key, in: family) else { return nil }
        var reader = ByteReader(bytes)
        do { return try reader.readUInt64() } catch { throw .corrupt(what: "\(family.name) \(key.hex)", error) }
    }

    /// Rows whose keys start with `prefix`, in key order, until `body` returns false.
    func scan(_ family: ColumnFamily, prefix: [UInt8], from start: [UInt8]? = nil, _ body: ([UInt8], [UInt8]) throws(ArchiveError) -> Bool) throws(ArchiveError) {
        do {
            var iterator = StorageIterator(family, lowerBound: prefix, upperBound: Self.end(of: prefix))
            let first = start ?? prefix
            var found = try iterator.seek(first.span)
            while found {
                guard try body(iterator.key, iterator.value) else { return }
                found = try iterator.next()
            }
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as ArchiveError {
            throw error
        } catch {
            preconditionFailure("only storage and archive errors are thrown here: \(error)")
        }
    }

    /// Smallest key above all that start with `prefix`; empty (no bound) when there is none.
    static func end(of prefix: [UInt8]) -> [UInt8] {
        var end = prefix
        while let last = end.popLast() {
            if last < 255 { return end + [last + 1] }
        }
        return []
    }
}
