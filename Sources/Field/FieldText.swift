import Bytes

/// Text forms of field elements as the reference's parsers take them («note 01 §1»). What comes back is 32 bytes
/// that may be ≥ the modulus: the reference checks that at the first numeric use, `Fr(canonical:)` does it here.
public enum FieldText {
    /// Longest text that is looked at; the reference has no bound, but no honest value comes near.
    static let maximumLength = 4096

    /// Decimal digits, or hex digits behind `0x` or `0X`.
    public static func parse(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard !digits.isEmpty, digits.count <= maximumLength else { return nil }
        if digits.allSatisfy({ 48...57 ~= $0 }) { return decimal(digits) }
        return hasPrefix(digits) ? parseHex(text) : nil
    }

    /// Hex digits with or without prefix: at most 64, an odd count is filled with a zero in front.
    public static func parseHex(_ text: String) -> [UInt8]? {
        var digits = Array(text.utf8)[...]
        if hasPrefix(Array(digits)) { digits = digits.dropFirst(2) }
        guard !digits.isEmpty, digits.count <= 64 else { return nil }
        return Hex.decode(utf8: (Array(repeating: 48, count: 64 - digits.count) + digits)[...])
    }

    /// The JSON form: as `parse`, but `0X` is refused.
    public static func parseJSON(_ text: String) -> [UInt8]? { text.hasPrefix("0X") ? nil : parse(text) }

    private static func hasPrefix(_ digits: [UInt8]) -> Bool { digits.count >= 2 && digits[0] == 48 && digits[1] | 32 == 120 }

    /// 32 bytes of a decimal number. A number of more than 64 hex digits keeps its *first* 64, as the reference does.
    private static func decimal(_ digits: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []  // least significant first
        for digit in digits {
            var carry = Int(digit) - 48
            for index in bytes.indices {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            if carry > 0 { bytes.append(UInt8(carry)) }
        }
        guard bytes.count > 32 else { return Array([UInt8](repeating: 0, count: 32 - bytes.count) + bytes.reversed()) }
        let leading = Array(bytes.reversed())
        guard leading[0] < 16 else { return Array(leading[..<32]) }
        return (0..<32).map { leading[$0] << 4 | leading[$0 + 1] >> 4 }
    }
}

extension Limbs4 {
    /// Decimal digits.
    public var decimal: String {
        guard !isZero else { return "0" }
        var digits: [UInt8] = []
        var rest = [l3, l2, l1, l0]
        while rest.contains(where: { $0 != 0 }) {
            var remainder: UInt64 = 0
            for index in rest.indices {
                (rest[index], remainder) = (10 as UInt64).dividingFullWidth((remainder, rest[index]))
            }
            digits.append(48 + UInt8(remainder))
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}
