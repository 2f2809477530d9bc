import Field
import Mempool
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import Testing

@Suite struct FollowerTests {
    let scratch: TemporaryDirectory
    let chain = MemoryChain()
    let pool: TransactionPool
    let attestations: AttestationPool
    let follower: PoolFollower

    init() throws {
        scratch = try TemporaryDirectory("mempool")
        let database = try scratch.open()
        pool = try TransactionPool(database)
        attestations = try AttestationPool(database)
        follower = try PoolFollower(pool: pool, attestations: attestations, chain: chain)
        chain.genesisBalances = [Sample.slot(1): 10_000, Sample.slot(2): 10_000]
    }

    func tx(_ nullifiers: [Fr], payer: UInt64 = 1, fees: UInt64 = 1, header: BlockHeader = Sample.header(0), lastBlock: UInt64? = nil) -> HashedTransaction {
        HashedTransaction(Sample.tx(nullifiers: nullifiers, payer: payer, fees: fees, header: header, lastBlock: lastBlock))
    }

    @Test func aBlockTakesWhatCanNoLongerBeMined() throws {
        let mined = tx([1]), rival = tx([1, 2]), poor = tx([3], payer: 2, fees: 5), late = tx([4], lastBlock: 1), good = tx([5], lastBlock: 2), own = tx([6])
        try pool.add([mined, rival, poor, late, good, own])
        pool.markNonEvictable([rival.hash])
        // Its nullifiers count though the transaction of 7 was never here, and so does what it did to payer 2.
        chain.add([mined.hash, TxHash(Fr(7))], nullifiers: [1, 6], balances: [Sample.slot(2): 4_999])
        let report = try follower.follow()
        #expect(report.added == [1] && Set(report.evicted) == [rival.hash, poor.hash, late.hash, own.hash])
        #expect(report.missing == [TxHash(Fr(7))], "for provers: what this node does not have of blocks that are not proven")
        #expect(pool.pendingHashes() == [good.hash] && pool.nonEvictableCount == 0)
        #expect(try pool.status(of: mined.hash) == .mined(block: 1) && pool.transaction(mined.hash) == mined.tx, "kept to be served")
        #expect(try pool.status(of: TxHash(Fr(7))) == .mined(block: 1) && pool.transaction(TxHash(Fr(7))) == nil)
        // What comes after its block is stored, and is not pending.
        let seventh = tx([7])
        chain.add([seventh.hash])
        _ = try follower.follow()
        try pool.add([seventh])
        #expect(try pool.pendingHashes().isEmpty && pool.contains(seventh.hash), "and block 2 was the last one of the good one")
    }

    @Test func protectionOutlivesEmptyBlocks() throws {
        pool.markNonEvictable([TxHash(Fr(1))])
        chain.add()
        _ = try follower.follow()
        #expect(pool.nonEvictableCount == 1)
    }

    @Test func finalisedOnesGo() throws {
        let txs = (0..<3).map { tx([Fr(UInt64(10 + $0))]) }
        try pool.add(txs)
        for item in txs { chain.add([item.hash], nullifiers: item.tx.data.nonEmptyNullifiers) }
        chain.proven = 2
        #expect(try follower.follow().position == FollowedPosition(latest: 3, proven: 2, finalized: 0, slot: 4))
        chain.finalized = 2
        #expect(try follower.follow().position.finalized == 2)
        #expect(try pool.status(of: txs[0].hash) == nil && pool.transaction(txs[1].hash) == nil && pool.contains(txs[2].hash))
        #expect(try pool.minedHashes().map(\.hash) == [txs[2].hash])
        #expect(try !pool.isEmpty())
    }

    @Test func reorgsGiveBackWhatIsStillGood() throws {
        _ = try follower.follow()
        let first = chain.add()
        let second = chain.add()
        _ = try follower.follow()
        let old = tx([1], header: first), fresh = tx([2], header: second), poor = tx([3], payer: 2, fees: 5), spent = tx([4]), expired = tx([5], lastBlock: 3)
        let waiting = tx([6], header: first), unwound = tx([7], header: second)
        try pool.add([old, fresh, poor, spent, expired])
        chain.add([old.hash, fresh.hash, poor.hash, spent.hash, expired.hash], nullifiers: [1, 2, 3, 4, 5])
        _ = try follower.follow()
        try pool.add([waiting, unwound])
        #expect(pool.count == 2)
        // Another second block, in which somebody else spends 4 and payer 2 loses its balance.
        chain.cut(to: 1)
        chain.add([], nullifiers: [4], balances: [Sample.slot(2): 1])
        chain.add()
        let report = try follower.follow()
        #expect(report.prunedTo == 1 && report.added == [2, 3])
        #expect(Set(report.returned) == [old.hash, spent.hash, poor.hash, expired.hash], "good after block 1")
        #expect(Set(pool.pendingHashes()) == [old.hash, waiting.hash], "blocks 2 and 3 then took what they take")
        for gone in [fresh, unwound, spent, poor, expired] { #expect(try !pool.contains(gone.hash)) }
        #expect(try pool.status(of: old.hash) == .pending && pool.transaction(old.hash) == old.tx)
    }

    /// Without the state there to judge by, the reference's way: mined ones go.
    @Test func reorgsBeyondTheKeptStateGiveNothingBack() throws {
        let item = tx([1])
        try pool.add([item])
        _ = try follower.follow()
        chain.add()
        chain.add([item.hash], nullifiers: [1])
        _ = try follower.follow()
        chain.cut(to: 1)
        chain.readableFrom = 2
        #expect(try follower.follow().returned.isEmpty)
        #expect(try !pool.contains(item.hash) && pool.minedHashes().isEmpty)
    }

    @Test func aFirstStartBeginsAtTheFinalisedBlock() throws {
        for number in 0..<8 { chain.add([TxHash(Fr(UInt64(number)))]) }
        chain.proven = 7
        chain.finalized = 5
        let report = try follower.follow()
        #expect(report.added == [6, 7, 8] && report.position.finalized == 5)
        #expect(try pool.status(of: TxHash(Fr(4))) == nil && pool.status(of: TxHash(Fr(5))) == .mined(block: 6))
    }

    @Test func manyBlocksComeInBatches() throws {
        let follower = try PoolFollower(pool: pool, attestations: attestations, chain: chain, batchSize: 4)
        for _ in 0..<10 { chain.add() }
        #expect(try follower.follow().isBehind && follower.follow().isBehind)
        let last = try follower.follow()
        #expect(last.added == [9, 10] && !last.isBehind)
    }

    @Test func aChainThatCannotBeReadIsLeftForLater() throws {
        chain.add()
        chain.isGone = true
        #expect(throws: PoolFollower.Failure.self) { try follower.follow() }
        chain.isGone = false
        #expect(try follower.follow().added == [1])
    }

    /// Cut below what was finalised here (an operator's rollback): follows.
    @Test func rollbacksBelowTheFinalisedBlock() throws {
        for _ in 0..<6 { chain.add() }
        chain.proven = 6
        chain.finalized = 4
        _ = try follower.follow()
        chain.cut(to: 2)
        chain.finalized = 2
        chain.proven = 2
        let report = try follower.follow()
        #expect(report.prunedTo == 2 && report.position == FollowedPosition(latest: 2, proven: 2, finalized: 2, slot: report.position.slot))
        chain.add()
        #expect(try follower.follow().added == [3])
    }
}
