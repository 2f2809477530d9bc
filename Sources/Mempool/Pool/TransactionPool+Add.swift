import Bytes
public import Protocol
import Storage

extension TransactionPool {
    public struct AddOutcome: Equatable, Sendable {
        /// New ones, in the order given. Some may be among the evicted.
        public var added: [TxHash] = []
        /// What had to go for the limit, worst first.
        public var evicted: [TxHash] = []

        public init() {}
    }

    /// Stores what is new, in one batch that is on the device when this returns. What is known as mined is stored without
    /// becoming pending. Nothing is validated here. Hashes computed side by side (`HashedTransaction.hashing`) make
    /// batches much cheaper than single transactions.
    @discardableResult
    public func add(_ offered: [HashedTransaction]) throws(PoolError) -> AddOutcome {
        var outcome = AddOutcome()
        let batch = WriteBatch()
        var offeredBefore: Set<TxHash> = []
        for item in offered {
            guard offeredBefore.insert(item.hash).inserted, try !contains(item.hash) else { continue }
            let entry = PoolEntry(item.tx, arrival: nextArrival, headerHash: headerHashes.hash(of: item.tx.data.constants.historicalHeader))
            nextArrival &+= 1
            batch.put(item.hash.bytes, entry.serialized, in: entries)
            batch.put(item.hash.bytes, item.tx.serialized, in: txs)
            if try minedBlock(of: item.hash) == nil { insertPending(item.hash, entry, to: batch) }
            outcome.added.append(item.hash)
        }
        guard !outcome.added.isEmpty else { return outcome }
        batch.put(PoolMeta.nextArrival, bigEndian(nextArrival), in: meta)
        outcome.evicted = evictByPriority(to: batch)
        try commit(batch, sync: true)
        return outcome
    }

    /// Transactions of a proposal stay until the next block with transactions, however the pool fills.
    public func markNonEvictable(_ hashes: some Sequence<TxHash>) {
        for hash in hashes where nonEvictable.count < Self.maximumNonEvictable { nonEvictable.insert(hash) }
    }

    /// Above the limit times the factor, the worst go until the limit itself holds.
    func evictByPriority(to batch: WriteBatch) -> [TxHash] {
        guard limits.maximumSize > 0, Double(pending.size) > Double(limits.maximumSize) * limits.overflowFactor else { return [] }
        var left = pending.size
        var evicted: [TxHash] = []
        for (_, hash) in pending.order.ascending where !nonEvictable.contains(hash) {
            evicted.append(hash)
            left -= Int(pending[hash]?.size ?? 0)
            if left <= limits.maximumSize { break }
        }
        for hash in evicted { erase(hash, minedIn: nil, to: batch) }
        return evicted
    }
}
