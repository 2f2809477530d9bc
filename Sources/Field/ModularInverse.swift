/// Modular inverse by the binary greatest common divisor (Stein), with the steps worked out on approximations and
/// applied to the whole numbers 62 halvings at a time (Lehmer's idea; Pornin, "Optimized Binary GCD for Modular
/// Inversion", 2020). Variable time.
///
/// `x` in 1..<m for an odd prime `m` below 2^254. Returns `x^-1 · 2^512 mod m`: what a Montgomery form needs.
func inverseTimesRadixSquared(_ x: Limbs4, _ m: Limbs4, _ negatedInverse: UInt64, radixCubed: Limbs4) -> Limbs4 {
    var a = x
    var b = m
    // Modulo m, with k batches done: ±a · 2^62k = e · x · 2^(64(k - 1)) and ±b likewise with d. Both below 1.5m.
    let twice = m.addingWrapping(m)
    var step = HalvingSteps(a, b)
    var (nextA, negatesA) = combined(step.u, a, step.v, b)
    var (nextB, negatesB) = combined(step.r, b, step.q, a)
    // The first batch starts from e = 1, d = 0.
    var e = Limbs4(step.u, 0, 0, 0)
    if negatesA { e = twice.subtractingWrapping(e) }
    var d = Limbs4(step.q, 0, 0, 0)
    if !negatesB { d = twice.subtractingWrapping(d) }
    var batches: UInt64 = 1
    while !nextA.isZero {
        (a, b) = (nextA, nextB)
        step = HalvingSteps(a, b)
        (nextA, negatesA) = combined(step.u, a, step.v, b)
        (nextB, negatesB) = combined(step.r, b, step.q, a)
        let minusD = twice.subtractingWrapping(d)
        let minusE = twice.subtractingWrapping(e)
        let newD = weighted(step.r, negatesB ? minusD : d, step.q, negatesB ? e : minusE, m, negatedInverse)
        if !nextA.isZero { e = weighted(step.u, negatesA ? minusE : e, step.v, negatesA ? d : minusD, m, negatedInverse) }
        d = newD
        batches += 1
    }
    // b is 1, so x^-1 = d · 2^(64(k - 1) - 62k). The number of batches is far below 32.
    var result = Limbs4.zero
    montgomeryRow(&result, d, 1 &<< (2 * batches), m, negatedInverse)
    return montgomeryMultiply(reduceOnce(result, m), radixCubed, m, negatedInverse)
}

/// |u·a − v·b| / 2^62, which is exact, and whether the difference was negative.
@inline(__always)
private func combined(_ u: UInt64, _ a: Limbs4, _ v: UInt64, _ b: Limbs4) -> (Limbs4, Bool) {
    var top: UInt64 = 0
    let p0 = multiplyAdd(0, a.l0, u, &top)
    let p1 = multiplyAdd(0, a.l1, u, &top)
    let p2 = multiplyAdd(0, a.l2, u, &top)
    let p3 = multiplyAdd(0, a.l3, u, &top)
    var other: UInt64 = 0
    let q0 = multiplyAdd(0, b.l0, v, &other)
    let q1 = multiplyAdd(0, b.l1, v, &other)
    let q2 = multiplyAdd(0, b.l2, v, &other)
    let q3 = multiplyAdd(0, b.l3, v, &other)
    let (difference, borrow) = Limbs4(p0, p1, p2, p3).subtractingReportingBorrow(Limbs4(q0, q1, q2, q3))
    let last = top &- other &- (borrow ? 1 : 0)
    // Both products are below 2^316: a set top bit is the sign. Negation is complement plus one.
    let sign = UInt64(bitPattern: Int64(bitPattern: last) >> 63)
    let (s0, s1, s2, s3, s4) = (difference.l0 ^ sign, difference.l1 ^ sign, difference.l2 ^ sign, difference.l3 ^ sign, last ^ sign)
    // The low 62 bits are zero, of the complement all ones: the one goes in after the shift.
    let shifted = Limbs4(s0 &>> 62 | s1 &<< 2, s1 &>> 62 | s2 &<< 2, s2 &>> 62 | s3 &<< 2, s3 &>> 62 | s4 &<< 2)
    return (shifted.addingWrapping(Limbs4(sign & 1, 0, 0, 0)), sign != 0)
}

/// (u·d + v·e) / 2^64 modulo m, below 1.5m for d and e up to 2m and u + v up to 2^62.
@inline(__always)
private func weighted(_ u: UInt64, _ d: Limbs4, _ v: UInt64, _ e: Limbs4, _ m: Limbs4, _ negatedInverse: UInt64) -> Limbs4 {
    var carry: UInt64 = 0
    let p0 = multiplyAdd(0, d.l0, u, &carry)
    let p1 = multiplyAdd(0, d.l1, u, &carry)
    let p2 = multiplyAdd(0, d.l2, u, &carry)
    let p3 = multiplyAdd(0, d.l3, u, &carry)
    var second: UInt64 = 0
    let t0 = multiplyAdd(p0, e.l0, v, &second)
    let t1 = multiplyAdd(p1, e.l1, v, &second)
    let t2 = multiplyAdd(p2, e.l2, v, &second)
    let t3 = multiplyAdd(p3, e.l3, v, &second)
    let k = t0 &* negatedInverse
    var reduction: UInt64 = 0
    _ = multiplyAdd(t0, k, m.l0, &reduction)
    let r0 = multiplyAdd(t1, k, m.l1, &reduction)
    let r1 = multiplyAdd(t2, k, m.l2, &reduction)
    let r2 = multiplyAdd(t3, k, m.l3, &reduction)
    return Limbs4(r0, r1, r2, carry &+ second &+ reduction)
}

/// 62 halvings of the pair (a, b), b odd, as a matrix: 2^62·a' = ±(u·a − v·b), 2^62·b' = ±(r·b − q·a), all four up
/// to 2^62. Each step subtracts the smaller from the larger and halves the even difference, as the top 63
/// and the bottom 64 bits of both tell. The bottom is exact. A comparison that the top gets wrong makes a difference
/// of the wrong sign, but only where a and b differ by less than some 2^-56 of the larger one at the start: every
/// batch takes some 50 bits off a·b in either case, and a becomes zero after a dozen batches at most.
private struct HalvingSteps {
    var u: UInt64 = 1
    var v: UInt64 = 0
    var q: UInt64 = 0
    var r: UInt64 = 1

    @inline(__always)
    init(_ a: Limbs4, _ b: Limbs4) {
        var (topA, topB) = Self.tops(a, b)
        var lowA = a.l0
        var lowB = b.l0
        // All halvings up to the next one in a row; bit `left` is where this batch ends.
        var left: UInt64 = 62
        var zeros = UInt64((lowA | 1 &<< left).trailingZeroBitCount)
        while true {
            lowA &>>= zeros
            topA &>>= zeros
            q &<<= zeros
            r &<<= zeros
            left &-= zeros
            if left == 0 { break }
            // No branch on which is larger: that is random. All ones for an exchange.
            var top = topA &- topB
            let exchange = UInt64(bitPattern: Int64(bitPattern: top) &>> 63)
            let difference = lowA &- lowB
            zeros = UInt64((difference | 1 &<< left).trailingZeroBitCount)
            lowB = lowB &+ (difference & exchange)
            lowA = (difference ^ exchange) &- exchange
            topB = topB &+ (top & exchange)
            top ^= exchange
            topA = top &- exchange
            // The signs of u and v, of q and r, and of the rows are always opposite: magnitudes add.
            let sumU = u &+ q
            let sumV = v &+ r
            q = q &+ ((u &- q) & exchange)
            r = r &+ ((v &- r) & exchange)
            u = sumU
            v = sumV
        }
    }

    /// The 63 bits of each from the highest bit set in either.
    @inline(__always)
    private static func tops(_ a: Limbs4, _ b: Limbs4) -> (UInt64, UInt64) {
        let upper = a.l3 | b.l3
        if upper != 0 { return (joined(a.l3, a.l2, upper), joined(b.l3, b.l2, upper)) }
        let third = a.l2 | b.l2
        if third != 0 { return (joined(a.l2, a.l1, third), joined(b.l2, b.l1, third)) }
        let second = a.l1 | b.l1
        if second != 0 { return (joined(a.l1, a.l0, second), joined(b.l1, b.l0, second)) }
        return (a.l0 &>> 1, b.l0 &>> 1)
    }

    @inline(__always)
    private static func joined(_ high: UInt64, _ low: UInt64, _ both: UInt64) -> UInt64 {
        let zeros = UInt64(both.leadingZeroBitCount)
        return (high &<< zeros | (low &>> 1) &>> (63 &- zeros)) &>> 1
    }
}
