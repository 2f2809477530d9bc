/// Montgomery arithmetic on four limbs for a modulus `m` below 2^254, radix 2^256. All inputs and results are
/// below `m`. The top limb of `m` leaves two bits free, so no word of carry leaves the fourth limb and the
/// product and reduction rows can be interleaved without a fifth accumulator.
@inlinable @inline(__always)
func montgomeryMultiply(_ a: Limbs4, _ b: Limbs4, _ m: Limbs4, _ negatedInverse: UInt64) -> Limbs4 {
    reduceOnce(montgomeryMultiplyLazily(a, b, m, negatedInverse), m)
}

/// The product without the last subtraction: below `(A·B/5.28 + 1)·m` for `a < A·m` and `b < B·m`, where
/// `a + m < 2^256`, that is A up to 4.28.
@inlinable @inline(__always)
public func montgomeryMultiplyLazily(_ a: Limbs4, _ b: Limbs4, _ m: Limbs4, _ negatedInverse: UInt64) -> Limbs4 {
    var t = Limbs4.zero
    montgomeryRow(&t, a, b.l0, m, negatedInverse)
    montgomeryRow(&t, a, b.l1, m, negatedInverse)
    montgomeryRow(&t, a, b.l2, m, negatedInverse)
    montgomeryRow(&t, a, b.l3, m, negatedInverse)
    return t
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

/// `a·2^-256 mod m`: leaves the Montgomery form. Below m by itself for a below m.
@inlinable @inline(__always)
func montgomeryReduce(_ a: Limbs4, _ m: Limbs4, _ negatedInverse: UInt64) -> Limbs4 {
    var t = a
    for _ in 0..<4 {
        let k = t.l0 &* negatedInverse
        var carry: UInt64 = 0
        _ = multiplyAdd(t.l0, k, m.l0, &carry)
        t.l0 = multiplyAdd(t.l1, k, m.l1, &carry)
        t.l1 = multiplyAdd(t.l2, k, m.l2, &carry)
        t.l2 = multiplyAdd(t.l3, k, m.l3, &carry)
        t.l3 = carry
    }
    return t
}

/// `a − m` if that is not negative, else `a`; both below 2^255 + m. Without a branch, since which way it goes is
/// random in field arithmetic: the sign bit of the difference is spread to a mask.
@inlinable @inline(__always)
public func reduceOnce(_ a: Limbs4, _ m: Limbs4) -> Limbs4 { addIfNegative(a.subtractingWrapping(m), m) }

/// `d + m` if the sign bit of `d` is set, else `d`.
@inlinable @inline(__always)
func addIfNegative(_ d: Limbs4, _ m: Limbs4) -> Limbs4 {
    let mask = UInt64(bitPattern: Int64(bitPattern: d.l3) >> 63)
    return d.addingWrapping(Limbs4(m.l0 & mask, m.l1 & mask, m.l2 & mask, m.l3 & mask))
}

@inlinable @inline(__always)
func modularAdd(_ a: Limbs4, _ b: Limbs4, _ m: Limbs4) -> Limbs4 { reduceOnce(a.addingWrapping(b), m) }

@inlinable @inline(__always)
func modularSubtract(_ a: Limbs4, _ b: Limbs4, _ m: Limbs4) -> Limbs4 { addIfNegative(a.subtractingWrapping(b), m) }
