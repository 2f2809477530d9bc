import AVM
import Field
import Glibc
public import Protocol

/// Executes transactions one after the other («note 03 §11»). Keeps the interpreter's memory between them: one per
/// thread.
public final class TransactionExecutor {
    let interpreter = Interpreter()
    private let hashes = SiloedHashes()

    public init() {}

    /// Drops the siloed hashes kept from transactions so far. Never needed; measuring what a transaction costs that has
    /// nothing in common with those before it needs it.
    public func forgetHashes() { hashes.forget() }

    /// Executes `tx` on `base`, which stays as it is: commit the result's `diff` to go on behind it.
    ///
    /// Validators come first. What they exclude has an outcome here too, but for one thing: nullifiers of a private-only
    /// transaction are not looked up, as in the reference, where inserting them twice fails later and silently.
    /// - Parameters:
    ///   - hash: of the transaction; costs as much as a small transaction, so callers have it already.
    ///   - classLogs: of `tx`, when the caller has them already.
    ///   - isCancelled: asked every few milliseconds.
    public func execute(
        _ tx: Tx, hash: TxHash, globals: GlobalVariables, base: any ExecutionBase, options: ExecutionOptions = ExecutionOptions(),
        classLogs: TxClassLogs? = nil, isCancelled: () -> Bool = { false }
    ) throws(ExecutionFailure) -> ExecutedTx {
        let start = Self.now()
        hashes.trim()
        interpreter.beginTransaction()
        interpreter.countsOpcodes = options.countsOpcodes
        if options.countsOpcodes { interpreter.resetOpcodeCounts() }
        let journal = TxJournal(
            base: base, blockNumber: UInt32(clamping: globals.blockNumber.uint64 ?? .max),
            firstNullifier: tx.data.forPublic?.nonRevertibleAccumulatedData.nullifiers[0] ?? .zero, hashes: hashes)
        let classLogs = classLogs ?? TxClassLogs(tx)
        var executed: ExecutedTx
        do throws(AVMFault) {
            switch tx.data.destination {
            case .forPublic(let parts):
                // The reference takes such a transaction for a private-only one, and fails.
                guard tx.hasPublicCalls else { throw AVMFault.fatal("A transaction for public execution has no public calls") }
                var run = PublicRun(tx, parts, globals: globals, options: options, journal: journal, classLogs: classLogs, interpreter: interpreter)
                executed = try run.execute(hash: hash, isCancelled: isCancelled)
            case .forRollup(let end):
                executed = try PrivateOnlyRun(tx: tx, end: end, globals: globals, journal: journal, classLogs: classLogs).execute(hash: hash)
            }
        } catch {
            throw Self.failure(error, journal)
        }
        if options.countsOpcodes { executed.statistics.opcodes = interpreter.operationCounts }
        executed.statistics.nanoseconds = Self.now() - start
        return executed
    }

    private static func failure(_ fault: AVMFault, _ journal: TxJournal) -> ExecutionFailure {
        switch fault {
        case .fatal(let reason): .dropped(reason: reason, journal.readSet)
        case .halt(let reason): .dropped(reason: reason.message, journal.readSet)
        case .interrupted: .interrupted
        case .unavailable(let reason): .unavailable(StateUnavailable(reason))
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

extension TxJournal {
    /// Adds what logs publish.
    func add(_ classLogs: TxClassLogs, revertible: Bool, privateLogs: [PrivateLog]) throws(AVMFault) {
        do { try contracts.add(classes: classLogs.classes(revertible: revertible), privateLogs: privateLogs) } catch { throw .fatal(error.description) }
        // Another instance may answer at an address now.
        if !contracts.published.isEmpty { forgetInstanceChecks() }
    }

    /// What the transaction leaves to those behind it.
    func diff(contracts: PublishedContracts) -> TxDiff {
        var diff = TxDiff()
        diff.publicDataWrites = squashedWrites()
        diff.nullifiers = nullifiers
        diff.noteHashes = noteHashes
        diff.contracts = contracts
        return diff
    }
}

/// Refuses what the reference cannot make a tx effect of.
func requireWellFormed(_ effect: TxEffect) throws(AVMFault) {
    if let violation = effect.violation { throw .fatal("tx effect: \(violation)") }
}
