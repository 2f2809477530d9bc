/// Membership in the subgroup of order r by the curve's endomorphisms (Scott 2021, «A note on group membership
/// tests for G1, G2 and GT on BLS pairing-friendly curves»): two multiplications by the 64-bit parameter
/// instead of one by r.
extension AffinePoint where Field == Fp {
    /// The cube root of unity whose map (x, y) ↦ (βx, y) is multiplication by −x² on the subgroup.
    package static let endomorphismFactor: Fp = {
        let root = Fp.one.doubled.power([
            0x9354_ffff_ffff_e38e, 0x0a39_5554_e5c6_aaaa, 0xcd10_4635_a790_520c,
            0xcc27_c3d6_fbd7_063f, 0x1909_37e7_6bc3_e447, 0x08ab_05f8_bdd5_4cde,
        ])
        let generator = G1.generator
        let multiple = generator.timesParameterSquared
        return -multiple == G1(generator.x * root, generator.y) ? root : root.squared()
    }()

    private var timesParameterSquared: JacobianPoint<Fp> {
        JacobianPoint(self).times([Fp12.curveParameter]).times([Fp12.curveParameter])
    }

    /// For a point on the curve.
    package var isInSubgroup: Bool {
        isInfinity || -timesParameterSquared == G1(x * G1.endomorphismFactor, y)
    }

    package static let generator: G1 = {
        let bytes: [UInt8] = [
            0x97, 0xf1, 0xd3, 0xa7, 0x31, 0x97, 0xd7, 0x94, 0x26, 0x95, 0x63, 0x8c, 0x4f, 0xa9, 0xac, 0x0f,
            0xc3, 0x68, 0x8c, 0x4f, 0x97, 0x74, 0xb9, 0x05, 0xa1, 0x4e, 0x3a, 0x3f, 0x17, 0x1b, 0xac, 0x58,
            0x6c, 0x55, 0xe8, 0x3f, 0xf9, 0x7a, 0x1a, 0xef, 0xfb, 0x3a, 0xf0, 0x0a, 0xdb, 0x22, 0xc6, 0xbb,
        ]
        guard let point = try? G1(compressedOnCurve: bytes) else { preconditionFailure("generator of G1") }
        return point
    }()
}

extension AffinePoint where Field == Fp2 {
    /// ψ(P) = [x]P with ψ the untwisted, twisted Frobenius.
    package var isInSubgroup: Bool {
        if isInfinity { return true }
        let factors = Fp12.frobeniusFactors
        let image = G2(x.conjugate * factors[1].inverse(), y.conjugate * factors[2].inverse())
        return -JacobianPoint(self).times([Fp12.curveParameter]) == image
    }
}
