import Field

/// Constants of the eight-lane permutation (poseidon2_lanes.h, where its partial rounds are explained), in Montgomery form
/// with radix 2^260 and limbs of 52 bits.
enum Poseidon2LaneTables {
    /// In the order of `fv_poseidon2_tables`. What follows the round constants are factors.
    static func words(factorsAreDoubles: Bool) -> [UInt64] {
        let full = Poseidon2Tables.elements(Poseidon2Constants.full)
        let diagonal = Poseidon2Tables.elements(Poseidon2Constants.internalDiagonal)
        let d = Array(diagonal[1...])
        let share = 2 * inverse(diagonal[0] + 1)
        // (D₀ + 1)/2 is a fourth power: of its square roots, which differ by a square, both have roots.
        guard let scale = inverse(share).squareRoot()?.squareRoot() else { preconditionFailure("a constant that is a fourth power") }
        let unscale = inverse(scale)

        let inverses = d.map(inverse)
        let e1 = d[0] + d[1] + d[2]
        let e2 = d[0] * d[1] + d[0] * d[2] + d[1] * d[2]
        let e3 = d[0] * d[1] * d[2]

        // Had v been zero in the last two rounds: elements whose sum is m - e1·v', whose sum over D is a - v', and over D²
        // y'. Which elements, by Lagrange's polynomials in 1/D. Then v comes back: D·v' + v.
        let leave = (0..<3).map { i -> [Fr] in
            let (p, q) = (inverses[(i + 1) % 3], inverses[(i + 2) % 3])
            let factor = inverse((inverses[i] - p) * (inverses[i] - q))
            let (ofSum, ofOnce, ofTwice) = (p * q * factor, -(p + q) * factor, factor)
            return [ofSum, ofOnce, ofTwice, d[i] - ofSum * e1 - ofOnce, 1].map { $0 * unscale }
        }

        let constants = full[..<16] + Poseidon2Tables.elements(Poseidon2Constants.partial).map { $0 * scale } + full[16...]
        let factors = [scale, unscale] + inverses.map { $0 * scale } + inverses.map { $0 * $0 * scale }
            + [e1, -e2, e3, share] + leave.flatMap { $0 }
        let factorWords = factors.flatMap(limbs)
        return constants.flatMap(limbs) + (factorsAreDoubles ? factorWords.map { Double($0).bitPattern } : factorWords)
    }

    /// The Montgomery form with radix 2^260 of x is that with radix 2^256 of 16x.
    private static func limbs(_ x: Fr) -> [UInt64] { limbs52(x * 16) }

    /// Five 52-bit limbs of the Montgomery form.
    static func limbs52(_ x: Fr) -> [UInt64] {
        let m = x.montgomery
        let mask: UInt64 = 0xf_ffff_ffff_ffff
        return [
            m.l0 & mask, (m.l0 >> 52 | m.l1 << 12) & mask, (m.l1 >> 40 | m.l2 << 24) & mask,
            (m.l2 >> 28 | m.l3 << 36) & mask, m.l3 >> 16,
        ]
    }

    private static func inverse(_ x: Fr) -> Fr {
        guard let inverse = x.inverse() else { preconditionFailure("no constant here is zero") }
        return inverse
    }
}
