internal import Field

/// ADD, SUB, MUL, DIV, FDIV, EQ, LT, LTE.
extension Machine {
    /// The cells of the two sources, whose tags must be equal, and where the result goes.
    @inline(__always)
    private func equalOperands(_ i: Instruction) throws(AVMFault) -> (x: Cell, y: Cell, a: UInt32, destination: UInt32) {
        let (a, b, destination) = try threeAddresses(i)
        let x = frame.memory[a]
        let y = frame.memory[b]
        try requireTag(x.tag.visible, y, at: b)
        return (x, y, a, destination)
    }

    mutating func add(_ i: Instruction) throws(AVMFault) {
        let (x, y, _, destination) = try equalOperands(i)
        try frame.memory.set(destination, Cell.add(x, y))
    }

    mutating func subtract(_ i: Instruction) throws(AVMFault) {
        let (x, y, _, destination) = try equalOperands(i)
        try frame.memory.set(destination, Cell.subtract(x, y))
    }

    mutating func multiply(_ i: Instruction) throws(AVMFault) {
        let (x, y, _, destination) = try equalOperands(i)
        try frame.memory.set(destination, Cell.multiply(x, y))
    }

    mutating func divide(_ i: Instruction) throws(AVMFault) {
        let (x, y, _, destination) = try equalOperands(i)
        if x.tag.isField { throw .halt(.notIntegral(x.tag)) }
        try frame.memory.set(destination, Cell.divide(x, y))
    }

    mutating func divideField(_ i: Instruction) throws(AVMFault) {
        let (x, y, a, destination) = try equalOperands(i)
        try requireTag(.field, x, at: a)
        try frame.memory.set(destination, Cell.divideField(x, y))
    }

    mutating func equal(_ i: Instruction) throws(AVMFault) {
        let (x, y, _, destination) = try equalOperands(i)
        try frame.memory.set(destination, Cell(Cell.equal(x, y)))
    }

    mutating func less(_ i: Instruction) throws(AVMFault) {
        let (x, y, _, destination) = try equalOperands(i)
        try frame.memory.set(destination, Cell(Cell.less(x, y)))
    }

    mutating func lessOrEqual(_ i: Instruction) throws(AVMFault) {
        let (x, y, _, destination) = try equalOperands(i)
        let result = if Cell.less(x, y) { true } else { try Cell.equal(x, y) }
        try frame.memory.set(destination, Cell(result))
    }
}

/// Comparison of cells of equal tags.
extension Cell {
    /// Fatal when one is negative: the reference compares serialised elements.
    static func equal(_ x: Cell, _ y: Cell) throws(AVMFault) -> Bool {
        if x.tag == .negativeField { throw .negativeField(x) }
        if y.tag == .negativeField { throw .negativeField(y) }
        return x.value == y.value
    }

    static func less(_ x: Cell, _ y: Cell) -> Bool {
        switch x.tag {
        case .field, .negativeField: SignedField(x) < SignedField(y)
        case .u128: x.wide < y.wide
        default: x.value.l0 < y.value.l0
        }
    }
}
