extension Fp12 {
    /// Absolute value of the curve's parameter; the parameter is negative.
    package static let curveParameter: UInt64 = 0xd201_0000_0001_0000

    /// Square of an element of the cyclotomic subgroup (Granger, Scott 2010): three squares in Fp4.
    package func cyclotomicSquared() -> Fp12 {
        let (a0, a1) = Fp12.quarticSquare(c0.c0, c1.c1)
        let (b0, b1) = Fp12.quarticSquare(c1.c0, c0.c2)
        let (d0, d1) = Fp12.quarticSquare(c0.c1, c1.c2)
        let e = d1.timesNonResidue
        return Fp12(
            Fp6(tripled(a0, minus: c0.c0), tripled(b0, minus: c0.c1), tripled(d0, minus: c0.c2)),
            Fp6(tripled(e, plus: c1.c0), tripled(a1, plus: c1.c1), tripled(b1, plus: c1.c2)))
    }

    /// (a + b·s)² with s² = ξ.
    private static func quarticSquare(_ a: Fp2, _ b: Fp2) -> (Fp2, Fp2) {
        let aa = a.squared(), bb = b.squared()
        return (bb.timesNonResidue + aa, (a + b).squared() - aa - bb)
    }

    private func tripled(_ t: Fp2, minus z: Fp2) -> Fp2 { (t - z).doubled + t }
    private func tripled(_ t: Fp2, plus z: Fp2) -> Fp2 { (t + z).doubled + t }

    /// Power by the (negative) curve parameter, in the cyclotomic subgroup.
    package func cyclotomicPowerOfParameter() -> Fp12 {
        var result = self
        for bit in stride(from: 62, through: 0, by: -1) {
            result = result.cyclotomicSquared()
            if Fp12.curveParameter >> UInt64(bit) & 1 == 1 { result = result * self }
        }
        return result.conjugate
    }

    /// Power by 3(p¹² − 1)/r. Hard part: 3(p⁴ − p² + 1)/r = (x − 1)²(x + p)(x² + p² − 1) + 3; the cube
    /// is one exactly when the reduced pairing is, as 3 does not divide r.
    package func finalExponentiation() -> Fp12 {
        let easy = conjugate * inverse()
        let base = easy.frobenius().frobenius() * easy
        let a = base.cyclotomicPowerOfParameter() * base.conjugate
        let b = a.cyclotomicPowerOfParameter() * a.conjugate
        let c = b.cyclotomicPowerOfParameter() * b.frobenius()
        let d = c.cyclotomicPowerOfParameter().cyclotomicPowerOfParameter() * c.frobenius().frobenius() * c.conjugate
        return d * base.cyclotomicSquared() * base
    }
}
