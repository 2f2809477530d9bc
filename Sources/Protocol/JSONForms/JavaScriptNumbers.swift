// The reference reads numbers out of strings with JavaScript's `Number` and `BigInt`; what they accept is part of
// the JSON forms (note 08 §2.1).
public enum JavaScript {
    /// `Number(text)`; nil stands for NaN.
    public static func number(_ text: some StringProtocol) -> Double? {
        let digits = trimmed(text)
        if digits.isEmpty { return 0 }
        if let (radix, rest) = prefixed(digits) {
            var value = 0.0
            for digit in rest {
                guard let figure = figure(digit, radix) else { return nil }
                value = value * Double(radix) + Double(figure)
            }
            return value
        }
        // Swift's own parser also takes hexadecimal floats, "nan" and "inf": only JavaScript's grammar may reach it.
        let allowed = digits.allSatisfy { ($0 >= 48 && $0 <= 57) || $0 == 43 || $0 == 45 || $0 == 46 || $0 | 32 == 101 }
            && digits.prefix { $0 | 32 != 101 }.contains { $0 >= 48 && $0 <= 57 }
        let whole = String(decoding: digits, as: UTF8.self)
        switch whole {
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: return allowed ? Double(decimal(whole)) : nil
        }
    }

    public enum Integer: Equatable, Sendable {
        case value(UInt64)
        /// An integer, but negative or beyond 64 bits.
        case outOfRange
        case invalid
    }

    /// `BigInt(text)`.
    public static func bigInt(_ text: some StringProtocol) -> Integer {
        var digits = trimmed(text)
        if digits.isEmpty { return .value(0) }
        var radix: UInt64 = 10
        var negative = false
        if let (base, rest) = prefixed(digits) {
            radix = base
            digits = rest
        } else if let sign = digits.first, sign == 43 || sign == 45 {
            negative = sign == 45
            digits = digits.dropFirst()
            guard !digits.isEmpty else { return .invalid }
        }
        var value: UInt64 = 0
        var overflows = false
        for digit in digits {
            guard let figure = figure(digit, radix) else { return .invalid }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: radix)
            let (sum, carries) = product.addingReportingOverflow(figure)
            overflows = overflows || tooLarge || carries
            value = sum
        }
        if overflows || (negative && value != 0) { return .outOfRange }
        return .value(value)
    }

    private static func trimmed(_ text: some StringProtocol) -> ArraySlice<UInt8> {
        let blanks: Set<UInt8> = [9, 10, 11, 12, 13, 32]
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, blanks.contains(first) { bytes.removeFirst() }
        while let last = bytes.last, blanks.contains(last) { bytes.removeLast() }
        return bytes
    }

    /// The radix of `0x`, `0o` or `0b` and the digits behind it, of which there must be some.
    private static func prefixed(_ digits: ArraySlice<UInt8>) -> (UInt64, ArraySlice<UInt8>)? {
        guard digits.count > 2, digits.first == 48 else { return nil }
        let rest = digits.dropFirst(2)
        switch digits[digits.startIndex + 1] | 32 {
        case 120: return (16, rest)
        case 111: return (8, rest)
        case 98: return (2, rest)
        default: return nil
        }
    }

    private static func figure(_ digit: UInt8, _ radix: UInt64) -> UInt64? {
        let value: UInt64
        switch digit {
        case 48...57: value = UInt64(digit - 48)
        case 97...102: value = UInt64(digit - 87)
        case 65...70: value = UInt64(digit - 55)
        default: return nil
        }
        return value < radix ? value : nil
    }

    /// JavaScript allows a point without digits on one side of it.
    private static func decimal(_ text: String) -> String {
        var text = text
        if text.hasPrefix("+") { text.removeFirst() }
        if text.hasPrefix(".") { text = "0" + text }
        if text.hasPrefix("-.") { text = "-0" + text.dropFirst() }
        guard let point = text.firstIndex(of: ".") else { return text }
        let after = text.index(after: point)
        if after == text.endIndex || !text[after].isNumber {
            guard point > text.startIndex, text[text.index(before: point)].isNumber else { return "?" }
            text.remove(at: point)
        }
        return text
    }
}
