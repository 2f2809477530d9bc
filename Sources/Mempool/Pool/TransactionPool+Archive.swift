import Bytes
public import Protocol
import Storage

/// Deleted transactions without their proofs, first in, first out. Evictions leave no copy.
extension TransactionPool {
    public func archivedTransaction(_ hash: TxHash) throws(PoolError) -> Tx? {
        guard let bytes = try row(PoolKey.archivedTx(hash), in: archived) else { return nil }
        return try Self.decode(Tx.self, bytes, what: "archived \(hash)")
    }

    /// Keeps a copy of what is about to be deleted, if a limit is set and the transaction is here.
    func archive(_ hash: TxHash, to batch: WriteBatch) throws(PoolError) {
        guard limits.archivedTransactions > 0, !archiveQueue.contains(hash), var tx = try transaction(hash) else { return }
        while archiveQueue.count >= limits.archivedTransactions, let (index, oldest) = archiveQueue.removeFirst() {
            batch.delete(PoolKey.archivedTx(oldest), in: archived)
            batch.delete(PoolKey.archiveIndex(index), in: archived)
        }
        tx.clientIvcProof = .empty
        batch.put(PoolKey.archivedTx(hash), tx.serialized, in: archived)
        batch.put(PoolKey.archiveIndex(archiveQueue.append(hash)), hash.bytes, in: archived)
    }

    func loadArchive() throws(PoolError) {
        archiveQueue = ArchiveQueue()
        try scan(archived, from: PoolKey.archiveIndexes, to: [PoolKey.archiveIndexes[0] + 1]) { key, value throws(PoolError) in
            var reader = ByteReader(key)
            do {
                try reader.skip(1)
                archiveQueue.restore(try reader.readUInt64("archive index"), try Self.decode(TxHash.self, value, what: "archived \(key.hex)"))
            } catch let error as DecodingError {
                throw .corrupt(what: "archived \(key.hex)", error)
            } catch let error as PoolError {
                throw error
            } catch {
                preconditionFailure("only decoding and pool errors are thrown here: \(error)")
            }
            return true
        }
    }
}

/// Hashes of the archived transactions in order of their index rows.
struct ArchiveQueue {
    private var items: [(index: UInt64, hash: TxHash)] = []
    private var first = 0
    private var known: Set<TxHash> = []
    private var next: UInt64 = 0

    var count: Int { items.count - first }
    func contains(_ hash: TxHash) -> Bool { known.contains(hash) }

    /// Index that the hash got.
    mutating func append(_ hash: TxHash) -> UInt64 {
        defer { next &+= 1 }
        items.append((next, hash))
        known.insert(hash)
        return next
    }

    /// A stored row; they come in ascending order.
    mutating func restore(_ index: UInt64, _ hash: TxHash) {
        items.append((index, hash))
        known.insert(hash)
        next = index &+ 1
    }

    mutating func removeFirst() -> (index: UInt64, hash: TxHash)? {
        guard first < items.count else { return nil }
        let item = items[first]
        known.remove(item.hash)
        first += 1
        if first > 64, first * 2 > items.count {
            items.removeFirst(first)
            first = 0
        }
        return item
    }
}
