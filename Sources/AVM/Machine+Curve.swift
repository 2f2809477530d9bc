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
        // Off the curve is fatal. What an infinite point's coordinates are matters only where they are the result.
        let first = infinite.0 ? nil : try finitePoint(cells.0, cells.1)
        let second = infinite.1 ? nil : try finitePoint(cells.2, cells.3)
        let sum: GrumpkinPoint = switch (first, second) {
        case (let first?, let second?): first + second
        case (let first?, nil): first
        case (nil, _): GrumpkinPoint(x: try field(cells.2), y: try field(cells.3))
        }
        try Memory.requireSlice(destination, 2)
        // P + (−P): the reference's result does not fit a field («note 03 §7.3»).
        if sum.isInfinite { throw .beyondField(Limbs4(.max, .max, .max, .max)) }
        try frame.memory.set(destination, Cell(sum.x))
        try frame.memory.set(destination + 1, Cell(sum.y))
        try Memory.requireSlice(destination, 3)
        try frame.memory.set(destination + 2, Cell(sum.x.isZero && sum.y.isZero))
    }

    private func finitePoint(_ x: Cell, _ y: Cell) throws(AVMFault) -> GrumpkinPoint {
        let point = GrumpkinPoint(x: try field(x), y: try field(y))
        guard point.isOnCurve else { throw .fatal("Point1 is not on the curve") }
        return point
    }
}
