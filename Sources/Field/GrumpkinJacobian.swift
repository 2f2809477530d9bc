/// A Grumpkin point in Jacobian coordinates: (X/Z², Y/Z³), infinite when Z = 0. The curve has a = 0.
struct GrumpkinJacobian {
    var x, y, z: Fr

    static let infinity = GrumpkinJacobian(x: .one, y: .one, z: .zero)

    init(x: Fr, y: Fr, z: Fr) {
        self.x = x
        self.y = y
        self.z = z
    }

    init(_ point: GrumpkinPoint) {
        self = point.isInfinite ? .infinity : GrumpkinJacobian(x: point.x, y: point.y, z: .one)
    }

    /// `inverse` is that of Z, nil for zero.
    func affine(inverse: Fr?) -> GrumpkinPoint {
        guard let inverse else { return .infinity }
        let square = inverse.squared()
        return GrumpkinPoint(x: x * square, y: y * square * inverse)
    }

    /// dbl-2009-l of the explicit-formulas database.
    func doubled() -> GrumpkinJacobian {
        let a = x.squared()
        let b = y.squared()
        let c = b.squared()
        let d = ((x + b).squared() - a - c).doubled()
        let e = a.doubled() + a
        let x3 = e.squared() - d.doubled()
        let y3 = e * (d - x3) - c.doubled().doubled().doubled()
        return GrumpkinJacobian(x: x3, y: y3, z: (y * z).doubled())
    }

    /// add-2007-bl, with the cases it leaves out.
    static func + (p: GrumpkinJacobian, q: GrumpkinJacobian) -> GrumpkinJacobian {
        if p.z.isZero { return q }
        if q.z.isZero { return p }
        let pz = p.z.squared()
        let qz = q.z.squared()
        let u1 = p.x * qz
        let u2 = q.x * pz
        let s1 = p.y * q.z * qz
        let s2 = q.y * p.z * pz
        if u1 == u2 { return s1 == s2 ? p.doubled() : .infinity }
        let h = u2 - u1
        let i = h.doubled().squared()
        let j = h * i
        let r = (s2 - s1).doubled()
        let v = u1 * i
        let x3 = r.squared() - j - v.doubled()
        let y3 = r * (v - x3) - (s1 * j).doubled()
        return GrumpkinJacobian(x: x3, y: y3, z: ((p.z + q.z).squared() - pz - qz) * h)
    }

    /// Fixed windows of four bits from the top.
    func multiplied(by scalar: Limbs4) -> GrumpkinJacobian {
        var table = [GrumpkinJacobian](repeating: .infinity, count: 16)
        for index in 1..<16 { table[index] = index & 1 == 0 ? table[index / 2].doubled() : table[index - 1] + self }
        var result = GrumpkinJacobian.infinity
        for window in (0..<64).reversed() {
            result = result.doubled().doubled().doubled().doubled()
            let digit = Int(scalar[window >> 4] >> UInt64(4 * (window & 15)) & 15)
            if digit != 0 { result = result + table[digit] }
        }
        return result
    }
}
