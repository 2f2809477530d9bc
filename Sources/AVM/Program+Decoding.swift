import Field

extension Program {
    /// The instruction at `pc`, which is within the bytecode («note 03 §1», steps 2–4).
    static func decode(_ bytecode: [UInt8], at pc: Int) throws(HaltReason) -> Instruction {
        let byte = bytecode[pc]
        guard byte < Opcode.table.count else { throw .invalidOpcode(byte) }
        let opcode = Opcode.table[Int(byte)]
        var instruction = Instruction(operation: opcode.operation, pc: UInt32(pc))
        if opcode.charge == .first { instruction.gas = opcode.l2 }
        var position = pc + 1
        var addresses = 0
        var rawTag: UInt8?
        for operand in opcode.operands {
            let value = try read(operand, bytecode, position)
            position += operand.width
            switch operand {
            case .modes8, .modes16: instruction.modes = UInt16(value)
            case .address8, .address16:
                instruction.setAddress(addresses, UInt16(value))
                addresses += 1
            case .tag: rawTag = UInt8(value)
            case .immediate8, .immediate16, .immediate32, .immediate64:
                // A jump target stays in the bytecode: the field for it holds the slot once control went there. SET has
                // its own reading. DEBUGLOG's length is of no use, and there is no room for it.
                if addresses <= 2, !opcode.operation.isJump { instruction.immediate = value }
            case .immediate128, .immediateField: break
            }
        }
        if let rawTag {
            guard rawTag <= Tag.u128.rawValue, let tag = Tag(rawValue: rawTag) else { throw .invalidTag(rawTag) }
            instruction.tag = tag
        }
        return instruction
    }

    /// The value of an operand of up to 64 bits; 0 of a wider one, which is read when executed.
    private static func read(_ operand: Operand, _ bytecode: [UInt8], _ position: Int) throws(HaltReason) -> UInt64 {
        let width = operand.width
        guard position + width <= bytecode.count else {
            // The reference reads wide immediates byte by byte.
            if width > 8 { throw .truncated(width: 1, position: bytecode.count, count: bytecode.count) }
            throw .truncated(width: width, position: position, count: bytecode.count)
        }
        guard width <= 8 else { return 0 }
        return bytecode[position..<position + width].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Where the jump at `pc` goes; the operand are its last four bytes.
    func target(ofJump operation: Operation, at pc: UInt32) -> Int {
        let position = Int(pc) + (operation == .jumpIf ? 4 : 1)
        return bytecode[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
