/// Where control goes: JUMP, JUMPI, INTERNALCALL, INTERNALRETURN, and on to the next instruction.
extension Machine {
    /// Goes to the instruction at `pc`, or halts with that counter if there is none.
    mutating func go(to pc: Int) throws(AVMFault) {
        do {
            let slot = try frame.program.slot(at: pc)
            ip = frame.program.instructions + Int(slot)
        } catch {
            missingCounter = UInt32(pc)
            throw .halt(error)
        }
    }

    var slot: UInt32 { UInt32(ip - frame.program.instructions) }

    /// Goes to the instruction that follows in the bytecode.
    @inline(__always)
    mutating func advance() throws(AVMFault) {
        let next = ip.pointee.next
        if next != 0 { ip = frame.program.instructions + Int(next) } else { try advanceFirst() }
    }

    @inline(never)
    private mutating func advanceFirst() throws(AVMFault) {
        let from = slot
        let pc = Int(ip.pointee.pc)
        try go(to: pc + Opcode.table[Int(frame.program.bytecode[pc])].byteCount)
        frame.program.instructions[Int(from)].next = slot
    }

    @inline(__always)
    mutating func jump() throws(AVMFault) {
        let target = ip.pointee.target
        if target != 0 { ip = frame.program.instructions + Int(target) } else { try jumpFirst() }
    }

    @inline(never)
    private mutating func jumpFirst() throws(AVMFault) {
        let from = slot
        try go(to: frame.program.target(ofJump: ip.pointee.operation, at: ip.pointee.pc))
        frame.program.instructions[Int(from)].target = slot
    }

    mutating func jumpIf(_ i: Instruction) throws(AVMFault) {
        if frame.memory[try address(i)].isZero { try advance() } else { try jump() }
    }

    mutating func internalCall() throws(AVMFault) {
        internalCalls.append(slot)
        try jump()
    }

    mutating func internalReturn() throws(AVMFault) {
        guard internalCalls.count > frame.internalBase, let slot = internalCalls.popLast() else { throw .halt(.emptyInternalStack) }
        ip = frame.program.instructions + Int(slot)
        try advance()
    }
}
