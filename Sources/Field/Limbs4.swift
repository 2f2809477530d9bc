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

    @inlinable @inline(__always)
    public func subtractingReportingBorrow(_ other: Limbs4) -> (Limbs4, borrow: Bool) {
        var borrow: UInt64 = 0
        let r0 = subtractWithBorrow(l0, other.l0, &borrow)
        let r1 = subtractWithBorrow(l1, other.l1, &borrow)
        let r2 = subtractWithBorrow(l2, other.l2, &borrow)
        let r3 = subtractWithBorrow(l3, other.l3, &borrow)
        return (Limbs4(r0, r1, r2, r3), borrow != 0)
    }

    @inlinable @inline(__always)
    public func addingReportingCarry(_ other: Limbs4) -> (Limbs4, carry: Bool) {
        var carry: UInt64 = 0
        let r0 = addWithCarry(l0, other.l0, &carry)
        let r1 = addWithCarry(l1, other.l1, &carry)
        let r2 = addWithCarry(l2, other.l2, &carry)
        let r3 = addWithCarry(l3, other.l3, &carry)
        return (Limbs4(r0, r1, r2, r3), carry != 0)
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

// MARK: - Carries. `carry` and `borrow` are 0 or 1.

@inlinable @inline(__always)
func addWithCarry(_ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let (s, c1) = a.addingReportingOverflow(b)
    let (r, c2) = s.addingReportingOverflow(carry)
    carry = (c1 ? 1 : 0) | (c2 ? 1 : 0)
    return r
}

@inlinable @inline(__always)
func subtractWithBorrow(_ a: UInt64, _ b: UInt64, _ borrow: inout UInt64) -> UInt64 {
    let (s, b1) = a.subtractingReportingOverflow(b)
    let (r, b2) = s.subtractingReportingOverflow(borrow)
    borrow = (b1 ? 1 : 0) | (b2 ? 1 : 0)
    return r
}

/// `t + a·b + carry`: the low word; the high word replaces `carry`. Never overflows 128 bits.
@inlinable @inline(__always)
func multiplyAdd(_ t: UInt64, _ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let wide = UInt128(truncatingIfNeeded: a) &* UInt128(truncatingIfNeeded: b)
        &+ UInt128(truncatingIfNeeded: t) &+ UInt128(truncatingIfNeeded: carry)
    carry = UInt64(truncatingIfNeeded: wide >> 64)
    return UInt64(truncatingIfNeeded: wide)
}
