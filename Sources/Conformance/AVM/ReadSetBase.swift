import AVM
import Field
import Protocol
import PublicExecution

/// Answers from a read set alone, with the rest of the state moved: an execution must come to the same here, or its
/// read set leaves something out.
final class ReadSetBase: ExecutionBase {
    private let readSet: ReadSet
    private let contracts: RecordedContracts
    private let original: RecordedState

    init(_ readSet: ReadSet, _ original: RecordedState) {
        self.readSet = readSet
        self.original = original
        contracts = original.contracts
    }

    private func known<T>(_ value: T?, _ what: String) throws(StateUnavailable) -> T {
        guard let value else { throw StateUnavailable("\(what) is not in the read set") }
        return value
    }

    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr { try known(readSet.publicData[leafSlot], "slot \(leafSlot)") }
    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool { try known(readSet.nullifiers[nullifier], "nullifier \(nullifier)") }

    /// Other transactions came in between, unless it matters.
    var noteHashCount: UInt64 { readSet.noteHashCount ?? original.noteHashCount + 192 }

    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? { try known(readSet.noteHashes[index], "note hash \(index)") }
    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { try original.l1ToL2Message(at: index) }
    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { try original.isArchived(headerHash) }

    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? {
        _ = try known(readSet.instances.contains(address) ? true : nil, "instance \(address)")
        return contracts.instance(address)
    }

    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? {
        _ = try known(readSet.classes.contains(id) ? true : nil, "class \(id)")
        return contracts.contractClass(id)
    }
}
