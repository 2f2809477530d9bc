/// The addressing bits of an instruction, consumed operand by operand («note 03 §3»).
struct AddressModes {
    var bits: UInt16
    /// `mem[0]`, read with the first relative operand.
    var base: UInt32?

    @inline(__always)
    init(_ instruction: Instruction) { bits = instruction.modes }
}

extension Machine {
    /// The address that the next operand means.
    @inline(__always)
    func resolve(_ operand: UInt16, _ modes: inout AddressModes) throws(AVMFault) -> UInt32 {
        let mode = modes.bits & 3
        modes.bits >>= 2
        if mode == 0 { return UInt32(operand) }
        return try resolve(operand, mode, &modes)
    }

    private func resolve(_ operand: UInt16, _ mode: UInt16, _ modes: inout AddressModes) throws(AVMFault) -> UInt32 {
        var address = UInt32(operand)
        if mode & 2 != 0 {
            let base: UInt32
            if let known = modes.base { base = known } else {
                base = try cell(0, .u32).u32
                modes.base = base
            }
            let (sum, overflow) = base.addingReportingOverflow(address)
            if overflow { throw .halt(.addressOutOfRange(base: base, offset: address)) }
            address = sum
        }
        if mode & 1 != 0 { address = try cell(address, .u32).u32 }
        return address
    }

    @inline(__always)
    func resolve(_ a: UInt16, _ b: UInt16, _ modes: inout AddressModes) throws(AVMFault) -> (UInt32, UInt32) {
        let first = try resolve(a, &modes)
        return (first, try resolve(b, &modes))
    }

    @inline(__always)
    func resolve(_ a: UInt16, _ b: UInt16, _ c: UInt16, _ modes: inout AddressModes) throws(AVMFault) -> (UInt32, UInt32, UInt32) {
        let first = try resolve(a, &modes)
        let second = try resolve(b, &modes)
        return (first, second, try resolve(c, &modes))
    }

    /// The one address of an instruction that has one.
    @inline(__always)
    func address(_ i: Instruction) throws(AVMFault) -> UInt32 {
        var modes = AddressModes(i)
        return try resolve(i.a, &modes)
    }

    @inline(__always)
    func twoAddresses(_ i: Instruction) throws(AVMFault) -> (UInt32, UInt32) {
        var modes = AddressModes(i)
        return try resolve(i.a, i.b, &modes)
    }

    @inline(__always)
    func threeAddresses(_ i: Instruction) throws(AVMFault) -> (UInt32, UInt32, UInt32) {
        var modes = AddressModes(i)
        return try resolve(i.a, i.b, i.c, &modes)
    }
}
