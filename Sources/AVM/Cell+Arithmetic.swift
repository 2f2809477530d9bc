internal import Field

/// ADD, SUB, MUL, DIV, FDIV on cells of equal tags («note 03 §6»); `SignedField` has the cells that are negative.
extension Cell {
    @inline(__always)
    var wide: UInt128 { UInt128(value.l1) << 64 | UInt128(value.l0) }

    /// Wraps to the width of an integral tag.
    @inline(__always)
    init(wrapping wide: UInt128, _ tag: Tag) {
        let mask = tag.mask
        self.init(
            value: Limbs4(UInt64(truncatingIfNeeded: wide) & mask.low, UInt64(truncatingIfNeeded: wide >> 64) & mask.high, 0, 0), tag: tag)
    }

    @inline(__always)
    var fr: Fr { Fr(montgomery: value) }

    @inline(__always)
    static func bothPlain(_ x: Cell, _ y: Cell) -> Bool { x.tag == .field && y.tag == .field }

    static func add(_ x: Cell, _ y: Cell) throws(AVMFault) -> Cell {
        guard x.tag.isField else { return Cell(wrapping: x.wide &+ y.wide, x.tag) }
        if bothPlain(x, y) { return Cell(x.fr + y.fr) }
        return SignedField(x).adding(SignedField(y)).cell
    }

    static func subtract(_ x: Cell, _ y: Cell) throws(AVMFault) -> Cell {
        guard x.tag.isField else { return Cell(wrapping: x.wide &- y.wide, x.tag) }
        if bothPlain(x, y) { return Cell(x.fr - y.fr) }
        return try SignedField(x).subtracting(SignedField(y)).cell
    }

    static func multiply(_ x: Cell, _ y: Cell) throws(AVMFault) -> Cell {
        guard x.tag.isField else { return Cell(wrapping: x.wide &* y.wide, x.tag) }
        if bothPlain(x, y) { return Cell(x.fr * y.fr) }
        return SignedField(x).multiplied(by: SignedField(y)).cell
    }

    /// Precondition: integral.
    static func divide(_ x: Cell, _ y: Cell) throws(AVMFault) -> Cell {
        if y.isZero { throw .halt(.divisionByZero) }
        if x.value.l1 | y.value.l1 == 0 { return Cell(value: Limbs4(x.value.l0 / y.value.l0, 0, 0, 0), tag: x.tag) }
        return Cell(wrapping: x.wide / y.wide, x.tag)
    }

    /// Precondition: FIELD.
    static func divideField(_ x: Cell, _ y: Cell) throws(AVMFault) -> Cell {
        if y.tag == .negativeField { throw .negativeField(y) }
        guard let inverse = y.fr.inverse() else { throw .fatal("Division by zero") }
        if x.tag == .field { return Cell(x.fr * inverse) }
        return SignedField(x).multiplied(by: SignedField(Cell(inverse))).cell
    }
}

/// A field element as the reference computes with it once its integer is negative («note 03 §7.3»): the remainder
/// of JavaScript, whose sign is that of the dividend.
struct SignedField {
    /// Below p.
    var magnitude: Limbs4
    var isNegative: Bool

    init(_ cell: Cell) {
        magnitude = cell.integer
        isNegative = cell.tag == .negativeField
    }

    private init(_ magnitude: Limbs4, _ isNegative: Bool) {
        self.magnitude = magnitude
        self.isNegative = isNegative && !magnitude.isZero
    }

    var cell: Cell {
        isNegative ? Cell(value: magnitude, tag: .negativeField) : Cell(Fr(unchecked: magnitude))
    }

    private var negated: SignedField { SignedField(magnitude, !isNegative) }

    /// The sum as an integer, magnitude below 2p.
    private func sum(_ other: SignedField) -> SignedField {
        if isNegative == other.isNegative { return SignedField(magnitude.addingWrapping(other.magnitude), isNegative) }
        if magnitude < other.magnitude { return SignedField(other.magnitude.subtractingWrapping(magnitude), other.isNegative) }
        return SignedField(magnitude.subtractingWrapping(other.magnitude), isNegative)
    }

    /// (a + b) rem p.
    func adding(_ other: SignedField) -> SignedField {
        let sum = sum(other)
        return SignedField(sum.magnitude < Fr.modulus ? sum.magnitude : sum.magnitude.subtractingWrapping(Fr.modulus), sum.isNegative)
    }

    /// a − b, p added once if negative. Fatal when that is p or more.
    func subtracting(_ other: SignedField) throws(AVMFault) -> SignedField {
        let difference = sum(other.negated)
        if difference.isNegative {
            if difference.magnitude < Fr.modulus || difference.magnitude == Fr.modulus {
                return SignedField(Fr.modulus.subtractingWrapping(difference.magnitude), false)
            }
            return SignedField(difference.magnitude.subtractingWrapping(Fr.modulus), true)
        }
        guard difference.magnitude < Fr.modulus else { throw .beyondField(difference.magnitude) }
        return difference
    }

    /// (a · b) rem p.
    func multiplied(by other: SignedField) -> SignedField {
        let product = Fr(unchecked: magnitude) * Fr(unchecked: other.magnitude)
        return SignedField(product.integer, isNegative != other.isNegative)
    }

    static func < (a: SignedField, b: SignedField) -> Bool {
        if a.isNegative != b.isNegative { return a.isNegative }
        return a.isNegative ? b.magnitude < a.magnitude : a.magnitude < b.magnitude
    }
}
