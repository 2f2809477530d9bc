import AVM
import Field
import Protocol

/// A world in memory, simple and complete, with a journal of whole copies.
final class TestHost: AVMHost {
    struct State {
        var storage: [Fr: [Fr: Fr]] = [:]
        var noteHashes: [Fr] = []
        var nullifiers: Set<[Fr]> = []
        var messages: [Fr] = []
        var sent: [(contract: AztecAddress, recipient: EthAddress, content: Fr)] = []
        var logs: [[Fr]] = []
    }

    var state = State()
    var saved: [State] = []
    var programs: [AztecAddress: Program] = [:]
    var instances: [AztecAddress: ContractInstance] = [:]
    var programFault: AVMFault?
    /// Most forks open at a time.
    var deepest = 0

    func readStorage(_ contract: AztecAddress, slot: Fr) -> Fr { state.storage[contract.field]?[slot] ?? .zero }
    func writeStorage(_ contract: AztecAddress, slot: Fr, value: Fr) { state.storage[contract.field, default: [:]][slot] = value }
    func noteHashExists(_ noteHash: Fr, at index: UInt64) -> Bool {
        index < state.noteHashes.count && state.noteHashes[Int(index)] == noteHash
    }
    func emitNoteHash(_ contract: AztecAddress, _ noteHash: Fr) throws(AVMFault) {
        guard state.noteHashes.count < 64 else { throw .halt(HaltReason("Reached the limit (64) on number of 'note hash' per tx")) }
        state.noteHashes.append(noteHash)
    }
    func nullifierExists(_ contract: AztecAddress, _ nullifier: Fr) -> Bool { state.nullifiers.contains([contract.field, nullifier]) }
    func emitNullifier(_ contract: AztecAddress, _ nullifier: Fr) throws(AVMFault) {
        guard state.nullifiers.insert([contract.field, nullifier]).inserted else { throw .halt(HaltReason("duplicate")) }
    }
    func l1ToL2MessageExists(_ hash: Fr, at index: UInt64) -> Bool {
        index < state.messages.count && state.messages[Int(index)] == hash
    }
    func sendL2ToL1Message(_ contract: AztecAddress, recipient: EthAddress, content: Fr) {
        state.sent.append((contract, recipient, content))
    }
    func requirePublicLogRoom() throws(AVMFault) {
        guard state.logs.count < 8 else { throw .halt(HaltReason("Reached the limit (8) on number of 'public log' per tx")) }
    }
    func emitPublicLog(_ contract: AztecAddress, _ fields: [Fr]) { state.logs.append([contract.field] + fields) }
    func contractInstance(_ address: AztecAddress) -> ContractInstance? { instances[address] }
    func program(of address: AztecAddress) throws(AVMFault) -> Program? {
        if let programFault { throw programFault }
        return programs[address]
    }
    func fork() {
        saved.append(state)
        deepest = max(deepest, saved.count)
    }
    func merge() { saved.removeLast() }
    func reject() { state = saved.removeLast() }
}
