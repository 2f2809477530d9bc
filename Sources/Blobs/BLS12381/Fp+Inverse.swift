/// Modular inverse by division steps (Bernstein, Yang 2019), variable time: nothing here is secret. Sixty-two
/// steps at a time are worked out on the low words alone and then applied to the whole numbers.
extension Fp {
    /// The inverse; zero for zero.
    package func inverse() -> Fp {
        if isZero { return .zero }
        var f = SignedMagnitude(Fp.modulus), g = SignedMagnitude(self)
        var steps = DivisionSteps()
        // Invariants modulo p, with k batches done: d·self = f·4⁻ᵏ, e·self = g·4⁻ᵏ (words as plain integers).
        var d = Fp.zero, e = Fp(1, 0, 0, 0, 0, 0)
        var batches = 0
        while !g.magnitude.isZero {
            let t = steps.batch(f.lowWord, g.lowWord)
            (f, g) = (SignedMagnitude.combined(t.u, f, t.v, g), SignedMagnitude.combined(t.q, f, t.r, g))
            (d, e) = (Fp.combined(t.u, d, t.v, e), Fp.combined(t.q, d, t.r, e))
            batches += 1
        }
        // f is ±1. The words of self are a·2³⁸⁴, those wanted a⁻¹·2³⁸⁴.
        return (f.isNegative ? -d : d) * Fp.inversionCorrection(batches)
    }

    /// 4ᵏ·2^(3·384) as a plain integer: one Montgomery product with it makes 4ᵏ·2^(2·384).
    private static func inversionCorrection(_ batches: Int) -> Fp {
        batches < inversionCorrections.count ? inversionCorrections[batches] : inversionCorrections[0] * Fp.one.doubled.doubled.power([UInt64(batches)])
    }

    private static let inversionCorrections: [Fp] = {
        var table = [Fp.squaredRadix * Fp.squaredRadix]
        for _ in 0..<24 { table.append(table[table.count - 1].doubled.doubled) }
        return table
    }()

    /// (u·d + v·e) / 2⁶⁴ modulo p, for |u| + |v| ≤ 2⁶².
    @inline(__always) private static func combined(_ u: Int64, _ d: Fp, _ v: Int64, _ e: Fp) -> Fp {
        let a = u < 0 ? -d : d, b = v < 0 ? -e : e
        let m = u.magnitude, n = v.magnitude
        var carry: UInt64 = 0, second: UInt64 = 0, fold: UInt64 = 0
        var t0 = multiplyAdd(0, a.l0, m, &carry)
        t0 = multiplyAdd(t0, b.l0, n, &second)
        let k = t0 &* Fp.negatedInverse
        _ = multiplyAdd(t0, k, Fp.modulus.l0, &fold)
        let r0 = multiplyAdd(multiplyAdd(multiplyAdd(0, a.l1, m, &carry), b.l1, n, &second), k, Fp.modulus.l1, &fold)
        let r1 = multiplyAdd(multiplyAdd(multiplyAdd(0, a.l2, m, &carry), b.l2, n, &second), k, Fp.modulus.l2, &fold)
        let r2 = multiplyAdd(multiplyAdd(multiplyAdd(0, a.l3, m, &carry), b.l3, n, &second), k, Fp.modulus.l3, &fold)
        let r3 = multiplyAdd(multiplyAdd(multiplyAdd(0, a.l4, m, &carry), b.l4, n, &second), k, Fp.modulus.l4, &fold)
        let r4 = multiplyAdd(multiplyAdd(multiplyAdd(0, a.l5, m, &carry), b.l5, n, &second), k, Fp.modulus.l5, &fold)
        return Fp(r0, r1, r2, r3, r4, carry &+ second &+ fold).reducedOnce
    }
}

/// An integer below 2³⁸⁴ with a sign.
private struct SignedMagnitude {
    var magnitude: Fp
    var isNegative = false

    init(_ magnitude: Fp, isNegative: Bool = false) {
        self.magnitude = magnitude
        self.isNegative = isNegative
    }

    /// The low 64 bits in two's complement.
    @inline(__always) var lowWord: UInt64 { isNegative ? 0 &- magnitude.l0 : magnitude.l0 }

    /// (u·f + v·g) / 2⁶², which is exact.
    @inline(__always) static func combined(_ u: Int64, _ f: SignedMagnitude, _ v: Int64, _ g: SignedMagnitude) -> SignedMagnitude {
        let aNegative = (u < 0) != f.isNegative, bNegative = (v < 0) != g.isNegative
        let m = u.magnitude, n = v.magnitude
        let a = f.magnitude, b = g.magnitude
        var carry: UInt64 = 0, second: UInt64 = 0
        let a0 = multiplyAdd(0, a.l0, m, &carry), a1 = multiplyAdd(0, a.l1, m, &carry), a2 = multiplyAdd(0, a.l2, m, &carry)
        let a3 = multiplyAdd(0, a.l3, m, &carry), a4 = multiplyAdd(0, a.l4, m, &carry), a5 = multiplyAdd(0, a.l5, m, &carry)
        let b0 = multiplyAdd(0, b.l0, n, &second), b1 = multiplyAdd(0, b.l1, n, &second), b2 = multiplyAdd(0, b.l2, n, &second)
        let b3 = multiplyAdd(0, b.l3, n, &second), b4 = multiplyAdd(0, b.l4, n, &second), b5 = multiplyAdd(0, b.l5, n, &second)
        // The second with the first's sign: added when the signs agree, else subtracted.
        let flip: UInt64 = aNegative == bNegative ? 0 : .max
        var c: UInt64 = flip & 1
        var s0 = add(a0, b0 ^ flip, &c), s1 = add(a1, b1 ^ flip, &c), s2 = add(a2, b2 ^ flip, &c), s3 = add(a3, b3 ^ flip, &c)
        var s4 = add(a4, b4 ^ flip, &c), s5 = add(a5, b5 ^ flip, &c), s6 = add(carry, second ^ flip, &c)
        var negative = aNegative
        if s6 >> 63 == 1 {
            // Both products are below 2⁴⁴⁷, so a set top bit is a sign.
            negative.toggle()
            c = 1
            s0 = add(~s0, 0, &c)
            s1 = add(~s1, 0, &c)
            s2 = add(~s2, 0, &c)
            s3 = add(~s3, 0, &c)
            s4 = add(~s4, 0, &c)
            s5 = add(~s5, 0, &c)
            s6 = add(~s6, 0, &c)
        }
        return SignedMagnitude(
            Fp(s0 >> 62 | s1 << 2, s1 >> 62 | s2 << 2, s2 >> 62 | s3 << 2, s3 >> 62 | s4 << 2, s4 >> 62 | s5 << 2, s5 >> 62 | s6 << 2),
            isNegative: negative)
    }
}

/// Sixty-two division steps as a matrix: 2⁶²·(f′, g′) = ((u, v), (q, r))·(f, g).
struct DivisionSteps {
    /// Minus the δ of the paper.
    private var eta: Int64 = -1

    /// f is odd; both are low words in two's complement.
    mutating func batch(_ f: UInt64, _ g: UInt64) -> (u: Int64, v: Int64, q: Int64, r: Int64) {
        var f = f, g = g
        var u: UInt64 = 1, v: UInt64 = 0, q: UInt64 = 0, r: UInt64 = 1
        var left: Int64 = 62
        while true {
            // Halve g while it is even: those steps only double the first row.
            let zeros = Int64((g | UInt64.max << UInt64(left)).trailingZeroBitCount)
            g >>= UInt64(zeros)
            u <<= UInt64(zeros)
            v <<= UInt64(zeros)
            eta -= zeros
            left -= zeros
            if left == 0 { break }
            if eta < 0 {
                (f, g) = (g, 0 &- f)
                (u, q) = (q, 0 &- u)
                (v, r) = (r, 0 &- v)
                eta = -eta
            }
            // Until the next exchange, at most eta + 1 steps away, f stays: add the multiple of it that clears as
            // many low bits of g. x·(2 − f·x) with x = f inverts odd f modulo 64.
            let bits = UInt64(min(eta + 1, left, 6))
            let multiple = (0 &- g &* f &* (2 &- f &* f)) & (1 << bits &- 1)
            g = g &+ f &* multiple
            q = q &+ u &* multiple
            r = r &+ v &* multiple
        }
        return (Int64(bitPattern: u), Int64(bitPattern: v), Int64(bitPattern: q), Int64(bitPattern: r))
    }
}

extension BLSScalar {
    static let inverseExponent: [UInt64] = [
        0xffff_fffe_ffff_ffff, 0x53bd_a402_fffe_5bfe, 0x3339_d808_09a1_d805, 0x73ed_a753_299d_7d48,
    ]

    /// The inverse; zero for zero.
    package func inverse() -> BLSScalar { power(BLSScalar.inverseExponent) }
}
