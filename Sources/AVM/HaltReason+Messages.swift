/// The texts of the reference, which RPC simulation shows.
extension HaltReason {
    static func tagMismatch(at address: UInt32, got: Tag, expected: Tag) -> HaltReason {
        HaltReason("Tag mismatch at offset \(address), got \(got.name), expected \(expected.name)")
    }

    static func notIntegral(_ tag: Tag) -> HaltReason { HaltReason("Tag mismatch, got \(tag.name), expected integral") }

    static func invalidTag(_ value: UInt8) -> HaltReason { HaltReason("Tag value \(value) is invalid.") }

    static func invalidCounter(_ pc: Int, of count: Int) -> HaltReason {
        HaltReason("Invalid program counter \(pc), max is \(count)")
    }

    static func invalidOpcode(_ byte: UInt8) -> HaltReason {
        HaltReason("Opcode \(byte) (0x\(String(byte, radix: 16))) value is not in the range of valid opcodes.")
    }

    /// Reading `width` bytes at `position` of `count` bytes.
    static func truncated(width: Int, position: Int, count: Int) -> HaltReason {
        guard count >= width else { return HaltReason("RangeError [ERR_BUFFER_OUT_OF_BOUNDS]: Attempt to access memory outside buffer bounds") }
        return HaltReason("RangeError [ERR_OUT_OF_RANGE]: The value of \"offset\" is out of range. It must be >= 0 and <= \(count - width). Received \(position)")
    }

    static func addressOutOfRange(base: UInt32, offset: UInt32) -> HaltReason {
        HaltReason("Address out of range. Base address \(base), relative offset \(offset)")
    }

    static func sliceOutOfRange(base: UInt64, size: UInt64) -> HaltReason {
        HaltReason("Memory slice is out of range. Base address \(base), size \(size)")
    }

    static func outOfGas(l2: Bool, da: Bool) -> HaltReason {
        HaltReason("Not enough \(l2 ? "L2GAS" : "")\(l2 && da ? ", " : "")\(da ? "DAGAS" : "") gas left")
    }

    static let divisionByZero = HaltReason("Division by zero")
    static let staticViolation = HaltReason("Static call cannot update the state, emit L2->L1 messages or generate logs")
    static let emptyInternalStack = HaltReason("Internal call stack empty!")
}
