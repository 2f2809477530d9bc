public import Bytes

/// What `Fr` and `Fq` share: a prime field below 2^254 in Montgomery form.
///
/// `Comparable` orders by the integer in 0..<p. Binary form: 32 bytes, big-endian; a value ≥ p is refused
/// («note 01 §1»).
public protocol PrimeField: Hashable, Comparable, Sendable, BinaryCodable, ExpressibleByIntegerLiteral, CustomStringConvertible
where IntegerLiteralType == UInt64 {
    var montgomery: Limbs4 { get set }
    init(montgomery: Limbs4)

    static var modulus: Limbs4 { get }
    static var negatedInverse: UInt64 { get }
    static var radix: Limbs4 { get }
    static var radixSquared: Limbs4 { get }
    static var radixCubed: Limbs4 { get }
    static var twoAdicity: Int { get }
    static var halvedOddPart: Limbs4 { get }
    static var rootOfUnity: Self { get }

    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
}

extension PrimeField {
    @inlinable @inline(__always)
    public static var zero: Self { Self(montgomery: .zero) }

    @inlinable @inline(__always)
    public static var one: Self { Self(montgomery: radix) }

    /// The integer `value`, below p: precondition of the caller, not checked.
    @inlinable
    public init(unchecked value: Limbs4) {
        self.init(montgomery: montgomeryMultiply(value, Self.radixSquared, Self.modulus, Self.negatedInverse))
    }

    /// The integer `value`; nil when it is not below the modulus.
    @inlinable
    public init?(_ value: Limbs4) {
        guard value < Self.modulus else { return nil }
        self.init(unchecked: value)
    }

    @inlinable
    public init(_ value: UInt64) { self.init(unchecked: Limbs4(value, 0, 0, 0)) }

    @inlinable
    public init(_ value: some FixedWidthInteger & UnsignedInteger) {
        precondition(value.bitWidth <= 128, "wider integers need a reduction")
        let wide = UInt128(truncatingIfNeeded: value)
        self.init(unchecked: Limbs4(UInt64(truncatingIfNeeded: wide), UInt64(truncatingIfNeeded: wide >> 64), 0, 0))
    }

    @inlinable
    public init(_ value: Bool) { self = value ? .one : .zero }

    @inlinable
    public init(integerLiteral value: UInt64) { self.init(value) }

    /// The integer in 0..<p.
    @inlinable
    public var integer: Limbs4 { montgomeryReduce(montgomery, Self.modulus, Self.negatedInverse) }

    @inlinable @inline(__always)
    public var isZero: Bool { montgomery.isZero }

    /// The value when it fits 64 bits.
    @inlinable
    public var uint64: UInt64? {
        let value = integer
        return (value.l1 | value.l2 | value.l3) == 0 ? value.l0 : nil
    }

    /// The value when it fits 128 bits.
    @inlinable
    public var uint128: UInt128? {
        let value = integer
        return (value.l2 | value.l3) == 0 ? UInt128(value.l1) << 64 | UInt128(value.l0) : nil
    }

    @inlinable
    public static func < (a: Self, b: Self) -> Bool { a.integer < b.integer }

    @inlinable @inline(__always)
    public static prefix func - (x: Self) -> Self { .zero - x }

    @inlinable @inline(__always)
    public static func += (a: inout Self, b: Self) { a = a + b }

    @inlinable @inline(__always)
    public static func -= (a: inout Self, b: Self) { a = a - b }

    @inlinable @inline(__always)
    public static func *= (a: inout Self, b: Self) { a = a * b }

    @inlinable @inline(__always)
    public func squared() -> Self { self * self }

    @inlinable @inline(__always)
    public func doubled() -> Self { self + self }
}
