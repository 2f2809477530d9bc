import AVM
public import ExecutionPool
public import Field
import Glibc
import Hashing
import Protocol
public import PublicExecution
import WorstPrograms

/// The state below every `PoolBlock`, in memory.
public final class PoolSource: BaseSource {
    public let classes = ClassCache()
    public let base: any ExecutionBase

    public init() { base = PoolBase() }

    public func base(after block: UInt32, archiveRoot: Fr?, whileWaiting: () -> Void) throws(StateUnavailable) -> any ExecutionBase { base }
    public func follow() {}
}

final class PoolBase: ExecutionBase {
    /// Of the fee payers.
    static let balances: [Fr: Fr] = {
        var slots: [Fr: Fr] = [:]
        for payer in 1...PoolBlock.payers { slots[Siloing.feePayerBalanceLeafSlot(AztecAddress(0x9000 + payer).field)] = Fr(1 << 60) }
        return slots
    }()

    private let slots: [Fr: Fr]
    private let deployment: Fr
    private let code: ExecutableClass
    private let deadly: Fr
    private let endless: Fr

    init() {
        let contract = PoolBlock.contract
        slots = Self.balances
        deployment = Siloing.nullifier(contract.field, contract: 2)
        code = ExecutableClass(id: PoolBlock.classID, program: Program(Self.bytecode))
        deadly = Siloing.publicDataLeafSlot(contract: contract.field, slot: Fr(PoolBlock.deadlySlot))
        endless = Siloing.publicDataLeafSlot(contract: contract.field, slot: Fr(PoolBlock.endlessSlot))
    }

    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr {
        if leafSlot == deadly { abort() }
        if leafSlot == endless { while true { usleep(1_000_000) } }
        return slots[leafSlot] ?? .zero
    }

    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool { nullifier == deployment }
    var noteHashCount: UInt64 { 640 }
    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? { index < 640 ? .zero : nil }
    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { nil }
    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { false }

    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? {
        guard address == PoolBlock.contract else { return nil }
        return ContractInstance(
            salt: .zero, deployer: .zero, currentContractClassId: PoolBlock.classID, originalContractClassId: PoolBlock.classID, initializationHash: .zero,
            publicKeys: .zero)
    }

    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? { id == PoolBlock.classID ? code : nil }

    /// Calldata: selector, rounds of work, two slots, action (1 reverts, 2 reverts where the second slot is still zero), nullifier.
    static let bytecode: [UInt8] = {
        var code = Bytecode()
        code.set(0, .u32, 0)
        code.set(1, .u32, 6)
        code.op(0x1f, 1, 0, 9)  // CALLDATACOPY
        code.set(2, Fr.one)
        code.set(3, Fr.zero)
        code.set(7, Fr(12345))
        code.op(0x2e, 10, 4)  // MOV
        let loop = code.here
        code.op(0x0b, 4, 3, 5)  // EQ
        // EQ 8 bytes, JUMPI 8, MUL 8, SUB 8, JUMP 5.
        code.jumpIf(5, loop + 8 + 8 + 8 + 8 + 5)
        code.op(0x05, 7, 7, 7)  // MUL
        code.op(0x03, 4, 2, 4)  // SUB
        code.jump(loop)
        code.op(0x2f, 11, 20)  // SLOAD
        code.op(0x2f, 12, 21)
        code.op(0x01, 20, 21, 22)  // ADD
        code.op(0x01, 22, 2, 22)
        // No nullifier: over the instruction that emits it.
        code.op(0x0b, 14, 3, 5)
        code.jumpIf(5, code.here + 8 + 4)
        code.op(0x34, 14)  // EMITNULLIFIER
        code.op(0x30, 22, 11)  // SSTORE
        code.op(0x30, 22, 12)
        code.set(6, Fr.one)
        code.op(0x0b, 13, 6, 5)
        let first = code.here
        code.jumpIf(5, first + 8 + 37 + 8 + 8 + 8 + 8 + 6)  // action 1
        code.set(6, Fr(2))
        code.op(0x0b, 13, 6, 8)
        code.op(0x0b, 21, 3, 9)
        code.op(0x11, 8, 9, 8)  // AND
        code.jumpIf(8, first + 8 + 37 + 8 + 8 + 8 + 8 + 6)
        code.op(0x3b, 0, 0)  // RETURN
        code.op(0x3d, 0, 0)  // REVERT
        return code.bytes
    }()
}
