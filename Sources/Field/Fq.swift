/// An element of BN254's base field: the scalars of Grumpkin («note 01 §1»). Same representation as `Fr`.
@frozen
public struct Fq: PrimeField {
    /// `value · 2^256 mod p`.
    public var montgomery: Limbs4

    @inlinable @inline(__always)
    public init(montgomery: Limbs4) { self.montgomery = montgomery }

    @inlinable @inline(__always)
    public static var modulus: Limbs4 {
        Limbs4(0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029)
    }
    @inlinable @inline(__always)
    public static var negatedInverse: UInt64 { 0x87d20782e4866389 }
    /// 2^256 mod p: the number one.
    @inlinable @inline(__always)
    public static var radix: Limbs4 {
        Limbs4(0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f)
    }
    /// 2^512 mod p: carries a number into Montgomery form.
    @inlinable @inline(__always)
    public static var radixSquared: Limbs4 {
        Limbs4(0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6, 0x06d89f71cab8351f)
    }
    /// 2^768 mod p: what an inversion ends with.
    @inlinable @inline(__always)
    public static var radixCubed: Limbs4 {
        Limbs4(0xb1cd6dafda1530df, 0x62f210e6a7283db6, 0xef7f0b0c0ada0afb, 0x20fd6e902d592544)
    }

    /// `p − 1 = 2^twoAdicity · oddPart`.
    public static var twoAdicity: Int { 1 }
    /// (oddPart − 1) / 2.
    public static var halvedOddPart: Limbs4 {
        Limbs4(0x4f082305b61f3f51, 0x65e05aa45a1c72a3, 0x6e14116da0605617, 0x0c19139cb84c680a)
    }
    /// 3^oddPart, a generator of the 2^twoAdicity-th roots of unity, in Montgomery form.
    public static var rootOfUnity: Fq {
        Fq(montgomery: Limbs4(0x68c3488912edefaa, 0x8d087f6872aabf4f, 0x51e1a24709081231, 0x2259d6b14729c0fa))
    }

    @inlinable @inline(__always)
    public static func + (a: Fq, b: Fq) -> Fq { Fq(montgomery: modularAdd(a.montgomery, b.montgomery, modulus)) }

    @inlinable @inline(__always)
    public static func - (a: Fq, b: Fq) -> Fq { Fq(montgomery: modularSubtract(a.montgomery, b.montgomery, modulus)) }

    @inlinable
    public static func * (a: Fq, b: Fq) -> Fq {
        Fq(montgomery: montgomeryMultiply(a.montgomery, b.montgomery, modulus, negatedInverse))
    }
}
