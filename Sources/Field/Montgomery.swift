/// Montgomery arithmetic on four limbs for a modulus `m` below 2^254, radix 2^256. All inputs and results are
/// below `m`. The top limb of `m` leaves two bits free, so no word of carry leaves the fourth limb and the
/// product and reduction rows can be interleaved without a fifth accumulator.
@inlinable @inline(__always)
func montgomeryMultiply(_ a: Limbs4, _ b: Limbs4, _ m: Limbs4, _ negatedInverse: UInt64) -> Limbs4 {
    var t = Limbs4.zero
    montgomeryRow(&t, a, b.l0, m, negatedInverse)
    montgomeryRow(&t, a, b.l1, m, negatedInverse)
    montgomeryRow(&t, a, b.l2, m, negatedInverse)
    montgomeryRow(&t, a, b.l3, m, negatedInverse)
    return reduceOnce(t, m)
}

/// `t := (t + a·word + k·m) / 2^64` with the `k` that makes the division exact.
@inlinable @inline(__always)
func montgomeryRow(_ t: inout Limbs4, _ a: Limbs4, _ word: UInt64, _ m: Limbs4, _ negatedInverse: UInt64) {
    var product: UInt64 = 0
    let t0 = multiplyAdd(t.l0, a.l0, word, &product)
    let k = t0 &* negatedInverse
    var reduction: UInt64 = 0
    _ = multiplyAdd(t0, k, m.l0, &reduction)
    let t1 = multiplyAdd(t.l1, a.l1, word, &product)
    t.l0 = multiplyAdd(t1, k, m.l1, &reduction)
    let t2 = multiplyAdd(t.l2, a.l2, word, &product)
    t.l1 = multiplyAdd(t2, k, m.l2, &reduction)
    let t3 = multiplyAdd(t.l3, a.l3, word, &product)
    t.l2 = multiplyAdd(t3, k, m.l3, &reduction)
    t.l3 = reduction &+ product
}

/// `a·2^-256 mod m`: leaves the Montgomery form.
@inlinable @inline(__always)
func montgomeryReduce(_ a: Limbs4, _ m: Limbs4, _ negatedInverse: UInt64) -> Limbs4 {
    montgomeryMultiply(a, Limbs4(1, 0, 0, 0), m, negatedInverse)
}

/// `a − m` if that is not negative, else `a`; for `a` below `2m`.
@inlinable @inline(__always)
func reduceOnce(_ a: Limbs4, _ m: Limbs4) -> Limbs4 {
    let (difference, borrow) = a.subtractingReportingBorrow(m)
    return select(borrow, a, difference)
}

/// `condition ? a : b` without a branch: which way it goes is random in field arithmetic.
@inlinable @inline(__always)
func select(_ condition: Bool, _ a: Limbs4, _ b: Limbs4) -> Limbs4 {
    let mask: UInt64 = 0 &- (condition ? 1 : 0)
    return Limbs4(
        b.l0 ^ (mask & (a.l0 ^ b.l0)), b.l1 ^ (mask & (a.l1 ^ b.l1)),
        b.l2 ^ (mask & (a.l2 ^ b.l2)), b.l3 ^ (mask & (a.l3 ^ b.l3)))
}

@inlinable @inline(__always)
func modularAdd(_ a: Limbs4, _ b: Limbs4, _ m: Limbs4) -> Limbs4 {
    reduceOnce(a.addingReportingCarry(b).0, m)
}

@inlinable @inline(__always)
func modularSubtract(_ a: Limbs4, _ b: Limbs4, _ m: Limbs4) -> Limbs4 {
    let (difference, borrow) = a.subtractingReportingBorrow(b)
    let correction = select(borrow, m, .zero)
    return difference.addingReportingCarry(correction).0
}
