public import Field

extension BLSScalar {
    /// A BN254 field as a scalar of BLS12-381, whose modulus is larger.
    public init(_ field: Fr) {
        let limbs = field.integer
        self = BLSScalar(limbs.l0, limbs.l1, limbs.l2, limbs.l3).montgomery
    }

    /// 32 big-endian bytes modulo the scalar field's modulus (EIP-4844 `hash_to_bls_field`).
    package init(reducing bytes: [UInt8]) {
        // 2²⁵⁶ is less than three moduli.
        self = BLSScalar(wordsOf: bytes).reducedOnce.reducedOnce.montgomery
    }
}
