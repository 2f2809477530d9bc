import AVM
package import Field
package import Protocol

/// The state of one transaction: what it wrote over an `ExecutionBase`, what it read from it, its side effects and their
/// counts («note 03 §9»). Nothing is hashed into trees here: the trees follow from the effects («note 04 §4»).
/// Rejecting a fork undoes what was written since.
package final class TxJournal {
    let base: any ExecutionBase
    let blockNumber: UInt32
    /// Element 0 of the non-revertible nullifiers: note nonces come from it.
    let firstNullifier: Fr

    /// Every answer of the base, which also serves as the cache of them.
    package internal(set) var readSet = ReadSet()
    let hashes: SiloedHashes

    // MARK: Written

    struct Write {
        var leafSlot: Fr
        var value: Fr
        /// What the transaction had written there before.
        var previous: Fr?
    }

    var publicData: [Fr: Fr] = [:]
    var writes: [Write] = []
    var nullifierSet: Set<Fr> = []
    package internal(set) var nullifiers: [Fr] = []
    package internal(set) var noteHashes: [Fr] = []
    package internal(set) var messages: [ScopedL2ToL1Message] = []
    package internal(set) var publicLogs: [PublicLog] = []

    // MARK: Contracts

    var contracts = TxContracts()
    var nonRevertibleContracts = PublishedContracts()
    /// Instances that passed the checks of «note 03 §10.2» in the state as it is now.
    var checkedInstances: [AztecAddress: ContractInstance] = [:]
    /// Whether one of those checks saw something that the transaction wrote itself.
    var checksRestOnOwnWrites = false
    var baseInstances: [AztecAddress: ContractInstance?] = [:]
    var baseClasses: [Fr: ExecutableClass] = [:]
    /// Classes whose code was fetched, in rejected forks too.
    var executedClasses: Set<Fr> = []

    // MARK: Forks

    /// Writes are counted along the chain of open forks only: a merged child's count is forgotten («note 03 §9.4»).
    struct WriteCount {
        var inherited = 0
        var own = 0
        var total: Int { inherited + own }
    }

    struct Fork {
        var writeCount: WriteCount
        var writes: Int
        var nullifiers: Int
        var noteHashes: Int
        var messages: Int
        var publicLogs: Int
    }

    var writeCount = WriteCount()
    var forks: [Fork] = []

    package init(base: any ExecutionBase, blockNumber: UInt32, firstNullifier: Fr, hashes: SiloedHashes = SiloedHashes()) {
        self.base = base
        self.blockNumber = blockNumber
        self.firstNullifier = firstNullifier
        self.hashes = hashes
    }

    package func fork() {
        forks.append(Fork(
            writeCount: writeCount, writes: writes.count, nullifiers: nullifiers.count, noteHashes: noteHashes.count,
            messages: messages.count, publicLogs: publicLogs.count))
        writeCount = WriteCount(inherited: writeCount.total)
    }

    package func merge() { writeCount = endFork().writeCount }

    package func reject() {
        let fork = endFork()
        writeCount = fork.writeCount
        for write in writes[fork.writes...].reversed() { publicData[write.leafSlot] = write.previous }
        writes.removeSubrange(fork.writes...)
        for nullifier in nullifiers[fork.nullifiers...] { nullifierSet.remove(nullifier) }
        nullifiers.removeSubrange(fork.nullifiers...)
        noteHashes.removeSubrange(fork.noteHashes...)
        messages.removeSubrange(fork.messages...)
        publicLogs.removeSubrange(fork.publicLogs...)
        if checksRestOnOwnWrites { forgetInstanceChecks() }
    }

    private func endFork() -> Fork {
        guard let fork = forks.popLast() else { preconditionFailure("no fork to end") }
        return fork
    }

    func forgetInstanceChecks() {
        checkedInstances.removeAll(keepingCapacity: true)
        checksRestOnOwnWrites = false
    }

    /// Passes on what the base throws.
    @inline(__always)
    func ask<T>(_ question: () throws(StateUnavailable) -> T) throws(AVMFault) -> T {
        do { return try question() } catch { throw .unavailable(error.description) }
    }
}

/// A count of a transaction that may not be exceeded: a halt inside a call, the end of the transaction outside
/// («note 03 §9.4»).
enum SideEffectLimit {
    static func message(_ kind: String, _ limit: Int) -> String { "Reached the limit (\(limit)) on number of '\(kind)' per tx" }

    static let nullifiers = message("nullifier", ProtocolConstants.maxNullifiersPerTx)
    static let noteHashes = message("note hash", ProtocolConstants.maxNoteHashesPerTx)
    static let messages = message("l2 to l1 message", ProtocolConstants.maxL2ToL1MessagesPerTx)
    static let publicLogs = message("public log", ProtocolConstants.maxPublicLogsPerTx)
    static let writes = message("public data (contract storage) write", ProtocolConstants.maxPublicDataUpdateRequestsPerTx)
    static let classes = message("contract calls to unique class IDs", ProtocolConstants.maxPublicCallsToUniqueContractClassIds)
}
