/// A 256-bit unsigned integer as four 64-bit limbs, least significant first. The storage of field elements.
@frozen
public struct Limbs4: Hashable, Sendable {
    public var l0, l1, l2, l3: UInt64

    @inlinable @inline(__always)
    public init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) {
        self.l0 = l0
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
    }

    @inlinable @inline(__always)
    public static var zero: Limbs4 { Limbs4(0, 0, 0, 0) }

    @inlinable @inline(__always)
    public var isZero: Bool { (l0 | l1 | l2 | l3) == 0 }

    /// Limb `index` in 0..<4.
    @inlinable
    public subscript(index: Int) -> UInt64 {
        switch index {
        case 0: l0
        case 1: l1
        case 2: l2
        default: l3
        }
    }

    /// Bit `index` in 0..<256.
    @inlinable
    public func bit(_ index: Int) -> Bool { self[index >> 6] >> UInt64(index & 63) & 1 == 1 }

    /// Index of the highest set bit plus one; 0 for zero.
    public var bitWidth: Int {
        for index in (0..<4).reversed() where self[index] != 0 { return 64 * index + 64 - self[index].leadingZeroBitCount }
        return 0
    }

    /// Halves of 128 bits: the compiler makes straight carry chains of their sums.
    @inlinable @inline(__always)
    var low: UInt128 { joined(l0, l1) }

    @inlinable @inline(__always)
    var high: UInt128 { joined(l2, l3) }

    @inlinable @inline(__always)
    init(low: UInt128, high: UInt128) {
        self.init(
            UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low >> 64),
            UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64))
    }

    /// Modulo 2^256.
    @inlinable @inline(__always)
    public func addingWrapping(_ other: Limbs4) -> Limbs4 {
        let (sum, carry) = low.addingReportingOverflow(other.low)
        return Limbs4(low: sum, high: high &+ other.high &+ (carry ? 1 : 0))
    }

    /// Modulo 2^256.
    @inlinable @inline(__always)
    public func subtractingWrapping(_ other: Limbs4) -> Limbs4 {
        let (difference, borrow) = low.subtractingReportingOverflow(other.low)
        return Limbs4(low: difference, high: high &- other.high &- (borrow ? 1 : 0))
    }

    @inlinable @inline(__always)
    public func subtractingReportingBorrow(_ other: Limbs4) -> (Limbs4, borrow: Bool) {
        let (lower, borrow) = low.subtractingReportingOverflow(other.low)
        let (upper, first) = high.subtractingReportingOverflow(other.high)
        let (result, second) = upper.subtractingReportingOverflow(borrow ? 1 : 0)
        return (Limbs4(low: lower, high: result), first || second)
    }

    @inlinable @inline(__always)
    public func addingReportingCarry(_ other: Limbs4) -> (Limbs4, carry: Bool) {
        let (lower, carry) = low.addingReportingOverflow(other.low)
        let (upper, first) = high.addingReportingOverflow(other.high)
        let (result, second) = upper.addingReportingOverflow(carry ? 1 : 0)
        return (Limbs4(low: lower, high: result), first || second)
    }

    @inlinable @inline(__always)
    public static func < (a: Limbs4, b: Limbs4) -> Bool { a.subtractingReportingBorrow(b).borrow }

    /// Logical shift right by `count` in 0..<64.
    @inlinable
    public func shiftedRight(_ count: UInt64) -> Limbs4 {
        guard count > 0 else { return self }
        let up = 64 - count
        return Limbs4(l0 >> count | l1 << up, l1 >> count | l2 << up, l2 >> count | l3 << up, l3 >> count)
    }
}

@inlinable @inline(__always)
func joined(_ low: UInt64, _ high: UInt64) -> UInt128 {
    UInt128(truncatingIfNeeded: high) << 64 | UInt128(truncatingIfNeeded: low)
}

/// `t + a·b + carry`: the low word; the high word replaces `carry`. Never overflows 128 bits.
@inlinable @inline(__always)
func multiplyAdd(_ t: UInt64, _ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let wide = UInt128(truncatingIfNeeded: a) &* UInt128(truncatingIfNeeded: b)
        &+ UInt128(truncatingIfNeeded: t) &+ UInt128(truncatingIfNeeded: carry)
    carry = UInt64(truncatingIfNeeded: wide >> 64)
    return UInt64(truncatingIfNeeded: wide)
}
