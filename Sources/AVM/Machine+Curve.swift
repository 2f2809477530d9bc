internal import Field

/// ECADD on Grumpkin.
extension Machine {
    mutating func addPoints(_ i: Instruction) throws(AVMFault) {
        var modes = AddressModes(i)
        let (x1, y1, flag1) = try resolve(i.a, i.b, i.c, &modes)
        let (x2, y2, flag2) = try resolve(i.d, i.e, i.f, &modes)
        let destination = try resolve(i.g, &modes)
        let cells = (try cell(x1, .field), try cell(y1, .field), try cell(x2, .field), try cell(y2, .field))
        let infinite = (!(try cell(flag1, .u1)).isZero, !(try cell(flag2, .u1)).isZero)
        // Off the curve is fatal; so is a negative coordinate as soon as something is computed with it.
        let first = GrumpkinPoint(x: try field(cells.0), y: try field(cells.1), isInfinite: infinite.0)
        guard first.isOnCurve else { throw .fatal("Point1 is not on the curve") }
        let second = GrumpkinPoint(x: try field(cells.2), y: try field(cells.3), isInfinite: infinite.1)
        guard second.isOnCurve else { throw .fatal("Point1 is not on the curve") }
        let sum = first.isInfinite ? second : second.isInfinite ? first : first + second
        try Memory.requireSlice(destination, 2)
        // P + (−P): the reference's result does not fit a field («note 03 §7.3»).
        if sum.isInfinite, !first.isInfinite, !second.isInfinite { throw .beyondField(Limbs4(.max, .max, .max, .max)) }
        try frame.memory.set(destination, Cell(sum.x))
        try frame.memory.set(destination + 1, Cell(sum.y))
        try Memory.requireSlice(destination, 3)
        try frame.memory.set(destination + 2, Cell(sum.x.isZero && sum.y.isZero))
    }
}
