extension Fp {
    package static let squareRootExponent: [UInt64] = [
        0xee7f_bfff_ffff_eaab, 0x07aa_ffff_ac54_ffff, 0xd9cc_34a8_3dac_3d89,
        0xd91d_d2e1_3ce1_44af, 0x92c6_e9ed_90d2_eb35, 0x0680_447a_8e5f_f9a6,
    ]

    /// One of the two square roots; nil when there is none. The modulus is 3 mod 4, so the root is a power.
    package func squareRoot() -> Fp? {
        let root = power(Fp.squareRootExponent)
        return root.squared() == self ? root : nil
    }

    /// Whether the canonical integer is above (p − 1) / 2: the sign flag of the compressed encoding.
    package var isLexicographicallyLarger: Bool {
        let plain = canonical
        var borrow: UInt64 = 0
        // (p − 1) / 2 − value borrows exactly when the value is larger.
        _ = subtract(0xdcff_7fff_ffff_d555, plain.l0, &borrow)
        _ = subtract(0x0f55_ffff_58a9_ffff, plain.l1, &borrow)
        _ = subtract(0xb398_6950_7b58_7b12, plain.l2, &borrow)
        _ = subtract(0xb23b_a5c2_79c2_895f, plain.l3, &borrow)
        _ = subtract(0x258d_d3db_21a5_d66b, plain.l4, &borrow)
        _ = subtract(0x0d00_88f5_1cbf_f34d, plain.l5, &borrow)
        return borrow == 1
    }
}
