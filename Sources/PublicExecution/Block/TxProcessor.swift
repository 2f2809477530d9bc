public import Protocol

/// Nothing can be said of a transaction.
public enum TxUndecided: Error, Sendable, Equatable {
    /// Cancelled, or out of time.
    case interrupted
    /// The state could not be read: give the block up.
    case unavailable(StateUnavailable)
}

/// One transaction after the other for one block: validators, then execution («note 03 §14», points 5, 6 and 9). Limits,
/// order and commit are the scheduler's. One thread.
public final class TxProcessor {
    public let globals: GlobalVariables
    /// nil: executes whatever comes, like the recorded chains.
    public let validator: PreprocessValidator?
    public let options: ExecutionOptions
    private let executor: TransactionExecutor

    public init(
        globals: GlobalVariables, validator: PreprocessValidator?, options: ExecutionOptions = ExecutionOptions(),
        executor: TransactionExecutor = TransactionExecutor()
    ) {
        self.globals = globals
        self.validator = validator
        self.options = options
        self.executor = executor
    }

    /// What becomes of `tx` on top of `block`, which stays as it is. The verdict's reads are those of validators and
    /// execution together.
    public func offer(_ tx: Tx, hash: TxHash, on block: BlockOverlay, isCancelled: () -> Bool = { false }) throws(TxUndecided) -> TxVerdict {
        var reads = ReadSet()
        let classLogs = TxClassLogs(tx)
        if let validator {
            let validation: TxValidation
            do { validation = try validator.validate(tx, on: block, chain: block.chain, classLogs: classLogs, reads: &reads) } catch { throw .unavailable(error) }
            switch validation {
            case .valid: break
            case .invalid(let reasons): return .failed(reason: "Tx failed preprocess validation: \(reasons.joined)", reads)
            case .skipped(let reasons): return .skipped(reason: reasons.joined, reads)
            }
        }
        do {
            var executed = try executor.execute(tx, hash: hash, globals: globals, base: block, options: options, classLogs: classLogs, isCancelled: isCancelled)
            executed.readSet.formUnion(reads)
            return .executed(executed)
        } catch {
            switch error {
            case .dropped(let reason, let read):
                reads.formUnion(read)
                return .failed(reason: reason, reads)
            case .interrupted: throw .interrupted
            case .unavailable(let failure): throw .unavailable(failure)
            }
        }
    }
}

extension ReadSet {
    /// The reads of both, taken on the same base.
    public mutating func formUnion(_ other: ReadSet) {
        publicData.merge(other.publicData) { own, _ in own }
        nullifiers.merge(other.nullifiers) { own, _ in own }
        noteHashes.merge(other.noteHashes) { own, _ in own }
        noteHashCount = noteHashCount ?? other.noteHashCount
        instances.formUnion(other.instances)
        classes.formUnion(other.classes)
    }
}
