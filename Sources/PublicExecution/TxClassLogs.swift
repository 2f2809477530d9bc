public import Protocol

/// The class logs of a transaction, siloed, by part, with the classes they publish. Matching a log with its hash takes 1,000
/// permutations, checking the class it publishes up to 3,000: nearly all of the work of a registration, so it is done once
/// for validators and execution. One thread.
public final class TxClassLogs {
    /// All of them for a private-only transaction.
    let nonRevertible: [ContractClassLog]
    let revertible: [ContractClassLog]
    private var checked: [Bool: Result<[ContractClassPublic], ContractEventError>] = [:]

    /// A transaction has one log hash in each part at most. Logs by the dozen, which data validation refuses, are not
    /// even looked at: hashing 255 of them takes a second.
    static let maximumLogs = 16

    /// Of no transaction, for rules that look at none.
    static var none: TxClassLogs { TxClassLogs(nonRevertible: [], revertible: []) }

    private init(nonRevertible: [ContractClassLog], revertible: [ContractClassLog]) {
        self.nonRevertible = nonRevertible
        self.revertible = revertible
    }

    public init(_ tx: Tx) {
        func logs(_ effects: PrivateToRollupAccumulatedData) -> [ContractClassLog] {
            guard !tx.contractClassLogs.isEmpty, tx.contractClassLogs.count <= Self.maximumLogs else { return [] }
            return tx.contractClassLogs(matching: effects.contractClassLogsHashes.nonEmpty, siloed: true)
        }
        switch tx.data.destination {
        case .forRollup(let end):
            nonRevertible = logs(end)
            revertible = []
        case .forPublic(let parts):
            nonRevertible = logs(parts.nonRevertibleAccumulatedData.effects)
            revertible = logs(parts.revertibleAccumulatedData.effects)
        }
    }

    /// Classes that the logs of a part publish, ids checked against contents.
    /// - Throws: when a log contradicts itself; the transaction is dropped for it.
    func classes(revertible isRevertible: Bool) throws(ContractEventError) -> [ContractClassPublic] {
        if let known = checked[isRevertible] { return try known.get() }
        let result = Self.classes(isRevertible ? revertible : nonRevertible)
        checked[isRevertible] = result
        return try result.get()
    }

    private static func classes(_ logs: [ContractClassLog]) -> Result<[ContractClassPublic], ContractEventError> {
        do throws(ContractEventError) {
            var classes: [ContractClassPublic] = []
            for log in logs where ContractClassRegisteredEvent.matches(log) {
                classes.append(try ContractClassRegisteredEvent(log).verified().contractClass)
            }
            return .success(classes)
        } catch {
            return .failure(error)
        }
    }
}
