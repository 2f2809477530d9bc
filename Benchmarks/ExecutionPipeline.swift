import Blobs
import Bytes
import Field
import Glibc
import Protocol
import PublicExecution
import Storage
import WorldState

/// What a transaction takes in each part of the pipeline, milliseconds of processor time (all threads) a transaction.
struct PipelineTimes {
    var decode = 0.0
    var hash = 0.0
    /// Every read from RocksDB, every siloed hash computed; decoded code is there.
    var execute = 0.0
    var effects = 0.0
    /// Trees, header and archive of a block of `PipelineBenchmark.count` transactions.
    var roots = 0.0
    /// Blob commitments of that block; not part of the total.
    var blobs = 0.0
    /// The same transaction again, reads and hashes kept: what a block of alike transactions comes near.
    var executeWarm = 0.0
    var instructions = 0
    var outcome = ""

    var total: Double { decode + hash + execute + effects + roots }

    var columns: String {
        func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        return "decode \(text(decode)) hash \(text(hash)) execute \(text(execute)) (warm \(text(executeWarm))) effects \(text(effects)) roots \(text(roots)) | blobs \(text(blobs)) | \(outcome), \(instructions) instructions"
    }
}

/// The whole pipeline of one executor, `count` transactions at once.
struct PipelineBenchmark {
    static let count = 64
    let recorded: RecordedTx
    let kzg: KZG
    var runs = 5

    func run() throws -> PipelineTimes {
        let executor = TransactionExecutor()
        var times = PipelineTimes()
        let tx = try Tx(exactly: recorded.bytes)
        let hash = tx.hash()
        var executed: ExecutedTx?
        do throws(ExecutionFailure) {
            executed = try executor.execute(tx, hash: hash, globals: recorded.globals, base: try base(), options: recorded.options)
        } catch {
            if case .dropped(let reason, _) = error { times.outcome = "dropped: \(reason)" } else { throw Failure("\(recorded.label): \(error)") }
        }
        if let executed {
            times.instructions = executed.statistics.instructions
            times.outcome = "revert code \(executed.effect.revertCode.rawValue), L2 gas \(executed.gasUsed.publicGas.l2Gas)"
        }
        // Long ones one at a time.
        let probe = milliseconds { execute(tx, hash, executor, nil) }
        let count = min(Self.count, max(1, Int(150 / max(probe, 0.01))))
        times.decode = per(count) { for _ in 0..<count { consume(try? Tx(exactly: recorded.bytes)) } }
        let txs = [Tx](repeating: tx, count: Self.count)
        times.hash = per(Self.count) { consume(Tx.hashes(of: txs)) }
        times.execute = per(count) { for _ in 0..<count { execute(tx, hash, executor, nil) } }
        let warm = try base()
        times.executeWarm = per(count) { for _ in 0..<count { execute(tx, hash, executor, warm) } }
        guard let executed else { return times }
        times.effects = per(count) { for _ in 0..<count { consume(executed.effect.serialized) } }
        try measureBlock(executed, &times)
        return times
    }

    /// Blocks of `count` such transactions one after the other, everything in its order: for a profile. Milliseconds of
    /// processor time a block, best.
    func blocks(_ number: Int) throws -> Double {
        let executor = TransactionExecutor()
        let tx = try Tx(exactly: recorded.bytes)
        let hash = tx.hash()
        let executed = try executor.execute(tx, hash: hash, globals: recorded.globals, base: try base(), options: recorded.options)
        let effects = try others(executed)
        let tip = try recorded.chain.tip
        var best = Double.infinity
        for _ in 0..<number {
            let start = Self.processorTime()
            let txs = try (0..<Self.count).map { _ in try Tx(exactly: recorded.bytes) }
            for (tx, hash) in zip(txs, Tx.hashes(of: txs)) { execute(tx, hash, executor, nil) }
            for effect in effects { consume(effect.serialized) }
            try root(effects.map { TxLeaves($0) }, on: tip)
            best = min(best, Self.processorTime() - start)
        }
        return best
    }

    private func base() throws(ExecutionFailure) -> StoredBase {
        do { return try StoredBase(recorded.chain.database, classes: recorded.chain.classes) } catch { throw .unavailable(error) }
    }

    @inline(never)
    private func execute(_ tx: Tx, _ hash: TxHash, _ executor: TransactionExecutor, _ warm: StoredBase?) {
        if warm == nil { executor.forgetHashes() }
        do throws(ExecutionFailure) {
            let below = if let warm { warm } else { try base() }
            consume(try executor.execute(tx, hash: hash, globals: recorded.globals, base: below, options: recorded.options))
        } catch { consume(error) }
    }

    /// Effects of transactions alike, but their own. Slots that were updated are updated.
    private func others(_ executed: ExecutedTx) throws -> [TxEffect] {
        var random = BenchmarkRandom(state: 23 + UInt64(try recorded.chain.tip) << 20)
        let before = try base()
        let isThere = try executed.effect.publicDataWrites.map { try !before.publicData($0.leafSlot).isZero }
        let effects = (0..<Self.count).map { _ in
            var effect = executed.effect
            effect.nullifiers = random.fields(effect.nullifiers.count)
            effect.noteHashes = random.fields(effect.noteHashes.count)
            for index in effect.publicDataWrites.indices { effect.publicDataWrites[index].leafSlot = random.field() }
            return effect
        }
        let slots = effects.flatMap { effect in zip(effect.publicDataWrites, isThere).filter(\.1).map { PublicDataWrite(leafSlot: $0.0.leafSlot, value: .one) } }
        if !slots.isEmpty { try recorded.chain.append([TxLeaves(noteHashes: [], nullifiers: random.fields(1), publicDataWrites: slots)]) }
        return effects
    }

    @inline(never)
    private func root(_ leaves: [TxLeaves], on tip: UInt32) throws {
        let fork = try WorldStateFork(recorded.chain.database, at: tip)
        try fork.apply(messages: [], txs: leaves)
        var header = BlockHeader.zero
        header.state = try fork.stateReference()
        try fork.updateArchive(header)
        consume(try fork.snapshot())
    }

    private func measureBlock(_ executed: ExecutedTx, _ times: inout PipelineTimes) throws {
        let effects = try others(executed)
        let tip = try recorded.chain.tip
        let leaves = effects.map { TxLeaves($0) }
        var failure: (any Error)?
        times.roots = per(Self.count) { do { try root(leaves, on: tip) } catch { failure = error } }
        if let failure { throw failure }
        let fitting = min(Self.count, Body.maximumBlobFields / max(1, executed.effect.blobFieldCount))
        times.blobs = per(fitting) {
            do {
                let body = Body(txEffects: Array(effects[..<fitting]))
                for blob in try Blob.blobs(of: body.blobFields() ?? []) { consume(try kzg.commit(to: blob)) }
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func milliseconds(_ body: () -> Void) -> Double {
        let start = Self.processorTime()
        body()
        return Self.processorTime() - start
    }

    /// Best of several runs.
    private func per(_ count: Int, _ body: () -> Void) -> Double {
        body()
        return (0..<runs).map { _ in milliseconds(body) }.min()! / Double(count)
    }

    static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }
}
