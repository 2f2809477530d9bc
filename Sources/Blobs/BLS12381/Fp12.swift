/// Fp6[w] / (w² − v), the target field of the pairing.
package struct Fp12: Hashable, Sendable {
    package var c0: Fp6
    package var c1: Fp6

    package init(_ c0: Fp6, _ c1: Fp6) {
        self.c0 = c0
        self.c1 = c1
    }

    package static var one: Fp12 { Fp12(.one, .zero) }

    package static func * (a: Fp12, b: Fp12) -> Fp12 {
        let p0 = a.c0 * b.c0, p1 = a.c1 * b.c1
        let cross = (a.c0 + a.c1) * (b.c0 + b.c1)
        return Fp12(p0 + p1.timesNonResidue, cross - p0 - p1)
    }

    package func squared() -> Fp12 {
        let product = c0 * c1
        let mixed = (c0 + c1) * (c0 + c1.timesNonResidue)
        return Fp12(mixed - product - product.timesNonResidue, product + product)
    }

    /// The p⁶-power map; the inverse for elements of norm one.
    package var conjugate: Fp12 { Fp12(c0, -c1) }

    package func inverse() -> Fp12 {
        let norm = (c0.squared() - c1.squared().timesNonResidue).inverse()
        return Fp12(c0 * norm, -(c1 * norm))
    }

    /// Times the value of a line, l0 + l1·v + l4·v·w with l4 in the base field.
    package func timesLine(_ l0: Fp2, _ l1: Fp2, _ l4: Fp) -> Fp12 {
        let p0 = c0.timesSparse(l0, l1)
        let p1 = c1.timesMiddle(l4)
        let cross = (c0 + c1).timesSparse(l0, Fp2(l1.c0 + l4, l1.c1))
        return Fp12(p0 + p1.timesNonResidue, cross - p0 - p1)
    }

    // MARK: Frobenius

    /// ξ^(k(p−1)/6), k = 1…5: the factor of wᵏ under x ↦ xᵖ.
    package static let frobeniusFactors: [Fp2] = {
        let first = Fp2(.one, .one).power([
            0x49aa_7fff_ffff_f1c7, 0x051c_aaaa_72e3_5555, 0xe688_231a_d3c8_2906,
            0xe613_e1eb_7deb_831f, 0x0c84_9bf3_b5e1_f223, 0x0455_82fc_5eea_a66f,
        ])
        var factors = [first]
        for _ in 1..<5 { factors.append(factors[factors.count - 1] * first) }
        return factors
    }()

    /// The p-power map.
    package func frobenius() -> Fp12 {
        let f = Fp12.frobeniusFactors
        return Fp12(
            Fp6(c0.c0.conjugate, c0.c1.conjugate * f[1], c0.c2.conjugate * f[3]),
            Fp6(c1.c0.conjugate * f[0], c1.c1.conjugate * f[2], c1.c2.conjugate * f[4]))
    }
}
