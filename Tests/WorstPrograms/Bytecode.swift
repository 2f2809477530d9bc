public import Field

/// Bytecode, instruction by instruction, for programs written by hand.
public struct Bytecode: Sendable {
    public var bytes: [UInt8] = []

    public init() {}

    public enum Tag: UInt8, Sendable { case field, u1, u8, u16, u32, u64, u128 }

    public var here: Int { bytes.count }

    /// Parts with their widths in bytes, big-endian.
    public mutating func emit(_ opcode: UInt8, _ parts: [(UInt64, Int)]) {
        bytes.append(opcode)
        for (value, width) in parts {
            for byte in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
        }
    }

    /// One mode byte, then 16-bit words.
    public mutating func op(_ opcode: UInt8, modes: UInt8 = 0, _ words: UInt16...) { emit(opcode, [(UInt64(modes), 1)] + words.map { (UInt64($0), 2) }) }

    /// Two mode bytes, then 16-bit words.
    public mutating func longOp(_ opcode: UInt8, modes: UInt16 = 0, _ words: UInt16...) {
        emit(opcode, [(UInt64(modes), 2)] + words.map { (UInt64($0), 2) })
    }

    public mutating func jump(_ target: Int) { emit(0x23, [(UInt64(target), 4)]) }
    public mutating func jumpIf(_ condition: UInt16, _ target: Int) { emit(0x24, [(0, 1), (UInt64(condition), 2), (UInt64(target), 4)]) }
    public mutating func internalCall(_ target: Int) { emit(0x25, [(UInt64(target), 4)]) }

    /// SET_32, indirect with `modes` 1.
    public mutating func set(_ address: UInt16, _ tag: Tag, _ value: UInt32, modes: UInt8 = 0) {
        emit(0x29, [(UInt64(modes), 1), (UInt64(address), 2), (UInt64(tag.rawValue), 1), (UInt64(value), 4)])
    }

    /// SET_FF.
    public mutating func set(_ address: UInt16, _ value: Fr) {
        let integer = value.integer
        emit(0x2c, [(0, 1), (UInt64(address), 2), (0, 1), (integer.l3, 8), (integer.l2, 8), (integer.l1, 8), (integer.l0, 8)])
    }

    /// Goes round `body` for ever; what `body` does is repeated within the loop so that the jump hardly counts.
    public mutating func loop(unrolled times: Int = 32, _ body: (inout Bytecode) -> Void) {
        let start = here
        for _ in 0..<times { body(&self) }
        jump(start)
    }
}
