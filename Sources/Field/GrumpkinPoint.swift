/// A point of Grumpkin, y² = x³ − 17 over `Fr`, group order `Fq`'s modulus, cofactor 1 («note 01 §2»).
///
/// The coordinates are as they came: parsing does not check the curve (nor does the reference), so ask
/// `isOnCurve` where it matters. The infinite point is `(0, 0, true)`; the pair (0, 0) without the flag is a
/// value of its own, off the curve, that stands for "no key".
public struct GrumpkinPoint: Hashable, Sendable {
    public var x: Fr
    public var y: Fr
    public var isInfinite: Bool

    public init(x: Fr, y: Fr, isInfinite: Bool = false) {
        self.x = x
        self.y = y
        self.isInfinite = isInfinite
    }

    /// (0, 0) without the infinity flag, the reference's `Point.ZERO`.
    public static let zero = GrumpkinPoint(x: .zero, y: .zero)
    public static let infinity = GrumpkinPoint(x: .zero, y: .zero, isInfinite: true)
    /// (1, 4·√−1).
    public static let generator = GrumpkinPoint(
        x: .one, y: Fr(unchecked: Limbs4(0x833fc48d823f272c, 0x2d270d45f1181294, 0xcf135e7506a45d63, 0x0000000000000002)))

    /// −17.
    static let curveConstant = -Fr(17)

    /// x = y = 0, whatever the flag.
    public var isZero: Bool { x.isZero && y.isZero }

    /// True for the infinite point.
    public var isOnCurve: Bool { isInfinite || y.squared() == Self.rightSide(x) }

    static func rightSide(_ x: Fr) -> Fr { x.squared() * x + curveConstant }

    public static prefix func - (point: GrumpkinPoint) -> GrumpkinPoint {
        point.isInfinite ? point : GrumpkinPoint(x: point.x, y: -point.y)
    }

    /// The group law, at the price of one inversion; variable time. Both points are on the curve: precondition of
    /// the caller, not checked. The sum with an infinite point is the other point as it is, also when that is an
    /// infinite one with coordinates of its own, as the AVM may hold (note 03 §6, ECADD).
    public static func + (a: GrumpkinPoint, b: GrumpkinPoint) -> GrumpkinPoint {
        if a.isInfinite { return b }
        if b.isInfinite { return a }
        // The line's slope: through both points, or the tangent where they are the same.
        var rise = b.y - a.y
        var run = b.x - a.x
        if run.isZero {
            guard rise.isZero else { return .infinity }
            let square = a.x.squared()
            rise = square.doubled() + square
            run = a.y.doubled()
        }
        // No point has y = 0, the order being odd; off the curve the answer means nothing.
        guard let inverse = run.inverse() else { return .infinity }
        let slope = rise * inverse
        let x = slope.squared() - a.x - b.x
        return GrumpkinPoint(x: x, y: slope * (a.x - x) - a.y)
    }

    public static func - (a: GrumpkinPoint, b: GrumpkinPoint) -> GrumpkinPoint { a + (-b) }

    /// Scalar multiplication, variable time. Scalars may be keys, and the last Z tells of them: it is not inverted
    /// in variable time besides.
    public static func * (scalar: Fq, point: GrumpkinPoint) -> GrumpkinPoint {
        let product = GrumpkinJacobian(point).multiplied(by: scalar.integer)
        return product.affine(inverse: product.z.inverseOfSecret())
    }

    /// Σ scalarᵢ · pointᵢ over the pairs both sequences have.
    public static func sum(_ terms: some Sequence<(Fq, GrumpkinPoint)>) -> GrumpkinPoint {
        var total = GrumpkinJacobian.infinity
        for (scalar, point) in terms { total = total + GrumpkinJacobian(point).multiplied(by: scalar.integer) }
        return total.affine(inverse: total.z.inverse())
    }
}

extension Fq {
    /// The same integer in the larger field; what the reference does with a preaddress used as a scalar.
    public init(_ value: Fr) { self.init(unchecked: value.integer) }

    /// Low 128 bits and the rest, as fields of the protocol.
    public var lowAndHigh: (low: Fr, high: Fr) {
        let value = integer
        return (Fr(unchecked: Limbs4(value.l0, value.l1, 0, 0)), Fr(unchecked: Limbs4(value.l2, value.l3, 0, 0)))
    }
}

extension Fq {
    /// `high · 2^128 + low`; nil when that is not below q.
    public init?(high: Fr, low: Fr) {
        let upper = high.integer
        guard (upper.l2 | upper.l3) == 0 else { return nil }
        let (sum, carry) = Limbs4(0, 0, upper.l0, upper.l1).addingReportingCarry(low.integer)
        guard !carry else { return nil }
        self.init(sum)
    }
}
