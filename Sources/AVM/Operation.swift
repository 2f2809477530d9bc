/// What an instruction does, whatever the width of its operands.
enum Operation: UInt8, CaseIterable {
    case add, sub, mul, div, fdiv
    case eq, lt, lte
    case and, or, xor, not, shl, shr
    case cast
    case getEnvVar, calldataCopy, successCopy, returndataSize, returndataCopy
    case jump, jumpIf, internalCall, internalReturn
    /// SET: the opcode table knows the first only. The decoder makes of it what the immediate asks for: an integral value
    /// of up to 64 bits stands in the instruction, any other in the program's constants or, when those are full, in the
    /// bytecode alone; and one that no FIELD can hold is fatal when executed, whatever gas there is.
    case set, setConstant, setUncached, setInvalid
    case mov
    case sload, sstore
    case noteHashExists, emitNoteHash, nullifierExists, emitNullifier, l1ToL2MessageExists
    case getContractInstance
    case emitLog, sendL2ToL1Message
    case call, staticCall, returnData, revert
    case debugLog
    case poseidon2, sha256Compression, keccakF1600, ecAdd, toRadix
}

extension Operation {
    /// Its immediate is a pc.
    var isJump: Bool { self == .jump || self == .jumpIf || self == .internalCall }

    /// May take as long as reading a database does.
    var asksHost: Bool {
        switch self {
        case .sload, .sstore, .noteHashExists, .emitNoteHash, .nullifierExists, .emitNullifier, .l1ToL2MessageExists,
            .getContractInstance, .call, .staticCall: true
        default: false
        }
    }

    /// Executes without a charge, or fails before it.
    var isFree: Bool { self == .successCopy || self == .setInvalid }
}

extension Operation {
    /// Of the opcode table, without the width.
    var name: String { Self.names[Int(rawValue)] }

    private static let names: [String] = {
        var names = [String](repeating: "", count: allCases.count)
        for opcode in Opcode.table { names[Int(opcode.operation.rawValue)] = String(opcode.name.prefix { $0 != "_" }) }
        for operation in [Operation.setConstant, .setUncached, .setInvalid] { names[Int(operation.rawValue)] = "SET" }
        return names
    }()
}
