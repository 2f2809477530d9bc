/// An element of BN254's scalar field, the field of the protocol («note 01 §1»), kept in Montgomery form with
/// radix 2^256 and always fully reduced, so equality and hashing are those of the four limbs.
@frozen
public struct Fr: PrimeField {
    /// `value · 2^256 mod p`.
    public var montgomery: Limbs4

    @inlinable @inline(__always)
    public init(montgomery: Limbs4) { self.montgomery = montgomery }

    @inlinable @inline(__always)
    public static var modulus: Limbs4 {
        Limbs4(0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029)
    }
    @inlinable @inline(__always)
    public static var negatedInverse: UInt64 { 0xc2e1f593efffffff }
    /// 2^256 mod p: the number one.
    @inlinable @inline(__always)
    public static var radix: Limbs4 {
        Limbs4(0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e, 0x0e0a77c19a07df2f)
    }
    /// 2^512 mod p: carries a number into Montgomery form.
    @inlinable @inline(__always)
    public static var radixSquared: Limbs4 {
        Limbs4(0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085, 0x0216d0b17f4e44a5)
    }
    /// 2^768 mod p: what an inversion ends with.
    @inlinable @inline(__always)
    public static var radixCubed: Limbs4 {
        Limbs4(0x5e94d8e1b4bf0040, 0x2a489cbe1cfbb6b8, 0x893cc664a19fcfed, 0x0cf8594b7fcc657c)
    }

    /// `p − 1 = 2^twoAdicity · oddPart`.
    public static var twoAdicity: Int { 28 }
    /// (oddPart − 1) / 2.
    public static var halvedOddPart: Limbs4 {
        Limbs4(0xcdcb848a1f0fac9f, 0x0c0ac2e9419f4243, 0x098d014dc2822db4, 0x0000000183227397)
    }
    /// 5^oddPart, a generator of the 2^twoAdicity-th roots of unity, in Montgomery form.
    public static var rootOfUnity: Fr {
        Fr(montgomery: Limbs4(0x636e735580d13d9c, 0xa22bf3742445ffd6, 0x56452ac01eb203d8, 0x1860ef942963f9e7))
    }

    @inlinable @inline(__always)
    public static func + (a: Fr, b: Fr) -> Fr { Fr(montgomery: modularAdd(a.montgomery, b.montgomery, modulus)) }

    @inlinable @inline(__always)
    public static func - (a: Fr, b: Fr) -> Fr { Fr(montgomery: modularSubtract(a.montgomery, b.montgomery, modulus)) }

    @inlinable
    public static func * (a: Fr, b: Fr) -> Fr {
        Fr(montgomery: montgomeryMultiply(a.montgomery, b.montgomery, modulus, negatedInverse))
    }
}
