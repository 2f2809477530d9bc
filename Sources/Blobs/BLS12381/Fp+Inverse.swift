extension Fp {
    static let inverseExponent: [UInt64] = [
        0xb9fe_ffff_ffff_aaa9, 0x1eab_fffe_b153_ffff, 0x6730_d2a0_f6b0_f624,
        0x6477_4b84_f385_12bf, 0x4b1b_a7b6_434b_acd7, 0x1a01_11ea_397f_e69a,
    ]

    /// The inverse; zero for zero.
    func inverse() -> Fp { power(Fp.inverseExponent) }
}

extension BLSScalar {
    static let inverseExponent: [UInt64] = [
        0xffff_fffe_ffff_ffff, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48,
    ]

    /// The inverse; zero for zero.
    func inverse() -> BLSScalar { power(BLSScalar.inverseExponent) }
}
