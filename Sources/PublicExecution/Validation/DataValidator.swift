import Field
public import Protocol

/// Whether the data beside the kernel's outputs is what they commit to. The state has no say.
public enum DataValidator {
    /// Calldata words of all calls together.
    static let maximumCalldata = ProtocolConstants.maxFrCalldataToAllEnqueuedCalls

    /// The first failure only.
    public static func validate(_ tx: Tx) -> TxValidation {
        let calldata = validateCalldata(tx)
        return calldata.isValid ? validateClassLogs(tx) : calldata
    }

    private static func validateCalldata(_ tx: Tx) -> TxValidation {
        guard tx.publicFunctionCalldata.count == tx.numberOfPublicCalls else { return .invalid(.calldataCount) }
        guard tx.totalPublicCalldataCount <= maximumCalldata else { return .invalid(.calldataSize) }
        // Calls may share calldata: 65 calls of one entry of 16,000 words would take a third of a second, hashed for each.
        var right: Set<Fr> = []
        for call in tx.publicCallRequestsWithCalldata where !right.contains(call.request.calldataHash) {
            guard HashedValues.hash(ofCalldata: call.calldata) == call.request.calldataHash else { return .invalid(.calldata) }
            right.insert(call.request.calldataHash)
        }
        return .valid
    }

    private static func validateClassLogs(_ tx: Tx) -> TxValidation {
        let entries = tx.data.nonEmptyContractClassLogsHashes
        guard entries.count == tx.contractClassLogs.count else { return .invalid(.classLogCount) }
        let hashes = tx.contractClassLogs.map { $0.hash() }
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
