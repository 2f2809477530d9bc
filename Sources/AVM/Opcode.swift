/// A part of an instruction as it stands in the bytecode, big-endian («note 03 §1»).
enum Operand {
    /// Addressing bits, two per address.
    case modes8, modes16
    /// A memory address, subject to addressing.
    case address8, address16
    case tag
    case immediate8, immediate16, immediate32, immediate64, immediate128, immediateField

    var width: Int {
        switch self {
        case .modes8, .address8, .tag, .immediate8: 1
        case .modes16, .address16, .immediate16: 2
        case .immediate32: 4
        case .immediate64: 8
        case .immediate128: 16
        case .immediateField: 32
        }
    }
}

/// One row: an opcode's wire format and price.
struct Opcode {
    /// Before the instruction looks at anything, or at a point of its own, where checks that win over
    /// the gas check come before.
    enum Charge { case first, within }

    var name: String
    var operation: Operation
    var operands: [Operand]
    /// Base cost.
    var l2: Int64
    var da: Int64
    /// What a word adds, of the operations whose cost depends on a size.
    var l2PerWord: Int64
    var daPerWord: Int64
    var charge: Charge
    /// With the opcode byte.
    var byteCount: Int

    init(
        _ name: String, _ operation: Operation, _ operands: [Operand], l2: Int64, da: Int64 = 0, perWord: Int64 = 0,
        daPerWord: Int64 = 0, charge: Charge = .first
    ) {
        self.name = name
        self.operation = operation
        self.operands = operands
        self.l2 = l2
        self.da = da
        l2PerWord = perWord
        self.daPerWord = daPerWord
        self.charge = charge
        byteCount = operands.reduce(1) { $0 + $1.width }
    }
}

extension Opcode {
    private static func two8(_ tail: Operand...) -> [Operand] { [.modes8, .address8, .address8] + tail }
    private static func two16(_ tail: Operand...) -> [Operand] { [.modes8, .address16, .address16] + tail }

    /// By opcode byte, 0x00…0x43.
    static let table: [Opcode] = [
        Opcode("ADD_8", .add, two8(.address8), l2: 27),
        Opcode("ADD_16", .add, two16(.address16), l2: 27),
        Opcode("SUB_8", .sub, two8(.address8), l2: 27),
        Opcode("SUB_16", .sub, two16(.address16), l2: 27),
        Opcode("MUL_8", .mul, two8(.address8), l2: 27),
        Opcode("MUL_16", .mul, two16(.address16), l2: 27),
        Opcode("DIV_8", .div, two8(.address8), l2: 27),
        Opcode("DIV_16", .div, two16(.address16), l2: 27),
        Opcode("FDIV_8", .fdiv, two8(.address8), l2: 27),
        Opcode("FDIV_16", .fdiv, two16(.address16), l2: 27),
        Opcode("EQ_8", .eq, two8(.address8), l2: 27),
        Opcode("EQ_16", .eq, two16(.address16), l2: 27),
        Opcode("LT_8", .lt, two8(.address8), l2: 30),
        Opcode("LT_16", .lt, two16(.address16), l2: 30),
        Opcode("LTE_8", .lte, two8(.address8), l2: 30),
        Opcode("LTE_16", .lte, two16(.address16), l2: 30),
        Opcode("AND_8", .and, two8(.address8), l2: 51),
        Opcode("AND_16", .and, two16(.address16), l2: 51),
        Opcode("OR_8", .or, two8(.address8), l2: 51),
        Opcode("OR_16", .or, two16(.address16), l2: 51),
        Opcode("XOR_8", .xor, two8(.address8), l2: 51),
        Opcode("XOR_16", .xor, two16(.address16), l2: 51),
        Opcode("NOT_8", .not, two8(), l2: 18),
        Opcode("NOT_16", .not, two16(), l2: 18),
        Opcode("SHL_8", .shl, two8(.address8), l2: 27),
        Opcode("SHL_16", .shl, two16(.address16), l2: 27),
        Opcode("SHR_8", .shr, two8(.address8), l2: 27),
        Opcode("SHR_16", .shr, two16(.address16), l2: 27),
        Opcode("CAST_8", .cast, two8(.tag), l2: 18),
        Opcode("CAST_16", .cast, two16(.tag), l2: 18),
        Opcode("GETENVVAR_16", .getEnvVar, [.modes8, .address16, .immediate8], l2: 9),
        Opcode("CALLDATACOPY", .calldataCopy, two16(.address16), l2: 24, perWord: 3, charge: .within),
        Opcode("SUCCESSCOPY", .successCopy, [.modes8, .address16], l2: 0),
        Opcode("RETURNDATASIZE", .returndataSize, [.modes8, .address16], l2: 9, charge: .within),
        Opcode("RETURNDATACOPY", .returndataCopy, two16(.address16), l2: 24, perWord: 3, charge: .within),
        Opcode("JUMP_32", .jump, [.immediate32], l2: 3),
        Opcode("JUMPI_32", .jumpIf, [.modes8, .address16, .immediate32], l2: 9),
        Opcode("INTERNALCALL", .internalCall, [.immediate32], l2: 3),
        Opcode("INTERNALRETURN", .internalReturn, [], l2: 3),
        Opcode("SET_8", .set, [.modes8, .address8, .tag, .immediate8], l2: 9),
        Opcode("SET_16", .set, [.modes8, .address16, .tag, .immediate16], l2: 9),
        Opcode("SET_32", .set, [.modes8, .address16, .tag, .immediate32], l2: 9),
        Opcode("SET_64", .set, [.modes8, .address16, .tag, .immediate64], l2: 9),
        Opcode("SET_128", .set, [.modes8, .address16, .tag, .immediate128], l2: 9),
        Opcode("SET_FF", .set, [.modes8, .address16, .tag, .immediateField], l2: 9),
        Opcode("MOV_8", .mov, two8(), l2: 18),
        Opcode("MOV_16", .mov, two16(), l2: 18),
        Opcode("SLOAD", .sload, two16(), l2: 1458),
        Opcode("SSTORE", .sstore, two16(), l2: 6802, da: 512, charge: .within),
        Opcode("NOTEHASHEXISTS", .noteHashExists, two16(.address16), l2: 1467),
        Opcode("EMITNOTEHASH", .emitNoteHash, [.modes8, .address16], l2: 3913, da: 512, charge: .within),
        Opcode("NULLIFIEREXISTS", .nullifierExists, two16(.address16), l2: 1467),
        Opcode("EMITNULLIFIER", .emitNullifier, [.modes8, .address16], l2: 5353, da: 512, charge: .within),
        Opcode("L1TOL2MSGEXISTS", .l1ToL2MessageExists, two16(.address16), l2: 1431),
        Opcode("GETCONTRACTINSTANCE", .getContractInstance, two16(.immediate8), l2: 1467),
        Opcode("EMITUNENCRYPTEDLOG", .emitLog, two16(), l2: 15, perWord: 131, daPerWord: 512, charge: .within),
        Opcode("SENDL2TOL1MSG", .sendL2ToL1Message, two16(), l2: 218, da: 512, charge: .within),
        Opcode("CALL", .call, [.modes16, .address16, .address16, .address16, .address16, .address16], l2: 2925, perWord: 4, charge: .within),
        Opcode("STATICCALL", .staticCall, [.modes16, .address16, .address16, .address16, .address16, .address16], l2: 2925, perWord: 4, charge: .within),
        Opcode("RETURN", .returnData, two16(), l2: 15, perWord: 3, charge: .within),
        Opcode("REVERT_8", .revert, two8(), l2: 15, perWord: 3, charge: .within),
        Opcode("REVERT_16", .revert, two16(), l2: 15, perWord: 3, charge: .within),
        Opcode("DEBUGLOG", .debugLog, two16(.address16, .immediate16), l2: 21, charge: .within),
        Opcode("POSEIDON2", .poseidon2, two16(), l2: 36),
        Opcode("SHA256COMPRESSION", .sha256Compression, two16(.address16), l2: 114, charge: .within),
        Opcode("KECCAKF1600", .keccakF1600, two16(), l2: 162, charge: .within),
        Opcode(
            "ECADD", .ecAdd,
            [.modes16, .address16, .address16, .address16, .address16, .address16, .address16, .address16], l2: 69),
        Opcode("TORADIXBE", .toRadix, [.modes16, .address16, .address16, .address16, .address16, .address16], l2: 24, perWord: 3, charge: .within),
    ]
}
