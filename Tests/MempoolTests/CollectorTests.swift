import Field
import Mempool
import Protocol
import TemporaryFiles
import Testing

/// Peers that have some transactions.
private final class Peers: TxRequester {
    var have: [HashedTransaction] = []
    var asked: [(hashes: [TxHash], pinned: Int?)] = []

    func request(_ hashes: [TxHash], pinned: Int?, _ done: @escaping ([HashedTransaction?]) -> Void) {
        asked.append((hashes, pinned))
        done(hashes.map { hash in have.first { $0.hash == hash } })
    }
}

@Suite struct CollectorTests {
    let scratch: TemporaryDirectory
    let pool: TransactionPool
    let chain = MemoryChain()
    private let peers = Peers()
    private let collector: TransactionCollector<Peers>
    let txs: [HashedTransaction]

    init() throws {
        scratch = try TemporaryDirectory("mempool")
        pool = try TransactionPool(scratch.open())
        chain.genesisBalances[Sample.slot(0xfee)] = 1_000_000
        let gate = TransactionGate(chain: chain, verifier: UncheckedProofs())
        collector = TransactionCollector(pool: pool, gate: gate, requester: peers, maximumTransactions: 10)
        txs = Sample.hashed(4) { Sample.tx(nullifiers: [Fr(UInt64($0 + 1))]) }
    }

    private func collect(_ proposal: BlockProposal) throws -> CollectedTransactions {
        var result: Result<CollectedTransactions, CollectionError>?
        collector.collect(proposal, from: 3) { result = $0 }
        return try #require(result).get()
    }

    @Test func fromThePoolThenFromPeers() throws {
        let hashes = txs.map(\.hash)
        #expect(try collect(SignedSample.proposal(slot: 1)).txs.isEmpty && peers.asked.isEmpty)
        try pool.add([txs[2]])
        peers.have = [txs[0], txs[3]]
        let collected = try collect(SignedSample.proposal(slot: 1, txHashes: hashes))
        #expect(collected.txs.map(\.hash) == [hashes[0], hashes[2], hashes[3]] && collected.missing == [hashes[1]])
        #expect(peers.asked.count == 1 && peers.asked[0].hashes == [hashes[0], hashes[1], hashes[3]] && peers.asked[0].pinned == 3)
        #expect(try pool.contains(hashes[0]) && pool.contains(hashes[3]), "what came is kept")
    }

    @Test func theProposalsOwnTransactions() throws {
        let hashes = txs.map(\.hash)
        try pool.add([txs[2]])
        let whole = try collect(SignedSample.proposal(slot: 1, txHashes: hashes, txs: txs.map(\.tx)))
        #expect(whole.txs.map(\.hash) == hashes && whole.missing.isEmpty && peers.asked.isEmpty)
        #expect(try !pool.contains(hashes[0]), "they are used, not kept")
        // One at a wrong place: nothing of it counts.
        let swapped = try collect(SignedSample.proposal(slot: 1, txHashes: hashes, txs: [1, 0, 2, 3].map { txs[$0].tx }))
        #expect(swapped.txs.map(\.hash) == [hashes[2]] && swapped.missing == [hashes[0], hashes[1], hashes[3]])
        // One too few: not looked at.
        let short = try collect(SignedSample.proposal(slot: 1, txHashes: hashes, txs: txs[..<3].map(\.tx)))
        #expect(short.missing.count == 3)
    }

    @Test func oneThatBreaksARuleSpoilsAll() throws {
        chain.add([], nullifiers: [2])
        try pool.add(txs)
        #expect(throws: CollectionError.self) { try collect(SignedSample.proposal(slot: 1, txHashes: txs.map(\.hash))) }
        #expect(throws: CollectionError.self) {
            try collect(SignedSample.proposal(slot: 1, txHashes: (0..<11).map { TxHash(Fr(UInt64($0))) }))
        }
    }
}
