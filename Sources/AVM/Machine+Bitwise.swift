internal import Field

/// AND, OR, XOR, NOT, SHL, SHR: integral cells only.
extension Machine {
    @inline(__always)
    private mutating func bitwise(_ i: Instruction, _ combine: (UInt64, UInt64) -> UInt64) throws(AVMFault) {
        let (a, b, destination) = try threeAddresses(i)
        let x = frame.memory[a]
        let y = frame.memory[b]
        if x.tag.isField { throw .halt(.notIntegral(x.tag)) }
        try requireTag(x.tag, y, at: b)
        let value = Limbs4(combine(x.value.l0, y.value.l0), combine(x.value.l1, y.value.l1), 0, 0)
        try frame.memory.set(destination, Cell(value: value, tag: x.tag))
    }

    mutating func and(_ i: Instruction) throws(AVMFault) { try bitwise(i) { $0 & $1 } }
    mutating func or(_ i: Instruction) throws(AVMFault) { try bitwise(i) { $0 | $1 } }
    mutating func xor(_ i: Instruction) throws(AVMFault) { try bitwise(i) { $0 ^ $1 } }

    mutating func not(_ i: Instruction) throws(AVMFault) {
        let (source, destination) = try twoAddresses(i)
        let x = frame.memory[source]
        if x.tag.isField { throw .halt(.notIntegral(x.tag)) }
        try frame.memory.set(destination, Cell(wrapping: ~x.wide, x.tag))
    }

    @inline(__always)
    private mutating func shift(_ i: Instruction, _ shifted: (UInt128, UInt64) -> UInt128) throws(AVMFault) {
        let (a, b, destination) = try threeAddresses(i)
        let x = frame.memory[a]
        let y = frame.memory[b]
        if x.tag.isField { throw .halt(.notIntegral(x.tag)) }
        try requireTag(.u8, y, at: b)
        let result = y.value.l0 < x.tag.bits ? Cell(wrapping: shifted(x.wide, y.value.l0), x.tag) : Cell(value: .zero, tag: x.tag)
        try frame.memory.set(destination, result)
    }

    mutating func shiftLeft(_ i: Instruction) throws(AVMFault) { try shift(i) { $0 << UInt128($1) } }
    mutating func shiftRight(_ i: Instruction) throws(AVMFault) { try shift(i) { $0 >> UInt128($1) } }
}
