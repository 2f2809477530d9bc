import Bytes
import Field
import JSON
import Mempool
import Protocol
import PublicExecution

/// The chain and committee that the recorded verdicts were given in (`context` of `verdicts.json`).
final class VerdictWorld: ChainView, CommitteeSource, ExecutionBase {
    struct FormatError: Error, CustomStringConvertible {
        var description: String
    }

    let version: String
    let defaultTip: UInt64
    let doubleSpendWindow: UInt64
    private let slot: UInt64
    private let currentProposer: EthAddress
    private let nextProposer: EthAddress
    private let committee: Set<EthAddress>
    private var slots: [Fr: Fr] = [:]
    private let nullifiers: ClosedRange<UInt64>
    private let headerHash: Fr
    private var instances: [AztecAddress: ContractInstance] = [:]
    /// The state a number of blocks ago, when a case says that it had no nullifiers yet.
    var earlierIsEmpty = false

    var tip: UInt64
    let chainID: Fr
    let rollupVersion: Fr
    let gasFees: GasFees

    init(_ context: JSONElement) throws {
        func number(_ name: String) throws -> UInt64 {
            guard let element = context[name], let value = element.uint64 ?? element.string.flatMap({ UInt64($0) }) else { throw FormatError(description: "context has no number «\(name)»") }
            return value
        }
        func text(_ name: String) throws -> String {
            guard let text = context[name]?.string else { throw FormatError(description: "context has no text «\(name)»") }
            return text
        }
        func address(_ text: String) throws -> EthAddress {
            guard let bytes = Hex.decode(text), let address = EthAddress(bytes) else { throw FormatError(description: "«\(text)» is no L1 address") }
            return address
        }
        chainID = Fr(try number("l1ChainId"))
        rollupVersion = Fr(try number("rollupVersion"))
        defaultTip = try number("tip")
        tip = defaultTip
        doubleSpendWindow = try number("doubleSpendSeverePeerPenaltyWindow")
        slot = try number("currentSlot")
        version = try text("version")
        currentProposer = try address(text("currentProposer"))
        nextProposer = try address(text("nextProposer"))
        committee = try Set(context.verdictList("committee").map { try address($0.string ?? "") })
        gasFees = GasFees(
            feePerDaGas: Fr(context["currentGasFees"]?["feePerDaGas"]?.uint64 ?? 0), feePerL2Gas: Fr(context["currentGasFees"]?["feePerL2Gas"]?.uint64 ?? 0))
        guard let header = Hex.decode(try text("initialHeader")) else { throw FormatError(description: "initialHeader is no hex") }
        headerHash = try BlockHeader(exactly: header).hash()
        let bounds = try text("existingNullifiers").split(separator: ".").compactMap { UInt64($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { throw FormatError(description: "existingNullifiers is no range") }
        nullifiers = bounds[0]...bounds[1]
        for entry in context.verdictList("genesisPrefilled") {
            let slot: Fr = try entry.decode("slot")
            slots[slot] = try entry.decode("value")
        }
        func known(_ address: AztecAddress, _ id: Fr) {
            instances[address] = ContractInstance(
                salt: 1, deployer: .zero, currentContractClassId: id, originalContractClassId: id, initializationHash: .zero, publicKeys: .default)
        }
        for contract in ProtocolContracts.all { known(contract.address, contract.classId) }
        for entry in context.verdictList("knownContracts") { known(try entry.decode("address"), try entry.decode("classId")) }
    }

    // MARK: ChainView

    func state() throws(StateUnavailable) -> any ExecutionBase { self }

    func state(at block: UInt64) throws(StateUnavailable) -> any ExecutionBase { EarlierState(now: self, isEmpty: earlierIsEmpty) }

    // MARK: CommitteeSource

    func proposers(at time: UInt64) -> ProposerAnswer { .known(current: currentProposer, next: nextProposer, slot: slot) }
    func isInCommittee(_ address: EthAddress, at time: UInt64) -> CommitteeAnswer { committee.contains(address) ? .member : .stranger }

    // MARK: ExecutionBase

    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr { slots[leafSlot] ?? .zero }
    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool { nullifier.uint64.map(nullifiers.contains) ?? false }
    var noteHashCount: UInt64 { 0 }
    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? { nil }
    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { nil }
    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { headerHash == self.headerHash }
    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? { instances[address] }
    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? { nil }
}

/// The same chain some blocks earlier.
private final class EarlierState: ExecutionBase {
    private let now: VerdictWorld
    private let isEmpty: Bool

    init(now: VerdictWorld, isEmpty: Bool) {
        self.now = now
        self.isEmpty = isEmpty
    }

    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr { try now.publicData(leafSlot) }
    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool { isEmpty ? false : try now.hasNullifier(nullifier) }
    var noteHashCount: UInt64 { 0 }
    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? { nil }
    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { nil }
    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { try now.isArchived(headerHash) }
    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? { try now.contractInstance(address) }
    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? { nil }
}

/// The recorder's stand-in: accepts, except where a case's label says that the proof is invalid.
final class StandInVerifier: ProofVerifier {
    var accepts = true
    func verify(_ tx: Tx, _ done: @escaping (ProofVerdict) -> Void) { done(accepts ? .valid : .invalid) }
}

extension JSONElement {
    /// Elements of a member that is an array; none when it is missing.
    func verdictList(_ name: String) -> [JSONElement] { self[name].map { Array($0.elements) } ?? [] }
}
