/// What the point arithmetic needs of a coordinate field.
package protocol CoordinateField: Hashable, Sendable {
    static var zero: Self { get }
    static var one: Self { get }
    /// b of y² = x³ + b.
    static var curveConstant: Self { get }
    var isZero: Bool { get }
    var doubled: Self { get }
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static prefix func - (a: Self) -> Self
    func squared() -> Self
    func inverse() -> Self
}

extension Fp: CoordinateField {
    package static var curveConstant: Fp { Fp.one.doubled.doubled }
}

extension Fp2: CoordinateField {
    package static var curveConstant: Fp2 { Fp2(.one, .one).doubled.doubled }
}

package typealias G1 = AffinePoint<Fp>
package typealias G2 = AffinePoint<Fp2>

/// A finite point or, with both coordinates zero (not on the curve), infinity.
package struct AffinePoint<Field: CoordinateField>: Hashable, Sendable {
    package var x: Field
    package var y: Field

    package init(_ x: Field, _ y: Field) {
        self.x = x
        self.y = y
    }

    package static var infinity: AffinePoint { AffinePoint(.zero, .zero) }
    package var isInfinity: Bool { x.isZero && y.isZero }
    package static prefix func - (a: AffinePoint) -> AffinePoint { AffinePoint(a.x, -a.y) }

    package var isOnCurve: Bool { isInfinity || y.squared() == x.squared() * x + .curveConstant }
}

/// Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is infinity.
package struct JacobianPoint<Field: CoordinateField>: Sendable {
    package var x: Field
    package var y: Field
    package var z: Field

    package init(_ x: Field, _ y: Field, _ z: Field) {
        self.x = x
        self.y = y
        self.z = z
    }

    package init(_ point: AffinePoint<Field>) {
        self = point.isInfinity ? .infinity : JacobianPoint(point.x, point.y, .one)
    }

    package static var infinity: JacobianPoint { JacobianPoint(.one, .one, .zero) }
    package var isInfinity: Bool { z.isZero }
    package static prefix func - (a: JacobianPoint) -> JacobianPoint { JacobianPoint(a.x, -a.y, a.z) }

    /// dbl-2009-l.
    package var doubled: JacobianPoint {
        if isInfinity { return self }
        let a = x.squared(), b = y.squared(), c = b.squared()
        let d = ((x + b).squared() - a - c).doubled
        let e = a.doubled + a
        let x3 = e.squared() - d.doubled
        return JacobianPoint(x3, e * (d - x3) - c.doubled.doubled.doubled, (y * z).doubled)
    }

    /// madd-2007-bl with the special cases.
    package static func + (p: JacobianPoint, q: AffinePoint<Field>) -> JacobianPoint {
        if q.isInfinity { return p }
        if p.isInfinity { return JacobianPoint(q) }
        let zz = p.z.squared()
        let h = q.x * zz - p.x
        let s = q.y * p.z * zz - p.y
        if h.isZero { return s.isZero ? p.doubled : .infinity }
        let hh = h.squared()
        let i = hh.doubled.doubled
        let j = h * i
        let r = s.doubled
        let v = p.x * i
        let x3 = r.squared() - j - v.doubled
        return JacobianPoint(x3, r * (v - x3) - (p.y * j).doubled, (p.z + h).squared() - zz - hh)
    }

    /// add-2007-bl with the special cases.
    package static func + (p: JacobianPoint, q: JacobianPoint) -> JacobianPoint {
        if q.isInfinity { return p }
        if p.isInfinity { return q }
        let z1 = p.z.squared(), z2 = q.z.squared()
        let u1 = p.x * z2, u2 = q.x * z1
        let s1 = p.y * q.z * z2, s2 = q.y * p.z * z1
        let h = u2 - u1
        let s = s2 - s1
        if h.isZero { return s.isZero ? p.doubled : .infinity }
        let i = h.doubled.squared()
        let j = h * i
        let r = s.doubled
        let v = u1 * i
        let x3 = r.squared() - j - v.doubled
        return JacobianPoint(x3, r * (v - x3) - (s1 * j).doubled, ((p.z + q.z).squared() - z1 - z2) * h)
    }

    package static func == (p: JacobianPoint, q: AffinePoint<Field>) -> Bool {
        if p.isInfinity || q.isInfinity { return p.isInfinity && q.isInfinity }
        let zz = p.z.squared()
        return p.x == q.x * zz && p.y == q.y * zz * p.z
    }

    package var affine: AffinePoint<Field> {
        if isInfinity { return .infinity }
        let inverse = z.inverse()
        let square = inverse.squared()
        return AffinePoint(x * square, y * square * inverse)
    }

    /// Multiple by an integer of little-endian words, variable time.
    package func times(_ scalar: [UInt64]) -> JacobianPoint {
        var result = JacobianPoint.infinity
        for word in scalar.reversed() {
            for bit in stride(from: 63, through: 0, by: -1) {
                result = result.doubled
                if word >> UInt64(bit) & 1 == 1 { result = result + self }
            }
        }
        return result
    }
}
