internal import Field

/// The immediate of a SET instruction and its tag, read from the bytecode («note 03 §6, §7.3»).
struct Immediate {
    private let tag: Tag
    let integer: Limbs4
    /// SET_64, which reads its immediate as signed.
    private let isSigned: Bool

    /// Precondition: the instruction at `pc` is a SET and decodes.
    init(_ bytecode: [UInt8], at pc: Int) {
        let opcode = Opcode.table[Int(bytecode[pc])]
        guard let kind = opcode.operands.last, let tag = Tag(rawValue: bytecode[pc + opcode.byteCount - kind.width - 1]) else {
            preconditionFailure("no SET at \(pc)")
        }
        self.tag = tag
        var limbs = Limbs4.zero
        for byte in bytecode[(pc + opcode.byteCount - kind.width)..<(pc + opcode.byteCount)] {
            limbs = Limbs4(
                limbs.l0 << 8 | UInt64(byte), limbs.l1 << 8 | limbs.l0 >> 56, limbs.l2 << 8 | limbs.l1 >> 56,
                limbs.l3 << 8 | limbs.l2 >> 56)
        }
        integer = limbs
        isSigned = kind == .immediate64
    }

    /// What the instruction writes. A negative immediate extends its sign in U128 and stays a negative integer in FIELD.
    /// nil: a FIELD that is not below p.
    var cell: Cell? {
        if isSigned, integer.l0 >> 63 == 1 {
            if tag == .field { return Cell(value: Limbs4(0 &- integer.l0, 0, 0, 0), tag: .negativeField) }
            return Cell(truncating: Limbs4(integer.l0, .max, .max, .max), to: tag)
        }
        if tag == .field, !(integer < Fr.modulus) { return nil }
        return Cell(truncating: integer, to: tag)
    }
}
