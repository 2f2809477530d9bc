internal import Field

/// SET, MOV, CAST.
extension Machine {
    mutating func setImmediate(_ i: Instruction) throws(AVMFault) {
        try frame.memory.set(address(i), Cell(low: i.immediate, high: 0, i.tag))
    }

    mutating func setConstant(_ i: Instruction) throws(AVMFault) {
        try frame.memory.set(address(i), frame.program.constants[Int(i.target)])
    }

    mutating func setUncached(_ i: Instruction) throws(AVMFault) {
        guard let cell = Immediate(frame.program.bytecode, at: Int(i.pc)).cell else { preconditionFailure("decoded as invalid") }
        try frame.memory.set(address(i), cell)
    }

    mutating func move(_ i: Instruction) throws(AVMFault) {
        let (source, destination) = try twoAddresses(i)
        try frame.memory.set(destination, frame.memory[source])
    }

    mutating func cast(_ i: Instruction) throws(AVMFault) {
        let (source, destination) = try twoAddresses(i)
        try frame.memory.set(destination, frame.memory[source].cast(to: i.tag))
    }
}

extension Cell {
    /// The low bits of the integer; of a negative one those of its two's complement.
    func cast(to tag: Tag) -> Cell {
        if tag == .field, self.tag.isField { return self }
        let integer = self.tag == .negativeField ? Limbs4.zero.subtractingWrapping(value) : integer
        return Cell(truncating: integer, to: tag)
    }
}
