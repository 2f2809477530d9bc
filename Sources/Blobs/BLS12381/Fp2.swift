/// Fp[u] / (u² + 1).
package struct Fp2: Hashable, Sendable {
    package var c0: Fp
    package var c1: Fp

    @inline(__always) package init(_ c0: Fp, _ c1: Fp) {
        self.c0 = c0
        self.c1 = c1
    }

    package static var zero: Fp2 { Fp2(.zero, .zero) }
    package static var one: Fp2 { Fp2(.one, .zero) }

    @inline(__always) package var isZero: Bool { c0.isZero && c1.isZero }
    @inline(__always) package static func + (a: Fp2, b: Fp2) -> Fp2 { Fp2(a.c0 + b.c0, a.c1 + b.c1) }
    @inline(__always) package static func - (a: Fp2, b: Fp2) -> Fp2 { Fp2(a.c0 - b.c0, a.c1 - b.c1) }
    @inline(__always) package static prefix func - (a: Fp2) -> Fp2 { Fp2(-a.c0, -a.c1) }
    @inline(__always) package static func += (a: inout Fp2, b: Fp2) { a = a + b }
    @inline(__always) package static func -= (a: inout Fp2, b: Fp2) { a = a - b }
    @inline(__always) package var doubled: Fp2 { self + self }
    @inline(__always) package var conjugate: Fp2 { Fp2(c0, -c1) }

    package static func * (a: Fp2, b: Fp2) -> Fp2 {
        let low = a.c0 * b.c0
        let high = a.c1 * b.c1
        let cross = (a.c0 + a.c1) * (b.c0 + b.c1)
        return Fp2(low - high, cross - low - high)
    }

    @inline(__always) package static func * (a: Fp2, b: Fp) -> Fp2 { Fp2(a.c0 * b, a.c1 * b) }

    package func squared() -> Fp2 {
        let product = c0 * c1
        return Fp2((c0 + c1) * (c0 - c1), product.doubled)
    }

    /// Times ξ = 1 + u, the cubic and quadratic non-residue the tower is built on.
    @inline(__always) package var timesNonResidue: Fp2 { Fp2(c0 - c1, c0 + c1) }

    /// The inverse; zero for zero.
    package func inverse() -> Fp2 {
        let norm = (c0.squared() + c1.squared()).inverse()
        return Fp2(c0 * norm, -(c1 * norm))
    }

    package func power(_ exponent: [UInt64]) -> Fp2 {
        var result = Fp2.one
        for word in exponent.reversed() {
            for bit in stride(from: 63, through: 0, by: -1) {
                result = result.squared()
                if word >> UInt64(bit) & 1 == 1 { result = result * self }
            }
        }
        return result
    }

    /// One of the two square roots; nil when there is none. By the norm: roots of (c0 ± |c|) / 2 in the base field.
    package func squareRoot() -> Fp2? {
        if c1.isZero {
            if let root = c0.squareRoot() { return Fp2(root, .zero) }
            // −1 is no square, so exactly one of c0 and −c0 has a root.
            return (-c0).squareRoot().map { Fp2(.zero, $0) }
        }
        guard let norm = (c0.squared() + c1.squared()).squareRoot() else { return nil }
        let half = Fp.one.doubled.inverse()
        var square = (c0 + norm) * half
        if square.squareRoot() == nil { square = (c0 - norm) * half }
        guard let real = square.squareRoot(), !real.isZero else { return nil }
        let root = Fp2(real, c1 * half * real.inverse())
        return root.squared() == self ? root : nil
    }

    /// Sign flag of the compressed encoding: by the imaginary part, by the real part when that is zero.
    package var isLexicographicallyLarger: Bool {
        c1.isZero ? c0.isLexicographicallyLarger : c1.isLexicographicallyLarger
    }
}
