/// The reference reads numbers out of strings with JavaScript's `Number`; what that accepts is part of the JSON forms
/// (note 08 §2.1). For its `BigInt` see `BigInteger`.
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

    private static func trimmed(_ text: some StringProtocol) -> ArraySlice<UInt8> {
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, BigInteger.isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, BigInteger.isBlank(last) { bytes.removeLast() }
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
