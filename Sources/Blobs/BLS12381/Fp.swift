/// Base field of BLS12-381, six 64-bit words in Montgomery form (radix 2³⁸⁴).
package struct Fp: Hashable, Sendable {
    package var l0, l1, l2, l3, l4, l5: UInt64

    @inline(__always) package init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64, _ l4: UInt64, _ l5: UInt64) {
        self.l0 = l0
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
        self.l4 = l4
        self.l5 = l5
    }

    package static let words = 6
    package static var modulus: Fp {
        @inline(__always) get { Fp(0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624, 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a) }
    }
    /// −modulus⁻¹ mod 2⁶⁴.
    package static var negatedInverse: UInt64 {
        @inline(__always) get { 0x89f3_fffc_fffc_fffd }
    }
    package static var zero: Fp { Fp(0, 0, 0, 0, 0, 0) }
    package static var one: Fp { Fp(0x760900000002fffd, 0xebf4000bc40c0002, 0x5f48985753c758ba, 0x77ce585370525745, 0x5c071a97a256ec6d, 0x15f65ec3fa80e493) }
    /// (2^384)² mod modulus: a plain value times this, reduced, is its Montgomery form.
    package static var squaredRadix: Fp { Fp(0xf4df1f341c341746, 0x0a76e6a609d104f1, 0x8de5476c4c95b6d5, 0x67eb88a9939d83c0, 0x9a793e85b519952d, 0x11988fe592cae3aa) }

    @inline(__always) package var isZero: Bool { (l0 | l1 | l2 | l3 | l4 | l5) == 0 }

    @inline(__always) package static func == (a: Fp, b: Fp) -> Bool {
        ((a.l0 ^ b.l0) | (a.l1 ^ b.l1) | (a.l2 ^ b.l2) | (a.l3 ^ b.l3) | (a.l4 ^ b.l4) | (a.l5 ^ b.l5)) == 0
    }

    /// The value minus the modulus unless that is negative; for values below twice the modulus.
    @inline(__always) package var reducedOnce: Fp {
        var borrow: UInt64 = 0
        let d0 = subtract(l0, Fp.modulus.l0, &borrow)
        let d1 = subtract(l1, Fp.modulus.l1, &borrow)
        let d2 = subtract(l2, Fp.modulus.l2, &borrow)
        let d3 = subtract(l3, Fp.modulus.l3, &borrow)
        let d4 = subtract(l4, Fp.modulus.l4, &borrow)
        let d5 = subtract(l5, Fp.modulus.l5, &borrow)
        let keep = 0 &- borrow
        return Fp(d0 ^ (keep & (d0 ^ l0)), d1 ^ (keep & (d1 ^ l1)), d2 ^ (keep & (d2 ^ l2)), d3 ^ (keep & (d3 ^ l3)), d4 ^ (keep & (d4 ^ l4)), d5 ^ (keep & (d5 ^ l5)))
    }

    @inline(__always) package static func + (a: Fp, b: Fp) -> Fp {
        var carry: UInt64 = 0
        let s0 = add(a.l0, b.l0, &carry)
        let s1 = add(a.l1, b.l1, &carry)
        let s2 = add(a.l2, b.l2, &carry)
        let s3 = add(a.l3, b.l3, &carry)
        let s4 = add(a.l4, b.l4, &carry)
        let s5 = add(a.l5, b.l5, &carry)
        return Fp(s0, s1, s2, s3, s4, s5).reducedOnce
    }

    @inline(__always) package static func - (a: Fp, b: Fp) -> Fp {
        var borrow: UInt64 = 0
        let d0 = subtract(a.l0, b.l0, &borrow)
        let d1 = subtract(a.l1, b.l1, &borrow)
        let d2 = subtract(a.l2, b.l2, &borrow)
        let d3 = subtract(a.l3, b.l3, &borrow)
        let d4 = subtract(a.l4, b.l4, &borrow)
        let d5 = subtract(a.l5, b.l5, &borrow)
        let mask = 0 &- borrow
        var carry: UInt64 = 0
        let r0 = add(d0, Fp.modulus.l0 & mask, &carry)
        let r1 = add(d1, Fp.modulus.l1 & mask, &carry)
        let r2 = add(d2, Fp.modulus.l2 & mask, &carry)
        let r3 = add(d3, Fp.modulus.l3 & mask, &carry)
        let r4 = add(d4, Fp.modulus.l4 & mask, &carry)
        let r5 = add(d5, Fp.modulus.l5 & mask, &carry)
        return Fp(r0, r1, r2, r3, r4, r5)
    }

    @inline(__always) package static prefix func - (a: Fp) -> Fp { a.isZero ? a : .zero - a }
    @inline(__always) package var doubled: Fp { self + self }
    @inline(__always) package static func += (a: inout Fp, b: Fp) { a = a + b }
    @inline(__always) package static func -= (a: inout Fp, b: Fp) { a = a - b }
    @inline(__always) package static func *= (a: inout Fp, b: Fp) { a = a * b }

    package static func * (a: Fp, b: Fp) -> Fp {
        // Coarsely integrated operand scanning; the modulus leaves its top bit free, so no extra word is needed.
        var t0: UInt64 = 0
        var t1: UInt64 = 0
        var t2: UInt64 = 0
        var t3: UInt64 = 0
        var t4: UInt64 = 0
        var t5: UInt64 = 0
        var carry: UInt64 = 0, fold: UInt64 = 0, k: UInt64 = 0
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l0, &carry)
        k = t0 &* Fp.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, Fp.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l0, &carry)
        t0 = multiplyAdd(t1, k, Fp.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l0, &carry)
        t1 = multiplyAdd(t2, k, Fp.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l0, &carry)
        t2 = multiplyAdd(t3, k, Fp.modulus.l3, &fold)
        t4 = multiplyAdd(t4, a.l4, b.l0, &carry)
        t3 = multiplyAdd(t4, k, Fp.modulus.l4, &fold)
        t5 = multiplyAdd(t5, a.l5, b.l0, &carry)
        t4 = multiplyAdd(t5, k, Fp.modulus.l5, &fold)
        t5 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l1, &carry)
        k = t0 &* Fp.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, Fp.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l1, &carry)
        t0 = multiplyAdd(t1, k, Fp.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l1, &carry)
        t1 = multiplyAdd(t2, k, Fp.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l1, &carry)
        t2 = multiplyAdd(t3, k, Fp.modulus.l3, &fold)
        t4 = multiplyAdd(t4, a.l4, b.l1, &carry)
        t3 = multiplyAdd(t4, k, Fp.modulus.l4, &fold)
        t5 = multiplyAdd(t5, a.l5, b.l1, &carry)
        t4 = multiplyAdd(t5, k, Fp.modulus.l5, &fold)
        t5 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l2, &carry)
        k = t0 &* Fp.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, Fp.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l2, &carry)
        t0 = multiplyAdd(t1, k, Fp.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l2, &carry)
        t1 = multiplyAdd(t2, k, Fp.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l2, &carry)
        t2 = multiplyAdd(t3, k, Fp.modulus.l3, &fold)
        t4 = multiplyAdd(t4, a.l4, b.l2, &carry)
        t3 = multiplyAdd(t4, k, Fp.modulus.l4, &fold)
        t5 = multiplyAdd(t5, a.l5, b.l2, &carry)
        t4 = multiplyAdd(t5, k, Fp.modulus.l5, &fold)
        t5 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l3, &carry)
        k = t0 &* Fp.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, Fp.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l3, &carry)
        t0 = multiplyAdd(t1, k, Fp.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l3, &carry)
        t1 = multiplyAdd(t2, k, Fp.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l3, &carry)
        t2 = multiplyAdd(t3, k, Fp.modulus.l3, &fold)
        t4 = multiplyAdd(t4, a.l4, b.l3, &carry)
        t3 = multiplyAdd(t4, k, Fp.modulus.l4, &fold)
        t5 = multiplyAdd(t5, a.l5, b.l3, &carry)
        t4 = multiplyAdd(t5, k, Fp.modulus.l5, &fold)
        t5 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l4, &carry)
        k = t0 &* Fp.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, Fp.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l4, &carry)
        t0 = multiplyAdd(t1, k, Fp.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l4, &carry)
        t1 = multiplyAdd(t2, k, Fp.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l4, &carry)
        t2 = multiplyAdd(t3, k, Fp.modulus.l3, &fold)
        t4 = multiplyAdd(t4, a.l4, b.l4, &carry)
        t3 = multiplyAdd(t4, k, Fp.modulus.l4, &fold)
        t5 = multiplyAdd(t5, a.l5, b.l4, &carry)
        t4 = multiplyAdd(t5, k, Fp.modulus.l5, &fold)
        t5 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l5, &carry)
        k = t0 &* Fp.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, Fp.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l5, &carry)
        t0 = multiplyAdd(t1, k, Fp.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l5, &carry)
        t1 = multiplyAdd(t2, k, Fp.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l5, &carry)
        t2 = multiplyAdd(t3, k, Fp.modulus.l3, &fold)
        t4 = multiplyAdd(t4, a.l4, b.l5, &carry)
        t3 = multiplyAdd(t4, k, Fp.modulus.l4, &fold)
        t5 = multiplyAdd(t5, a.l5, b.l5, &carry)
        t4 = multiplyAdd(t5, k, Fp.modulus.l5, &fold)
        t5 = carry &+ fold
        return Fp(t0, t1, t2, t3, t4, t5).reducedOnce
    }

    @inline(__always) package func squared() -> Fp { self * self }

    /// Out of Montgomery form: the canonical integer in the same words.
    package var canonical: Fp { self * Fp(1, 0, 0, 0, 0, 0) }
    /// Into Montgomery form; the receiver is a canonical integer.
    package var montgomery: Fp { self * Fp.squaredRadix }

    /// Whether the words, as an integer, are below the modulus.
    package var isBelowModulus: Bool {
        var borrow: UInt64 = 0
        _ = subtract(l0, Fp.modulus.l0, &borrow)
        _ = subtract(l1, Fp.modulus.l1, &borrow)
        _ = subtract(l2, Fp.modulus.l2, &borrow)
        _ = subtract(l3, Fp.modulus.l3, &borrow)
        _ = subtract(l4, Fp.modulus.l4, &borrow)
        _ = subtract(l5, Fp.modulus.l5, &borrow)
        return borrow == 1
    }

    /// Plain integer of 48 big-endian bytes, not reduced.
    package init(wordsOf bytes: some Collection<UInt8>) {
        precondition(bytes.count == 48, "Fp: 48 bytes")
        var word: UInt64 = 0
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        var count = 0
        for byte in bytes {
            word = word << 8 | UInt64(byte)
            count += 1
            if count % 8 == 0 {
                words = (word, words.0, words.1, words.2, words.3, words.4)
            }
        }
        self.init(words.0, words.1, words.2, words.3, words.4, words.5)
    }

    /// The words as 48 big-endian bytes.
    package var wordBytes: [UInt8] {
        var out = [UInt8]()
        out.reserveCapacity(48)
        for word in [l5, l4, l3, l2, l1, l0] {
            for shift in stride(from: 56, through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
        return out
    }

    /// Canonical big-endian bytes to a field element; nil when not below the modulus.
    package init?(bytes: some Collection<UInt8>) {
        let plain = Fp(wordsOf: bytes)
        guard plain.isBelowModulus else { return nil }
        self = plain.montgomery
    }

    package var bytes: [UInt8] { canonical.wordBytes }

    @inline(__always) package func word(_ index: Int) -> UInt64 {
        switch index {
        case 0: l0
        case 1: l1
        case 2: l2
        case 3: l3
        case 4: l4
        default: l5
        }
    }

    /// Variable-time power by an exponent of little-endian words.
    package func power(_ exponent: [UInt64]) -> Fp {
        var result = Fp.one
        var started = false
        for word in exponent.reversed() {
            for bit in stride(from: 63, through: 0, by: -1) {
                if started { result = result.squared() }
                if word >> UInt64(bit) & 1 == 1 {
                    result = started ? result * self : self
                    started = true
                }
            }
        }
        return result
    }
}
