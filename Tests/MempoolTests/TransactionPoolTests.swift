import Bytes
import Field
import FuzzKit
import Mempool
import Protocol
import Storage
import TemporaryFiles
import Testing

@Suite struct TransactionPoolTests {
    /// `count` transactions of the same size; priorities by `priority`.
    static func txs(_ count: Int, from first: Int = 0, priority: (Int) -> UInt64) -> [HashedTransaction] {
        Sample.hashed(count) { Sample.tx(nullifiers: [Fr(UInt64(1_000 + first + $0))], priority: (priority($0), 1)) }
    }

    @Test func bestFirstAndOldestFirstAmongEquals() throws {
        let scratch = try TemporaryDirectory("mempool")
        let pool = try TransactionPool(scratch.open())
        let txs = Self.txs(6) { [5, 9, 5, 1, 9, 5][$0] }
        let outcome = try pool.add(txs)
        #expect(outcome.added == txs.map(\.hash) && outcome.evicted.isEmpty)
        #expect(pool.pendingHashes() == [1, 4, 0, 2, 5, 3].map { txs[$0].hash })
        #expect(pool.pendingHashes(limit: 2) == [1, 4].map { txs[$0].hash })
        #expect(pool.count == 6 && pool.size == txs.reduce(0) { $0 + $1.tx.size })
        #expect(try pool.add(txs + [txs[0]]).added.isEmpty, "what is known is passed over")
        #expect(try pool.transaction(txs[3].hash) == txs[3].tx && pool.status(of: txs[3].hash) == .pending)
        #expect(try pool.bytes(of: TxHash(Fr(1))) == nil && pool.status(of: TxHash(Fr(1))) == nil && pool.contains(txs[0].hash))
    }

    /// Sums beyond 64 bits and beyond the field are compared as integers.
    @Test func prioritiesAreIntegers() throws {
        let scratch = try TemporaryDirectory("mempool")
        let pool = try TransactionPool(scratch.open())
        func tx(_ da: Fr, _ l2: Fr) -> Tx {
            var tx = Sample.tx(nullifiers: [da + 1, l2 + 2])
            tx.data.constants.txContext.gasSettings.maxPriorityFeesPerGas = GasFees(feePerDaGas: da, feePerL2Gas: l2)
            return tx
        }
        let largest = Fr.zero - 1
        let txs = HashedTransaction.hashing([tx(largest, 1), tx(largest, largest), tx(1, 0), tx(.zero, Fr(UInt64.max)), tx(largest, 0)])
        try pool.add(txs)
        #expect(pool.pendingHashes() == [1, 0, 4, 3, 2].map { txs[$0].hash })
        #expect(PoolEntry.priority(of: txs[0].tx).hex.hasSuffix("f0000001"), "one more than the largest element is not zero")
    }

    @Test func theWorstGoWhenItIsFull() throws {
        let scratch = try TemporaryDirectory("mempool")
        let txs = Self.txs(6) { UInt64($0) }
        let one = txs[0].tx.size
        let pool = try TransactionPool(scratch.open(), limits: .init(maximumSize: 3 * one, overflowFactor: 1.5))
        #expect(try pool.add(Array(txs[..<4])).evicted.isEmpty, "a factor of 1.5 lets a fourth in")
        #expect(try pool.add([txs[4]]).evicted == [txs[0].hash, txs[1].hash], "down to the limit itself")
        #expect(pool.pendingHashes() == [4, 3, 2].map { txs[$0].hash } && pool.size == 3 * one)
        #expect(try pool.bytes(of: txs[0].hash) == nil)
        pool.markNonEvictable([txs[2].hash])
        let worse = Self.txs(2, from: 100) { _ in 0 }
        // The new ones are the worst: they go themselves, newest first.
        let outcome = try pool.add(worse)
        #expect(outcome.added == worse.map(\.hash) && outcome.evicted == [worse[1].hash, worse[0].hash])
        pool.limits.maximumSize = one
        pool.limits.overflowFactor = 1
        #expect(try pool.add(worse).evicted == [worse[1].hash, worse[0].hash, txs[3].hash, txs[4].hash])
        #expect(pool.pendingHashes() == [txs[2].hash], "protected by a proposal")
        pool.limits.maximumSize = 0
        #expect(try pool.add(worse).evicted.isEmpty && pool.count == 3, "0 switches the limit off")
    }

    @Test func deletedOnesAreArchivedInOrder() throws {
        let scratch = try TemporaryDirectory("mempool")
        var database: Database? = try scratch.open()
        var pool: TransactionPool? = try TransactionPool(database!, limits: .init(archivedTransactions: 3))
        let txs = Sample.hashed(6) { Sample.tx(nullifiers: [Fr(UInt64($0 + 1))], proofBytes: 50) }
        try pool!.add(txs)
        try pool!.delete(txs[..<2].map(\.hash) + [TxHash(Fr(99))])
        pool = nil
        database = nil
        database = try scratch.open()
        pool = try TransactionPool(database!, limits: .init(archivedTransactions: 3))
        try pool!.delete(txs[2..<5].map(\.hash))
        func archived(_ index: Int) throws -> Tx? { try pool!.archivedTransaction(txs[index].hash) }
        #expect(try archived(0) == nil && archived(1) == nil)
        for index in 2..<5 {
            let copy = try archived(index)
            #expect(copy?.hash() == txs[index].hash && copy?.clientIvcProof.isEmpty == true)
        }
        #expect(try pool!.transaction(txs[2].hash) == nil && pool!.pendingHashes() == [txs[5].hash])
        // Evictions leave no copy.
        pool!.limits.maximumSize = 1
        try pool!.add([HashedTransaction(Sample.tx(nullifiers: [77]))])
        #expect(try archived(5) == nil && pool!.count == 0)
        // Deleted again while its copy is still kept: one copy, its place.
        pool!.limits.maximumSize = 0
        try pool!.add([txs[2]])
        try pool!.delete([txs[2].hash])
        #expect(try archived(2) != nil && archived(3) != nil)
    }

    /// Another process's view after every change; the totals it reads are those of the writer.
    @Test func aReaderSeesTheSame() throws {
        let scratch = try TemporaryDirectory("mempool")
        let pool = try TransactionPool(scratch.open())
        let reader = PoolReadView(try Database(
            scratch.path + "/pool", mode: .secondary(scratch: scratch.path + "/reader"), columnFamilies: PoolSchema.columnFamilies))
        func seen() throws -> [TxHash] {
            var hashes: [TxHash] = []
            try reader.catchUp()
            try reader.eachPending { hash, bytes in
                #expect((try? Tx(exactly: bytes).hash()) == hash)
                hashes.append(hash)
                return true
            }
            return hashes
        }
        #expect(try seen().isEmpty && reader.pendingCount() == 0)
        let txs = Self.txs(20) { UInt64($0 * 7 % 5) }
        try pool.add(txs)
        #expect(try seen() == pool.pendingHashes() && reader.pendingCount() == 20)
        #expect(try reader.status(of: txs[3].hash) == .pending && reader.transaction(txs[3].hash) == txs[3].tx)
        try pool.delete([txs[3].hash])
        #expect(try seen() == pool.pendingHashes() && reader.pendingCount() == 19 && reader.status(of: txs[3].hash) == nil)
    }

    /// A page that refuses the write: memory and rows still agree, and the pool goes on.
    @Test func aFailedWriteChangesNothing() throws {
        let scratch = try TemporaryDirectory("mempool")
        try TransactionPool(scratch.open()).add(Self.txs(3) { UInt64($0) })
        // A database that nobody may write to stands for a full disk.
        let database = try Database(scratch.path + "/pool", mode: .readOnly, columnFamilies: PoolSchema.columnFamilies)
        let pool = try TransactionPool(database)
        let before = pool.pendingHashes()
        #expect(throws: PoolError.self) { try pool.add(Self.txs(1, from: 50) { _ in 9 }) }
        #expect(pool.pendingHashes() == before && pool.count == 3)
        #expect(throws: PoolError.self) { try pool.delete(before) }
        #expect(pool.pendingHashes() == before)
    }

    @Test func damagedRowsAreNamed() throws {
        let scratch = try TemporaryDirectory("mempool")
        let txs = Self.txs(2) { UInt64($0) }
        try TransactionPool(scratch.open()).add(txs)
        do {
            let database = try scratch.open()
            let batch = WriteBatch()
            batch.put(txs[1].hash.bytes, [1, 2, 3], in: database.columnFamily("entries"))
            try database.write(batch)
        }
        let error = #expect(throws: PoolError.self) { try TransactionPool(scratch.open()) }
        #expect(error?.description.contains("entries \(txs[1].hash.hex)") == true)
    }
}
