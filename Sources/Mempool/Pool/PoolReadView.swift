import Bytes
public import Protocol
public import Storage

/// The pool as another process reads it: over a secondary instance of the pool database, or over any instance in tests.
/// As new as the last `catchUp` of the database. Safe to use from several threads.
public struct PoolReadView: Sendable {
    private let database: Database
    private let txs: ColumnFamily
    private let order: ColumnFamily
    private let mined: ColumnFamily
    private let entries: ColumnFamily
    private let meta: ColumnFamily

    public init(_ database: Database) {
        self.database = database
        txs = database.columnFamily(PoolSchema.txs)
        order = database.columnFamily(PoolSchema.order)
        mined = database.columnFamily(PoolSchema.mined)
        entries = database.columnFamily(PoolSchema.entries)
        meta = database.columnFamily(PoolSchema.meta)
    }

    public func catchUp() throws(PoolError) {
        do { try database.catchUp() } catch { throw .storage(error) }
    }

    private func row(_ key: [UInt8], in family: ColumnFamily) throws(PoolError) -> [UInt8]? {
        do { return try family.get(key) } catch { throw .storage(error) }
    }

    public func pendingCount() throws(PoolError) -> Int {
        guard let bytes = try row(PoolMeta.totals, in: meta) else { return 0 }
        return Int(clamping: try TransactionPool.decode(PoolTotals.self, bytes, what: "totals").count)
    }

    /// Best first, until `body` returns false.
    public func eachPending(_ body: (_ hash: TxHash, _ bytes: [UInt8]) -> Bool) throws(PoolError) {
        do {
            var iterator = StorageIterator(order, fillCache: false)
            var found = try iterator.seekToLast()
            while found {
                let hash = try TransactionPool.decode(TxHash.self, iterator.value, what: "order")
                // The iterator stands still in time, single reads may be newer: a row may be gone.
                if let bytes = try txs.get(hash.bytes), !body(hash, bytes) { return }
                found = try iterator.previous()
            }
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as PoolError {
            throw error
        } catch {
            preconditionFailure("only storage and pool errors are thrown here: \(error)")
        }
    }

    public func status(of hash: TxHash) throws(PoolError) -> PoolStatus? {
        if let bytes = try row(PoolKey.mined(hash), in: mined) {
            var reader = ByteReader(bytes)
            do { return .mined(block: try reader.readUInt64("mined block")) } catch { throw .corrupt(what: "mined \(hash)", error) }
        }
        return try row(hash.bytes, in: entries) == nil ? nil : .pending
    }

    /// Pending or mined and not yet finalised.
    public func bytes(of hash: TxHash) throws(PoolError) -> [UInt8]? { try row(hash.bytes, in: txs) }

    public func transaction(_ hash: TxHash) throws(PoolError) -> Tx? {
        guard let bytes = try bytes(of: hash) else { return nil }
        return try TransactionPool.decode(Tx.self, bytes, what: "txs \(hash)")
    }
}
