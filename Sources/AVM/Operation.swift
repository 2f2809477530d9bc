/// What an instruction does, whatever the width of its operands.
enum Operation: UInt8, CaseIterable {
    case add, sub, mul, div, fdiv
    case eq, lt, lte
    case and, or, xor, not, shl, shr
    case cast
    case getEnvVar, calldataCopy, successCopy, returndataSize, returndataCopy
    case jump, jumpIf, internalCall, internalReturn
    /// SET with an immediate of up to 64 bits in the decoded instruction.
    case set
    /// SET_64, whose immediate is signed, and the two whose immediate is read from the bytecode.
    case set64, set128, setField
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
}

extension Operation {
    /// Of the opcode table, without the width.
    var name: String { Self.names[Int(rawValue)] }

    private static let names: [String] = {
        var names = [String](repeating: "", count: allCases.count)
        for opcode in Opcode.table {
            let parts = opcode.name.split(separator: "_")
            let isWide = opcode.operation != .set && opcode.name.hasPrefix("SET_")
            names[Int(opcode.operation.rawValue)] = isWide ? opcode.name : String(parts[0])
        }
        return names
    }()
}
