import Bytes
import Field
public import Protocol
public import Storage

/// Where a transaction of the pool stands.
public enum PoolStatus: Equatable, Sendable {
    case pending
    /// Also for transactions of a block that this node never had.
    case mined(block: UInt64)
}

/// Transactions that may be mined, and those mined in blocks that are not finalised («note 07 §11.1»).
///
/// In RocksDB, with the pending ones' order and conditions in memory too. Every change is one atomic batch, so a
/// SIGKILL at any instant leaves the pool before or after it; what `add` reports is on the device. For one thread of
/// the one process that writes the pool database; others use `PoolReadView`.
public final class TransactionPool {
    public struct Limits: Sendable, Equatable {
        /// Of pending transactions together, in their own measure of size; 0 = none.
        public var maximumSize: Int
        /// Eviction begins above `maximumSize` × this and ends at `maximumSize`. The reference starts with 1 whatever is
        /// configured («note 07 §11.1»).
        public var overflowFactor: Double
        /// Deleted transactions kept without their proofs; 0 = none.
        public var archivedTransactions: Int

        public init(maximumSize: Int = 100_000_000, overflowFactor: Double = 1, archivedTransactions: Int = 0) {
            self.maximumSize = max(0, maximumSize)
            self.overflowFactor = overflowFactor.isFinite ? max(1, overflowFactor) : 1
            self.archivedTransactions = max(0, archivedTransactions)
        }
    }

    public var limits: Limits
    let database: Database
    let entries: ColumnFamily
    let txs: ColumnFamily
    let order: ColumnFamily
    let mined: ColumnFamily
    let archived: ColumnFamily
    let followed: ColumnFamily
    let meta: ColumnFamily

    var pending = PendingSet()
    var nextArrival: UInt64 = 0
    /// In memory only; cleared by every block with transactions.
    var nonEvictable: Set<TxHash> = []
    var headerHashes = HeaderHashes()
    var archiveQueue = ArchiveQueue()

    /// Hashes of proposals' transactions that are protected at once. A proposal cannot fill memory with them.
    static let maximumNonEvictable = 65_536

    /// - Precondition: `database` is a primary and was opened with `PoolSchema.columnFamilies`.
    public init(_ database: Database, limits: Limits = Limits()) throws(PoolError) {
        self.database = database
        self.limits = limits
        entries = database.columnFamily(PoolSchema.entries)
        txs = database.columnFamily(PoolSchema.txs)
        order = database.columnFamily(PoolSchema.order)
        mined = database.columnFamily(PoolSchema.mined)
        archived = database.columnFamily(PoolSchema.archived)
        followed = database.columnFamily(PoolSchema.followed)
        meta = database.columnFamily(PoolSchema.meta)
        try load()
    }

    /// Memory from rows. The order's rows say what is pending.
    private func load() throws(PoolError) {
        pending = PendingSet()
        nextArrival = 0
        if let bytes = try row(PoolMeta.nextArrival, in: meta) {
            var reader = ByteReader(bytes)
            do { nextArrival = try reader.readUInt64() } catch { throw .corrupt(what: "next arrival", error) }
        }
        try scan(order) { _, value throws(PoolError) in
            let hash = try Self.decode(TxHash.self, value, what: "order")
            guard let entry = try self.entry(hash) else { throw .corrupt(what: "entries \(hash)", DecodingError("it is missing")) }
            pending.insert(hash, entry)
            return true
        }
        try loadArchive()
    }

    // MARK: What is there

    public var count: Int { pending.count }
    /// In the pool's own measure («note 07 §11.1»).
    public var size: Int { pending.size }
    public var nonEvictableCount: Int { nonEvictable.count }

    /// Without pending and mined transactions alike.
    public func isEmpty() throws(PoolError) -> Bool {
        guard pending.count == 0 else { return false }
        var isEmpty = true
        try scan(txs) { _, _ throws(PoolError) in
            isEmpty = false
            return false
        }
        return isEmpty
    }

    public func status(of hash: TxHash) throws(PoolError) -> PoolStatus? {
        if pending[hash] != nil { return .pending }
        return try minedBlock(of: hash).map { .mined(block: $0) }
    }

    /// Whether the transaction itself is here, pending or mined.
    public func contains(_ hash: TxHash) throws(PoolError) -> Bool {
        if pending[hash] != nil { return true }
        return try row(hash.bytes, in: entries) != nil
    }

    /// Binary form of a pending or mined transaction: what a peer that asks for it gets.
    public func bytes(of hash: TxHash) throws(PoolError) -> [UInt8]? { try row(hash.bytes, in: txs) }

    public func transaction(_ hash: TxHash) throws(PoolError) -> Tx? {
        guard let bytes = try bytes(of: hash) else { return nil }
        return try Self.decode(Tx.self, bytes, what: "txs \(hash)")
    }

    /// Best first; equal ones in order of arrival.
    public func pendingHashes(limit: Int = .max) -> [TxHash] { pending.order.descending.prefix(limit).map(\.value) }

    /// Hash and block of all that is known as mined, in order of blocks.
    public func minedHashes() throws(PoolError) -> [(hash: TxHash, block: UInt64)] { try minedHashes(from: 0) }

    // MARK: Rows

    func row(_ key: [UInt8], in family: ColumnFamily) throws(PoolError) -> [UInt8]? {
        do { return try family.get(key) } catch { throw .storage(error) }
    }

    func entry(_ hash: TxHash) throws(PoolError) -> PoolEntry? {
        guard let bytes = try row(hash.bytes, in: entries) else { return nil }
        return try Self.decode(PoolEntry.self, bytes, what: "entries \(hash)")
    }

    func minedBlock(of hash: TxHash) throws(PoolError) -> UInt64? {
        guard let bytes = try row(PoolKey.mined(hash), in: mined) else { return nil }
        var reader = ByteReader(bytes)
        do { return try reader.readUInt64("mined block") } catch { throw .corrupt(what: "mined \(hash)", error) }
    }

    /// Rows of `mined` by block, from block `first` to block `last`.
    func minedHashes(from first: UInt64, through last: UInt64 = .max, limit: Int = .max) throws(PoolError) -> [(hash: TxHash, block: UInt64)] {
        var found: [(hash: TxHash, block: UInt64)] = []
        // The smallest key above all of them: behind the last block's, or behind all keys of this kind.
        let end = last == .max ? [UInt8(ascii: "b") + 1] : PoolKey.minedIn(last + 1)
        try scan(mined, from: PoolKey.minedIn(first), to: end) { key, _ throws(PoolError) in
            guard found.count < limit else { return false }
            var reader = ByteReader(key)
            do throws(DecodingError) {
                try reader.skip(1)
                let block = try reader.readUInt64("block")
                found.append((try TxHash(from: &reader), block))
            } catch { throw .corrupt(what: "mined \(key.hex)", error) }
            return true
        }
        return found
    }

    static func decode<T: BinaryCodable>(_ type: T.Type, _ bytes: [UInt8], what: @autoclosure () -> String) throws(PoolError) -> T {
        do { return try T(exactly: bytes) } catch { throw .corrupt(what: what(), error) }
    }

    func scan(
        _ family: ColumnFamily, from start: [UInt8] = [], to end: [UInt8] = [], _ body: (_ key: [UInt8], _ value: [UInt8]) throws(PoolError) -> Bool
    ) throws(PoolError) {
        do {
            var iterator = StorageIterator(family, lowerBound: start, upperBound: end, fillCache: false)
            var found = try iterator.seek(start.span)
            while found {
                guard try body(iterator.key, iterator.value) else { return }
                found = try iterator.next()
            }
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as PoolError {
            throw error
        } catch {
            preconditionFailure("only storage and pool errors are thrown here: \(error)")
        }
    }

    // MARK: Changing

    /// Writes the batch with the totals it leads to. When it cannot be written, memory goes back to what is stored.
    func commit(_ batch: WriteBatch, sync: Bool) throws(PoolError) {
        batch.put(PoolMeta.totals, PoolTotals(count: UInt64(pending.count), size: UInt64(pending.size)).serialized, in: meta)
        do {
            try database.write(batch, sync: sync)
        } catch {
            try? load()
            throw .storage(error)
        }
    }

    func insertPending(_ hash: TxHash, _ entry: PoolEntry, to batch: WriteBatch) {
        pending.insert(hash, entry)
        batch.put(PoolKey.order(entry.place), hash.bytes, in: order)
    }

    func removePending(_ hash: TxHash, to batch: WriteBatch) {
        guard let entry = pending.remove(hash) else { return }
        batch.delete(PoolKey.order(entry.place), in: order)
    }

    /// Takes all that is known of a transaction away.
    func erase(_ hash: TxHash, minedIn block: UInt64?, to batch: WriteBatch) {
        removePending(hash, to: batch)
        batch.delete(hash.bytes, in: entries)
        batch.delete(hash.bytes, in: txs)
        if let block { eraseMined(hash, block, to: batch) }
    }

    func eraseMined(_ hash: TxHash, _ block: UInt64, to batch: WriteBatch) {
        batch.delete(PoolKey.mined(hash), in: mined)
        batch.delete(PoolKey.mined(hash, in: block), in: mined)
    }
}
