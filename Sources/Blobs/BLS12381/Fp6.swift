/// Fp2[v] / (v³ − ξ).
package struct Fp6: Hashable, Sendable {
    package var c0: Fp2
    package var c1: Fp2
    package var c2: Fp2

    @inline(__always) package init(_ c0: Fp2, _ c1: Fp2, _ c2: Fp2) {
        self.c0 = c0
        self.c1 = c1
        self.c2 = c2
    }

    package static var zero: Fp6 { Fp6(.zero, .zero, .zero) }
    package static var one: Fp6 { Fp6(.one, .zero, .zero) }

    package static func + (a: Fp6, b: Fp6) -> Fp6 { Fp6(a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2) }
    package static func - (a: Fp6, b: Fp6) -> Fp6 { Fp6(a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2) }
    package static prefix func - (a: Fp6) -> Fp6 { Fp6(-a.c0, -a.c1, -a.c2) }

    package static func * (a: Fp6, b: Fp6) -> Fp6 {
        let p0 = a.c0 * b.c0, p1 = a.c1 * b.c1, p2 = a.c2 * b.c2
        let s12 = (a.c1 + a.c2) * (b.c1 + b.c2) - p1 - p2
        let s01 = (a.c0 + a.c1) * (b.c0 + b.c1) - p0 - p1
        let s02 = (a.c0 + a.c2) * (b.c0 + b.c2) - p0 - p2
        return Fp6(p0 + s12.timesNonResidue, s01 + p2.timesNonResidue, s02 + p1)
    }

    @inline(__always) package func squared() -> Fp6 { self * self }

    /// Times v.
    package var timesNonResidue: Fp6 { Fp6(c2.timesNonResidue, c0, c1) }

    /// Times b0 + b1·v.
    package func timesSparse(_ b0: Fp2, _ b1: Fp2) -> Fp6 {
        let p0 = c0 * b0, p1 = c1 * b1
        let s12 = (c1 + c2) * b1 - p1
        let s01 = (c0 + c1) * (b0 + b1) - p0 - p1
        let s02 = (c0 + c2) * b0 - p0
        return Fp6(p0 + s12.timesNonResidue, s01, s02 + p1)
    }

    /// Times b1·v with b1 in the base field.
    package func timesMiddle(_ b1: Fp) -> Fp6 { Fp6((c2 * b1).timesNonResidue, c0 * b1, c1 * b1) }

    package func inverse() -> Fp6 {
        let t0 = c0.squared() - (c1 * c2).timesNonResidue
        let t1 = c2.squared().timesNonResidue - c0 * c1
        let t2 = c1.squared() - c0 * c2
        let norm = (c0 * t0 + (c2 * t1 + c1 * t2).timesNonResidue).inverse()
        return Fp6(t0 * norm, t1 * norm, t2 * norm)
    }
}
