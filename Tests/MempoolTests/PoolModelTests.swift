import Field
import FieldKit
import FuzzKit
import Mempool
import Protocol
import Storage
import TemporaryFiles
import Testing

/// The pool's rules in the plainest form: lists that are searched.
private struct Model {
    struct Known {
        var item: HashedTransaction
        var arrival: Int
        var minedIn: UInt64?
    }

    var known: [Known] = []
    /// Blocks of transactions that never came.
    var strangers: [TxHash: UInt64] = [:]
    var protected: Set<TxHash> = []
    var arrivals = 0
    var limit = 0

    var pending: [Known] {
        known.filter { $0.minedIn == nil }.sorted {
            let (a, b) = (PoolEntry.priority(of: $0.item.tx), PoolEntry.priority(of: $1.item.tx))
            return a == b ? $0.arrival < $1.arrival : a > b
        }
    }

    var size: Int { pending.reduce(0) { $0 + $1.item.tx.size } }

    mutating func add(_ items: [HashedTransaction]) {
        for item in items where !known.contains(where: { $0.item.hash == item.hash }) {
            known.append(Known(item: item, arrival: arrivals, minedIn: strangers.removeValue(forKey: item.hash)))
            arrivals += 1
        }
        evict()
    }

    mutating func evict() {
        guard limit > 0, size > limit else { return }
        for worst in pending.reversed() where !protected.contains(worst.item.hash) {
            known.removeAll { $0.item.hash == worst.item.hash }
            if size <= limit { return }
        }
    }

    static func canPay(_ tx: Tx, _ balance: Fr) -> Bool { balance >= tx.gasSettings.feeLimit }

    mutating func mine(_ block: MinedBlock, balance: (Tx) -> Fr) {
        for hash in block.transactions {
            if let index = known.firstIndex(where: { $0.item.hash == hash }) { known[index].minedIn = block.number } else { strangers[hash] = block.number }
        }
        known.removeAll { entry in
            guard entry.minedIn == nil else { return false }
            let tx = entry.item.tx
            let last = tx.data.rollupValidationRequests.maxBlockNumber.limit?.uint64 ?? .max
            let isTouched = block.writtenSlots.contains(Sample.slot(tx.data.feePayer.field.uint64 ?? 0))
            return tx.data.nonEmptyNullifiers.contains { block.nullifiers.contains($0) } || isTouched && !Self.canPay(tx, balance(tx)) || last <= block.number
        }
        if !block.transactions.isEmpty { protected = [] }
    }

    mutating func prune(to number: UInt64, balance: (Tx) -> Fr, isSpent: (Fr) -> Bool, isArchived: (BlockHeader) -> Bool) {
        strangers = strangers.filter { $0.value <= number }
        known.removeAll { entry in
            let tx = entry.item.tx
            let header = tx.data.constants.historicalHeader
            let isFresh = (header.blockNumber.map(UInt64.init) ?? .max) <= number
            guard let block = entry.minedIn else { return !isFresh || !Self.canPay(tx, balance(tx)) }
            guard block > number else { return false }
            let last = tx.data.rollupValidationRequests.maxBlockNumber.limit?.uint64 ?? .max
            return !isFresh || !isArchived(header) || last <= number || tx.data.nonEmptyNullifiers.contains(where: isSpent) || !Self.canPay(tx, balance(tx))
        }
        for index in known.indices where known[index].minedIn.map({ $0 > number }) == true { known[index].minedIn = nil }
        evict()
    }

    mutating func finalize(_ number: UInt64) {
        known.removeAll { $0.minedIn.map { $0 <= number } == true }
        strangers = strangers.filter { $0.value > number }
    }
}

/// Random blocks, arrivals, evictions, reorgs, restarts: the pool says what the model says, after every step.
@Suite struct PoolModelTests {
    static let payers: [UInt64] = [1, 2, 3]

    /// Distinct transactions made against the chain as it is; nullifiers of a small range collide.
    static func make(_ count: Int, _ chain: MemoryChain, _ random: inout SeededGenerator, _ serial: inout UInt64) -> [HashedTransaction] {
        var txs: [Tx] = []
        for _ in 0..<count {
            serial += 1
            let depth = min(UInt64.random(in: 0...4, using: &random), chain.tip)
            let number = chain.tip - depth
            let header = number == 0 ? Sample.header(0) : chain.blocks[Int(number) - 1].header ?? Sample.header(0)
            var nullifiers = [Fr(1_000_000 + serial)]
            if Int.random(in: 0..<3, using: &random) == 0 { nullifiers.append(Fr(UInt64.random(in: 1...12, using: &random))) }
            txs.append(Sample.tx(
                nullifiers: nullifiers, priority: (UInt64.random(in: 0...3, using: &random), UInt64.random(in: 0...3, using: &random)),
                payer: payers.randomElement(using: &random)!, fees: UInt64.random(in: 1...4, using: &random), header: header,
                lastBlock: Int.random(in: 0..<4, using: &random) == 0 ? chain.tip + UInt64.random(in: 0...6, using: &random) : nil,
                proofBytes: Int.random(in: 0...400, using: &random)))
        }
        return HashedTransaction.hashing(txs)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4]) func followsTheModel(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let scratch = try TemporaryDirectory("mempool")
        let chain = MemoryChain()
        for payer in Self.payers { chain.genesisBalances[Sample.slot(payer)] = 4_000 }
        var database: Database? = try scratch.open()
        let limit = seed % 2 == 0 ? 0 : 12 * 1_300
        let limits = TransactionPool.Limits(maximumSize: limit)
        var pool: TransactionPool? = try TransactionPool(database!, limits: limits)
        var attestations: AttestationPool? = try AttestationPool(database!)
        var follower: PoolFollower? = try PoolFollower(pool: pool!, attestations: attestations!, chain: chain, batchSize: 3)
        var model = Model()
        model.limit = limit
        var everything: [HashedTransaction] = []
        var serial: UInt64 = 0
        var counts: [String: Int] = [:]
        _ = try follower!.follow()

        func balance(_ number: UInt64) -> (Tx) -> Fr {
            { tx in
                let slot = Sample.slot(tx.data.feePayer.field.uint64 ?? 0)
                return chain.blocks.prefix(Int(number)).reversed().lazy.compactMap { $0.balances[slot] }.first ?? chain.genesisBalances[slot] ?? .zero
            }
        }
        func spent(_ number: UInt64) -> (Fr) -> Bool { { nullifier in chain.blocks.prefix(Int(number)).contains { $0.nullifiers.contains(nullifier) } } }
        func archived(_ number: UInt64) -> (BlockHeader) -> Bool {
            { header in header == Sample.header(0) || chain.blocks.prefix(Int(number)).contains { $0.header == header } }
        }
        func mine(_ fork: String) throws {
            // Some of the pending ones, some known only to the model's past, some nobody here saw.
            var chosen: [HashedTransaction] = []
            let candidates = Array(model.pending.prefix(Int.random(in: 0...6, using: &random)).map(\.item)) + (Bool.random(using: &random) ? Self.make(1, chain, &random, &serial) : [])
            for item in candidates where !item.tx.data.nonEmptyNullifiers.contains(where: { nullifier in
                spent(chain.tip)(nullifier) || chosen.contains { $0.tx.data.nonEmptyNullifiers.contains(nullifier) }
            }) { chosen.append(item) }
            var balances: [Fr: Fr] = [:]
            if Int.random(in: 0..<3, using: &random) == 0 {
                balances[Sample.slot(Self.payers.randomElement(using: &random)!)] = Fr(UInt64.random(in: 1...5, using: &random) * 1_000)
            }
            chain.add(chosen.map(\.hash), nullifiers: chosen.flatMap(\.tx.data.nonEmptyNullifiers), balances: balances)
            everything += chosen
            counts[fork, default: 0] += 1
        }
        func follow() throws {
            var seen = follower!.followed!.latest
            while true {
                let report = try follower!.follow()
                if let number = report.prunedTo {
                    model.prune(to: number, balance: balance(number), isSpent: spent(number), isArchived: archived(number))
                    seen = number
                    counts["pruned", default: 0] += 1
                    counts["returned", default: 0] += report.returned.count
                }
                for number in report.added {
                    #expect(number == seen + 1)
                    seen = number
                    // The state the follower looks at is that of the tip.
                    model.mine(try #require(try chain.minedBlock(number)), balance: balance(chain.tip))
                }
                model.finalize(report.position.finalized)
                guard report.isBehind else { break }
            }
            #expect(follower!.followed!.latest == chain.tip)
        }

        for step in 0..<(Fuzz.rounds(short: 150) > 1_000 ? 20_000 : 150) {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<8:
                let fresh = Self.make(Int.random(in: 1...4, using: &random), chain, &random, &serial)
                everything += fresh
                if everything.count > 400 { everything.removeFirst(everything.count - 400) }
                // Sometimes again what was there once.
                let offered = fresh + (everything.randomElement(using: &random).map { [$0] } ?? [])
                try pool!.add(offered)
                model.add(offered)
                counts["added", default: 0] += 1
            case 8..<13:
                for _ in 0..<Int.random(in: 1...4, using: &random) { try mine("mined") }
                try follow()
            case 13, 14:
                let back = min(UInt64.random(in: 1...4, using: &random), chain.tip - chain.finalized)
                if back > 0 {
                    chain.cut(to: chain.tip - back)
                    chain.proven = min(chain.proven, chain.tip)
                    for _ in 0..<Int.random(in: 0...3, using: &random) { try mine("forked") }
                    try follow()
                }
            case 15:
                chain.proven = chain.tip
                chain.finalized = chain.tip > 5 ? chain.tip - 5 : 0
                try follow()
            case 16:
                let hashes = model.pending.shuffled(using: &random).prefix(2).map(\.item.hash)
                pool!.markNonEvictable(hashes)
                model.protected.formUnion(hashes)
            case 17:
                let hashes = model.known.shuffled(using: &random).prefix(1).map(\.item.hash)
                try pool!.delete(hashes)
                model.known.removeAll { hashes.contains($0.item.hash) }
            default:
                // A restart; protection is in memory only.
                follower = nil
                attestations = nil
                pool = nil
                database = nil
                database = try scratch.open()
                pool = try TransactionPool(database!, limits: limits)
                attestations = try AttestationPool(database!)
                follower = try PoolFollower(pool: pool!, attestations: attestations!, chain: chain, batchSize: 3)
                model.protected = []
                counts["restarted", default: 0] += 1
            }
            let expected = model.pending.map(\.item.hash)
            guard pool!.pendingHashes() == expected else {
                Issue.record("seed \(seed), step \(step): pending differs")
                return
            }
            #expect(pool!.size == model.size && pool!.count == expected.count)
            var mined: [TxHash: UInt64] = model.strangers
            for entry in model.known { if let block = entry.minedIn { mined[entry.item.hash] = block } }
            let got = try pool!.minedHashes()
            #expect(Dictionary(got.map { ($0.hash, $0.block) }) { a, _ in a } == mined && got.count == mined.count)
            if let some = model.known.randomElement(using: &random) { #expect(try pool!.transaction(some.item.hash) == some.item.tx) }
        }
        for kind in ["added", "mined", "forked", "pruned", "returned", "restarted"] { #expect(counts[kind, default: 0] > 2, "\(kind) never happened: \(counts)") }
        print("pool model, seed \(seed): \(counts)")
    }
}
