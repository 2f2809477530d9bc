import AVM
import Field
import Protocol
import PublicExecution

/// A base of plain dictionaries.
final class MemoryBase: ExecutionBase {
    var slots: [Fr: Fr] = [:]
    var nullifierSet: Set<Fr> = []
    var notes: [Fr] = []
    var inbox: [Fr] = []
    var instances: [AztecAddress: ContractInstance] = [:]
    var classes: [Fr: ExecutableClass] = [:]
    /// Set to make every read fail.
    var isGone = false
    private(set) var reads = 0

    private func read() throws(StateUnavailable) {
        reads += 1
        if isGone { throw StateUnavailable("gone") }
    }

    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr {
        try read()
        return slots[leafSlot] ?? .zero
    }

    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool {
        try read()
        return nullifierSet.contains(nullifier)
    }

    var noteHashCount: UInt64 { UInt64(notes.count) }

    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? {
        try read()
        return index < UInt64(notes.count) ? notes[Int(index)] : nil
    }

    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? {
        try read()
        return index < UInt64(inbox.count) ? inbox[Int(index)] : nil
    }

    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { false }

    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? {
        try read()
        return instances[address]
    }

    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? {
        try read()
        return classes[id]
    }
}
