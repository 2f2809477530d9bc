/// Scalar field of BLS12-381 (blob elements, evaluation points), four 64-bit words in Montgomery form.
public struct BLSScalar: Hashable, Sendable {
    package var l0, l1, l2, l3: UInt64

    @inline(__always) package init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) {
        self.l0 = l0
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
    }

    package static let words = 4
    package static var modulus: BLSScalar {
        @inline(__always) get { BLSScalar(0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48) }
    }
    /// −modulus⁻¹ mod 2⁶⁴.
    package static var negatedInverse: UInt64 {
        @inline(__always) get { 0xffff_fffe_ffff_ffff }
    }
    package static var zero: BLSScalar { BLSScalar(0, 0, 0, 0) }
    package static var one: BLSScalar { BLSScalar(0x00000001fffffffe, 0x5884b7fa00034802, 0x998c4fefecbc4ff5, 0x1824b159acc5056f) }
    /// (2^256)² mod modulus: a plain value times this, reduced, is its Montgomery form.
    package static var squaredRadix: BLSScalar { BLSScalar(0xc999e990f3f29c6d, 0x2b6cedcb87925c23, 0x05d314967254398f, 0x0748d9d99f59ff11) }

    @inline(__always) package var isZero: Bool { (l0 | l1 | l2 | l3) == 0 }

    @inline(__always) public static func == (a: BLSScalar, b: BLSScalar) -> Bool {
        ((a.l0 ^ b.l0) | (a.l1 ^ b.l1) | (a.l2 ^ b.l2) | (a.l3 ^ b.l3)) == 0
    }

    /// The value minus the modulus unless that is negative; for values below twice the modulus.
    @inline(__always) package var reducedOnce: BLSScalar {
        var borrow: UInt64 = 0
        let d0 = subtract(l0, BLSScalar.modulus.l0, &borrow)
        let d1 = subtract(l1, BLSScalar.modulus.l1, &borrow)
        let d2 = subtract(l2, BLSScalar.modulus.l2, &borrow)
        let d3 = subtract(l3, BLSScalar.modulus.l3, &borrow)
        let keep = 0 &- borrow
        return BLSScalar(d0 ^ (keep & (d0 ^ l0)), d1 ^ (keep & (d1 ^ l1)), d2 ^ (keep & (d2 ^ l2)), d3 ^ (keep & (d3 ^ l3)))
    }

    @inline(__always) package static func + (a: BLSScalar, b: BLSScalar) -> BLSScalar {
        var carry: UInt64 = 0
        let s0 = add(a.l0, b.l0, &carry)
        let s1 = add(a.l1, b.l1, &carry)
        let s2 = add(a.l2, b.l2, &carry)
        let s3 = add(a.l3, b.l3, &carry)
        return BLSScalar(s0, s1, s2, s3).reducedOnce
    }

    @inline(__always) package static func - (a: BLSScalar, b: BLSScalar) -> BLSScalar {
        var borrow: UInt64 = 0
        let d0 = subtract(a.l0, b.l0, &borrow)
        let d1 = subtract(a.l1, b.l1, &borrow)
        let d2 = subtract(a.l2, b.l2, &borrow)
        let d3 = subtract(a.l3, b.l3, &borrow)
        let mask = 0 &- borrow
        var carry: UInt64 = 0
        let r0 = add(d0, BLSScalar.modulus.l0 & mask, &carry)
        let r1 = add(d1, BLSScalar.modulus.l1 & mask, &carry)
        let r2 = add(d2, BLSScalar.modulus.l2 & mask, &carry)
        let r3 = add(d3, BLSScalar.modulus.l3 & mask, &carry)
        return BLSScalar(r0, r1, r2, r3)
    }

    @inline(__always) package static prefix func - (a: BLSScalar) -> BLSScalar { a.isZero ? a : .zero - a }
    @inline(__always) package var doubled: BLSScalar { self + self }
    @inline(__always) package static func += (a: inout BLSScalar, b: BLSScalar) { a = a + b }
    @inline(__always) package static func -= (a: inout BLSScalar, b: BLSScalar) { a = a - b }
    @inline(__always) package static func *= (a: inout BLSScalar, b: BLSScalar) { a = a * b }

    package static func * (a: BLSScalar, b: BLSScalar) -> BLSScalar {
        // Coarsely integrated operand scanning; the modulus leaves its top bit free, so no extra word is needed.
        var t0: UInt64 = 0
        var t1: UInt64 = 0
        var t2: UInt64 = 0
        var t3: UInt64 = 0
        var carry: UInt64 = 0, fold: UInt64 = 0, k: UInt64 = 0
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l0, &carry)
        k = t0 &* BLSScalar.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, BLSScalar.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l0, &carry)
        t0 = multiplyAdd(t1, k, BLSScalar.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l0, &carry)
        t1 = multiplyAdd(t2, k, BLSScalar.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l0, &carry)
        t2 = multiplyAdd(t3, k, BLSScalar.modulus.l3, &fold)
        t3 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l1, &carry)
        k = t0 &* BLSScalar.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, BLSScalar.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l1, &carry)
        t0 = multiplyAdd(t1, k, BLSScalar.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l1, &carry)
        t1 = multiplyAdd(t2, k, BLSScalar.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l1, &carry)
        t2 = multiplyAdd(t3, k, BLSScalar.modulus.l3, &fold)
        t3 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l2, &carry)
        k = t0 &* BLSScalar.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, BLSScalar.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l2, &carry)
        t0 = multiplyAdd(t1, k, BLSScalar.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l2, &carry)
        t1 = multiplyAdd(t2, k, BLSScalar.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l2, &carry)
        t2 = multiplyAdd(t3, k, BLSScalar.modulus.l3, &fold)
        t3 = carry &+ fold
        carry = 0
        t0 = multiplyAdd(t0, a.l0, b.l3, &carry)
        k = t0 &* BLSScalar.negatedInverse
        fold = 0
        _ = multiplyAdd(t0, k, BLSScalar.modulus.l0, &fold)
        t1 = multiplyAdd(t1, a.l1, b.l3, &carry)
        t0 = multiplyAdd(t1, k, BLSScalar.modulus.l1, &fold)
        t2 = multiplyAdd(t2, a.l2, b.l3, &carry)
        t1 = multiplyAdd(t2, k, BLSScalar.modulus.l2, &fold)
        t3 = multiplyAdd(t3, a.l3, b.l3, &carry)
        t2 = multiplyAdd(t3, k, BLSScalar.modulus.l3, &fold)
        t3 = carry &+ fold
        return BLSScalar(t0, t1, t2, t3).reducedOnce
    }

    @inline(__always) package func squared() -> BLSScalar { self * self }

    /// Out of Montgomery form: the canonical integer in the same words.
    package var canonical: BLSScalar { self * BLSScalar(1, 0, 0, 0) }
    /// Into Montgomery form; the receiver is a canonical integer.
    package var montgomery: BLSScalar { self * BLSScalar.squaredRadix }

    /// Whether the words, as an integer, are below the modulus.
    package var isBelowModulus: Bool {
        var borrow: UInt64 = 0
        _ = subtract(l0, BLSScalar.modulus.l0, &borrow)
        _ = subtract(l1, BLSScalar.modulus.l1, &borrow)
        _ = subtract(l2, BLSScalar.modulus.l2, &borrow)
        _ = subtract(l3, BLSScalar.modulus.l3, &borrow)
        return borrow == 1
    }

    /// Plain integer of 32 big-endian bytes, not reduced.
    package init(wordsOf bytes: some Collection<UInt8>) {
        precondition(bytes.count == 32, "BLSScalar: 32 bytes")
        var word: UInt64 = 0
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        var count = 0
        for byte in bytes {
            word = word << 8 | UInt64(byte)
            count += 1
            if count % 8 == 0 {
                words = (word, words.0, words.1, words.2)
            }
        }
        self.init(words.0, words.1, words.2, words.3)
    }

    /// The words as 32 big-endian bytes.
    package var wordBytes: [UInt8] {
        var out = [UInt8]()
        out.reserveCapacity(32)
        for word in [l3, l2, l1, l0] {
            for shift in stride(from: 56, through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
        return out
    }

    /// Canonical big-endian bytes to a field element; nil for another length and when not below the modulus.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        let plain = BLSScalar(wordsOf: bytes)
        guard plain.isBelowModulus else { return nil }
        self = plain.montgomery
    }

    public var bytes: [UInt8] { canonical.wordBytes }

    @inline(__always) package func word(_ index: Int) -> UInt64 {
        switch index {
        case 0: l0
        case 1: l1
        case 2: l2
        default: l3
        }
    }

    /// Variable-time power by an exponent of little-endian words.
    package func power(_ exponent: [UInt64]) -> BLSScalar {
        var result = BLSScalar.one
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
