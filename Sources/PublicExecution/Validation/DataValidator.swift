import Field
import Hashing
public import Protocol

/// Whether the data beside the kernel's outputs is what they commit to. The state has no say.
public enum DataValidator {
    /// Calldata words of all calls together.
    static let maximumCalldata = ProtocolConstants.maxFrCalldataToAllEnqueuedCalls

    /// The first failure only.
    public static func validate(_ tx: Tx) -> TxValidation { validate([tx])[0] }

    /// The same for several, which are hashed side by side: that is most of what it costs.
    public static func validate(_ txs: [Tx]) -> [TxValidation] {
        var preimages = Preimages()
        let pending = txs.map { tx in
            let counts = validateCounts(tx)
            return counts.isValid ? .hashed(preimages.add(tx)) : Pending.refused(counts)
        }
        let hashes = preimages.hashes()
        return zip(txs, pending).map { tx, pending in
            switch pending {
            case .refused(let validation): validation
            case .hashed(let range): validate(tx, hashes[range], claims: preimages.claims[range])
            }
        }
    }

    private enum Pending {
        case refused(TxValidation)
        /// Its hashes among those of all: calldata, then class logs.
        case hashed(Range<Int>)
    }

    /// What is to be hashed for some transactions.
    private struct Preimages {
        private var inputs: [[Fr]] = []
        private var separators: [GeneratorIndex?] = []
        /// What calls say the hash of their calldata is; nil for class logs.
        private(set) var claims: [Fr?] = []

        mutating func add(_ tx: Tx) -> Range<Int> {
            let start = inputs.count
            // Calls may share calldata: 65 calls of one entry of 16,000 words would take a third of a second, hashed for each.
            var seen: Set<Fr> = []
            for call in tx.publicCallRequestsWithCalldata where seen.insert(call.request.calldataHash).inserted {
                inputs.append(call.calldata)
                separators.append(.publicCalldata)
                claims.append(call.request.calldataHash)
            }
            // As many as the kernel has hashes of, or none: others are refused for their number, and hashing 255 takes a second.
            let isCountRight = tx.contractClassLogs.count == tx.data.nonEmptyContractClassLogsHashes.count
            for log in isCountRight ? tx.contractClassLogs : [] {
                inputs.append(log.toFields())
                separators.append(nil)
                claims.append(nil)
            }
            return start..<inputs.count
        }

        func hashes() -> [Fr] {
            var hashes = Poseidon2.hashMany(inputs, separators: separators)
            // No calldata has the hash zero.
            for index in inputs.indices where inputs[index].isEmpty { hashes[index] = .zero }
            return hashes
        }
    }

    private static func validateCounts(_ tx: Tx) -> TxValidation {
        guard tx.publicFunctionCalldata.count == tx.numberOfPublicCalls else { return .invalid(.calldataCount) }
        guard tx.totalPublicCalldataCount <= maximumCalldata else { return .invalid(.calldataSize) }
        return .valid
    }

    private static func validate(_ tx: Tx, _ hashes: ArraySlice<Fr>, claims: ArraySlice<Fr?>) -> TxValidation {
        for (hash, claim) in zip(hashes, claims) where claim != nil && claim != hash { return .invalid(.calldata) }
        return validateClassLogs(tx, Array(hashes.suffix(tx.contractClassLogs.count)))
    }

    private static func validateClassLogs(_ tx: Tx, _ hashes: [Fr]) -> TxValidation {
        let entries = tx.data.nonEmptyContractClassLogsHashes
        guard entries.count == tx.contractClassLogs.count else { return .invalid(.classLogCount) }
        for (index, entry) in entries.enumerated() {
            guard entry.logHash.value == hashes[index] else {
                return .invalid(hashes.contains(entry.logHash.value) ? .classLogOrder : .classLog)
            }
            // Trailing zeros may be part of the log, so its length is only bounded from below.
            guard Int(entry.logHash.length) >= tx.contractClassLogs[index].significant.count else { return .invalid(.classLogLength) }
        }
        return .valid
    }
}
