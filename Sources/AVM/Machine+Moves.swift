internal import Field

/// SET, MOV, CAST.
extension Machine {
    mutating func setImmediate(_ i: Instruction) throws(AVMFault) {
        try frame.memory.set(address(i), Cell(truncating: Limbs4(i.immediate, 0, 0, 0), to: i.tag))
    }

    /// The immediate is read as signed: U128 extends the sign, FIELD holds the negative integer («note 03 §7.3»).
    mutating func setImmediate64(_ i: Instruction) throws(AVMFault) {
        let value = Int64(bitPattern: i.immediate)
        let destination = try address(i)
        if value >= 0 { return try frame.memory.set(destination, Cell(truncating: Limbs4(i.immediate, 0, 0, 0), to: i.tag)) }
        let cell = i.tag == .field
            ? Cell(value: Limbs4(value.magnitude, 0, 0, 0), tag: .negativeField)
            : Cell(truncating: Limbs4(i.immediate, .max, .max, .max), to: i.tag)
        try frame.memory.set(destination, cell)
    }

    mutating func setImmediate128(_ i: Instruction) throws(AVMFault) {
        let value = frame.program.wideImmediate(at: i.pc, .immediate128)
        try frame.memory.set(address(i), Cell(truncating: value, to: i.tag))
    }

    /// Fatal, before gas is charged, when a FIELD is not below p.
    mutating func setImmediateField(_ i: Instruction) throws(AVMFault) {
        let value = frame.program.wideImmediate(at: i.pc, .immediateField)
        if i.tag == .field, !(value < Fr.modulus) { throw .fatal("Value is greater or equal to field modulus.") }
        try charge(Price.of(.setField))
        try frame.memory.set(address(i), Cell(truncating: value, to: i.tag))
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
