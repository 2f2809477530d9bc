import Field
import Mempool
import Protocol
import TemporaryFiles
import Testing

@Suite struct IntakeTests {
    @Test func oneBatchPerTurn() throws {
        let scratch = try TemporaryDirectory("mempool")
        let pool = try TransactionPool(scratch.open())
        let intake = TransactionIntake(pool)
        var stored: [TransactionPool.AddOutcome] = []
        intake.onStored = { stored.append($0) }
        let txs = Sample.hashed(5) { Sample.tx(nullifiers: [Fr(UInt64($0 + 1))]) }
        var done: [TxHash] = []
        for (index, item) in txs.enumerated() {
            intake.offer(item.tx, hash: index % 2 == 0 ? item.hash : nil) { result in
                #expect(pool.count == 5, "answered after it is stored")
                if case .success(let hash) = result { done.append(hash) }
            }
        }
        #expect(pool.count == 0 && intake.waitingCount == 5 && done.isEmpty)
        intake.flush()
        #expect(done == txs.map(\.hash) && stored.map(\.added) == [done] && intake.waitingCount == 0)
        intake.offer(txs[0].tx) { if case .success(let hash) = $0 { done.append(hash) } }
        intake.flush()
        #expect(done.last == txs[0].hash && stored.count == 1, "known ones are acknowledged and are no news")
        intake.flush()
        #expect(stored.count == 1)
    }
}
