import Protocol

/// A 256-bit word of the EVM, as unsigned integer; signed types are the same bits in two's complement.
public struct UInt256: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// Least significant first.
    var limbs: (UInt64, UInt64, UInt64, UInt64)

    public static let zero = UInt256(0 as UInt64)

    public init(integerLiteral value: UInt64) { self.init(value) }
    public init(_ value: some UnsignedInteger & FixedWidthInteger) {
        let wide = UInt128(value)
        limbs = (UInt64(truncatingIfNeeded: wide), UInt64(truncatingIfNeeded: wide >> 64), 0, 0)
    }

    init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) { limbs = (l0, l1, l2, l3) }

    /// Big-endian, at most 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count <= 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (position, byte) in bytes.enumerated() {
            let weight = bytes.count - 1 - position
            words[weight / 8] |= UInt64(byte) << UInt64(weight % 8 * 8)
        }
        self.init(words[0], words[1], words[2], words[3])
    }

    /// Decimal digits with optional minus (two's complement), or `0x` and hex digits. nil when it does not fit.
    public init?(_ text: some StringProtocol) {
        if text.hasPrefix("0x") || text.hasPrefix("0X") {
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.utf8.count <= 64, let bytes = hexBytes(Array((digits.utf8.count % 2 == 0 ? "" : "0").utf8) + Array(digits.utf8)) else { return nil }
            self.init(bytes: bytes)
            return
        }
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.count <= 78 else { return nil }
        var value = UInt256.zero
        for digit in digits.utf8 {
            guard digit &- 48 < 10, value.multiplyAdd(10, UInt64(digit - 48)) == 0 else { return nil }
        }
        self = isNegative ? value.negated : value
    }

    public var bytes: [UInt8] {
        [limbs.3, limbs.2, limbs.1, limbs.0].flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> UInt64(56 - 8 * $0)) } }
    }

    public var uint64: UInt64? { limbs.1 | limbs.2 | limbs.3 == 0 ? limbs.0 : nil }
    public var int: Int? { uint64.flatMap { Int(exactly: $0) } }
    public var uint128: UInt128? { limbs.2 | limbs.3 == 0 ? UInt128(limbs.1) << 64 | UInt128(limbs.0) : nil }
    public var isZero: Bool { limbs.0 | limbs.1 | limbs.2 | limbs.3 == 0 }
    /// Sign of the two's complement reading.
    public var isNegative: Bool { limbs.3 >> 63 == 1 }

    public var negated: UInt256 {
        var value = UInt256(~limbs.0, ~limbs.1, ~limbs.2, ~limbs.3)
        _ = value.multiplyAdd(1, 1)
        return value
    }

    /// self × factor + addend; the carry out of the top.
    mutating func multiplyAdd(_ factor: UInt64, _ addend: UInt64) -> UInt64 {
        var carry = addend
        func step(_ limb: inout UInt64) {
            let product = UInt128(limb) * UInt128(factor) + UInt128(carry)
            limb = UInt64(truncatingIfNeeded: product)
            carry = UInt64(truncatingIfNeeded: product >> 64)
        }
        step(&limbs.0)
        step(&limbs.1)
        step(&limbs.2)
        step(&limbs.3)
        return carry
    }

    /// Quotient in place; the remainder is returned.
    mutating func divide(by divisor: UInt64) -> UInt64 {
        var remainder: UInt64 = 0
        func step(_ limb: inout UInt64) { (limb, remainder) = divisor.dividingFullWidth((remainder, limb)) }
        step(&limbs.3)
        step(&limbs.2)
        step(&limbs.1)
        step(&limbs.0)
        return remainder
    }

    func remainder(dividingBy divisor: UInt64) -> UInt64 {
        var copy = self
        return copy.divide(by: divisor)
    }

    /// Unsigned decimal.
    public var description: String {
        if let small = uint64 { return String(small) }
        var rest = self
        var parts: [String] = []
        while !rest.isZero { parts.append(String(rest.divide(by: 10_000_000_000_000_000_000))) }
        return parts.enumerated().reversed().map { position, part in
            position == parts.count - 1 ? part : String(repeating: "0", count: 19 - part.utf8.count) + part
        }.joined()
    }

    public var signedDescription: String { isNegative ? "-" + negated.description : description }

    public static func < (a: UInt256, b: UInt256) -> Bool {
        (a.limbs.3, a.limbs.2, a.limbs.1, a.limbs.0) < (b.limbs.3, b.limbs.2, b.limbs.1, b.limbs.0)
    }
    public static func == (a: UInt256, b: UInt256) -> Bool { a.limbs == b.limbs }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(limbs.0)
        hasher.combine(limbs.1)
        hasher.combine(limbs.2)
        hasher.combine(limbs.3)
    }
}
