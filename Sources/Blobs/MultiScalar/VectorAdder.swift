import CBLSVector

/// Additions in eight AVX-512 IFMA lanes (`CBLSVector`); only where `isSupported`.
enum VectorAdder: PointAdder {
    typealias Element = cbls_point
    typealias Scratch = UnsafeMutablePointer<cbls_scratch>

    static let isSupported = cbls_is_supported()

    static func scratch(operations: Int) -> Scratch { .allocate(capacity: (operations + 7) / 8) }
    static func free(_ scratch: Scratch) { scratch.deallocate() }

    static func add(
        _ points: UnsafePointer<cbls_point>, _ pairs: UnsafePointer<UInt32>, _ count: Int, _ scratch: Scratch,
        _ out: UnsafeMutablePointer<cbls_point>, _ slots: UnsafePointer<UInt32>
    ) -> Bool {
        var product = cbls_lanes()
        cbls_add_prepare(points, pairs, count, scratch, &product)
        guard invert(&product) else { return false }
        cbls_add_finish(points, pairs, count, scratch, &product, out, slots)
        return true
    }

    /// The lanes' inverses with one inversion; false when a lane is zero.
    private static func invert(_ lanes: inout cbls_lanes) -> Bool {
        var values = [Fp](repeating: .zero, count: 8)
        withUnsafeBytes(of: &lanes) { bytes in
            let limbs = bytes.bindMemory(to: UInt64.self)
            for lane in 0..<8 { values[lane] = narrowed { limbs[$0 * 8 + lane] } }
        }
        var prefix = [Fp](repeating: .one, count: 9)
        for lane in 0..<8 { prefix[lane + 1] = prefix[lane] * values[lane] }
        if prefix[8].isZero { return false }
        var inverse = prefix[8].inverse()
        withUnsafeMutableBytes(of: &lanes) { bytes in
            let limbs = bytes.bindMemory(to: UInt64.self)
            for lane in stride(from: 7, through: 0, by: -1) {
                let words = inverse * prefix[lane] * inversionFactor
                inverse *= values[lane]
                widen(words) { limbs[$0 * 8 + lane] = $1 }
            }
        }
        return true
    }

    // MARK: Radix 2⁵² and radix 2⁶⁴

    /// The integer of eight 52-bit limbs, below 2³⁸⁴, in the words of an `Fp`, reduced.
    @inline(__always) private static func narrowed(_ limb: (Int) -> UInt64) -> Fp {
        Fp(
            limb(0) | limb(1) << 52, limb(1) >> 12 | limb(2) << 40, limb(2) >> 24 | limb(3) << 28,
            limb(3) >> 36 | limb(4) << 16, limb(4) >> 48 | limb(5) << 4 | limb(6) << 56,
            limb(6) >> 8 | limb(7) << 44
        ).reducedOnce.reducedOnce
    }

    @inline(__always) private static func widen(_ a: Fp, _ store: (Int, UInt64) -> Void) {
        let mask: UInt64 = (1 << 52) - 1
        store(0, a.l0 & mask)
        store(1, (a.l0 >> 52 | a.l1 << 12) & mask)
        store(2, (a.l1 >> 40 | a.l2 << 24) & mask)
        store(3, (a.l2 >> 28 | a.l3 << 36) & mask)
        store(4, (a.l3 >> 16 | a.l4 << 48) & mask)
        store(5, (a.l4 >> 4) & mask)
        store(6, (a.l4 >> 56 | a.l5 << 8) & mask)
        store(7, a.l5 >> 44)
    }

    /// 2⁴⁴⁸: words of a·2⁴¹⁶ taken as an `Fp` stand for a·2³²; their inverse's words are a⁻¹·2³⁵².
    private static let inversionFactor = Fp(
        0x42b7_fde3_7dba_9366, 0x7784_894e_2752_5bc3, 0xb2b9_1b9d_c1f5_b1e9,
        0x206f_497d_fcaf_b872, 0x5941_37cc_89a9_b0bb, 0x0411_cd9d_20d7_e399)
    /// 2³⁵²: from words a·2⁴¹⁶ to words a·2³⁸⁴.
    private static let narrowingFactor = Fp(0, 0, 0, 0, 0, 0x0000_0001_0000_0000)
    /// 2⁴¹⁶: from words a·2³⁸⁴ to words a·2⁴¹⁶.
    private static let wideningFactor = Fp(
        0x44f6_480e_a8e9_b9af, 0xa96f_7d65_766c_8fe4, 0xe82e_fd42_28b5_40fe,
        0x6723_e5f0_ade5_3b2e, 0x25ff_6eb6_fdd4_230a, 0x14c8_ee06_ef23_c24a)

    static func element(_ point: G1) -> cbls_point {
        var element = cbls_point()
        withUnsafeMutableBytes(of: &element) { bytes in
            let limbs = bytes.bindMemory(to: UInt64.self)
            widen(point.x * wideningFactor) { limbs[$0] = $1 }
            widen(point.y * wideningFactor) { limbs[8 + $0] = $1 }
        }
        return element
    }

    static func point(_ element: cbls_point) -> G1 {
        withUnsafeBytes(of: element) { bytes in
            let limbs = bytes.bindMemory(to: UInt64.self)
            return G1(narrowed { limbs[$0] } * narrowingFactor, narrowed { limbs[8 + $0] } * narrowingFactor)
        }
    }

    /// Many finite points at once, eight square roots at a time; they may lie outside the subgroup.
    static func decompressed(_ compressed: [[UInt8]]) throws(PointError) -> [G1] {
        var elements: [cbls_point] = []
        elements.reserveCapacity(compressed.count)
        for bytes in compressed {
            guard bytes.count == 48 else { throw .length(bytes.count) }
            guard bytes[0] & 0xc0 == 0x80 else { throw .flags }
            guard let x = Fp(bytes: [bytes[0] & 0x1f] + bytes[1...]) else { throw .coordinateTooLarge }
            elements.append(element(G1(x, .zero)))
        }
        cbls_recover_y(&elements, elements.count)
        var points: [G1] = []
        points.reserveCapacity(compressed.count)
        for index in compressed.indices {
            let candidate = point(elements[index])
            guard candidate.isOnCurve else { throw .notOnCurve }
            let isLarger = compressed[index][0] & 0x20 != 0
            points.append(candidate.y.isLexicographicallyLarger == isLarger ? candidate : -candidate)
        }
        return points
    }

    static func negated(_ element: cbls_point) -> cbls_point { Self.element(-point(element)) }
}
