/// JavaScript's readings of text as a number, which configuration and RPC parameters inherit (notes 08 §2.1, §5.1).
public enum JavaScriptNumber {
    /// `Number(text)`: the whole text or NaN; blank text is 0; `0x`, `0o`, `0b` prefixes.
    public static func number(_ text: String) -> Double {
        let text = text.trimmingBlanks()
        if text.isEmpty { return 0 }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.lowercased().hasPrefix(prefix) {
            return integer(text.dropFirst(2), radix: radix) ?? .nan
        }
        switch text {
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: break
        }
        guard decimalPrefix(text) == text.utf8.count else { return .nan }
        return Double(text.hasPrefix("+") ? String(text.dropFirst()) : text) ?? lenientDouble(text)
    }

    /// `parseFloat(text)`: the longest decimal prefix or NaN.
    public static func parseFloat(_ text: String) -> Double {
        let text = text.trimmingBlanks()
        let length = decimalPrefix(text)
        return length == 0 ? .nan : number(String(decoding: text.utf8.prefix(length), as: UTF8.self))
    }

    /// `parseInt(text, 10)`, or `parseInt(text)` which also reads `0x…` (`prefixed`).
    public static func parseInt(_ text: String, prefixed: Bool) -> Double {
        var digits = text.trimmingBlanks()[...]
        let negative = digits.hasPrefix("-")
        if negative || digits.hasPrefix("+") { digits.removeFirst() }
        var radix = 10
        if prefixed, digits.lowercased().hasPrefix("0x") {
            digits.removeFirst(2)
            radix = 16
        }
        let taken = digits.prefix { digit in digit.isASCII && (digit.hexDigitValue ?? 99) < radix }
        guard let magnitude = integer(taken, radix: radix) else { return .nan }
        return negative ? -magnitude : magnitude
    }

    /// Digits of `BigInt(text)`, nil when it would throw: decimal with sign, or unsigned `0x`, `0o`, `0b`; blank text is 0.
    public static func bigInt(_ text: String) -> String? {
        let text = text.trimmingBlanks()
        if text.isEmpty { return "0" }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.lowercased().hasPrefix(prefix) {
            return decimal(text.dropFirst(2), radix: radix)
        }
        let negative = text.hasPrefix("-")
        let digits = negative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let plain = decimal(digits, radix: 10) else { return nil }
        return negative && plain != "0" ? "-" + plain : plain
    }

    /// Length in bytes of the longest prefix that is a decimal literal.
    private static func decimalPrefix(_ text: String) -> Int {
        let letters = Array(text.utf8)
        var at = 0
        func digits() -> Int {
            let start = at
            while at < letters.count, letters[at] &- 48 < 10 { at += 1 }
            return at - start
        }
        if at < letters.count, letters[at] == 43 || letters[at] == 45 { at += 1 }
        var count = digits()
        if at < letters.count, letters[at] == 46 {
            at += 1
            count += digits()
        }
        guard count > 0 else { return 0 }
        let mantissa = at
        if at < letters.count, letters[at] | 0x20 == 101 {
            at += 1
            if at < letters.count, letters[at] == 43 || letters[at] == 45 { at += 1 }
            if digits() == 0 { at = mantissa }
        }
        return at
    }

    /// Forms that Swift's initialiser refuses: `.5`, `5.`, `5.e3`.
    private static func lenientDouble(_ text: String) -> Double {
        var sign = 1.0
        var body = text[...]
        if body.hasPrefix("-") { sign = -1 }
        if body.hasPrefix("-") || body.hasPrefix("+") { body.removeFirst() }
        var mantissa = body.prefix { !"eE".contains($0) }
        let exponent = body.dropFirst(mantissa.count)
        var patched = mantissa.hasPrefix(".") ? "0" + mantissa : String(mantissa)
        mantissa = patched[...]
        if mantissa.hasSuffix(".") { patched += "0" }
        return Double(patched + exponent).map { sign * $0 } ?? .nan
    }

    private static func integer(_ digits: Substring, radix: Int) -> Double? {
        guard !digits.isEmpty else { return nil }
        if let exact = UInt64(digits, radix: radix), digits.first != "+" { return Double(exact) }
        var value = 0.0
        for digit in digits {
            guard let figure = digit.hexDigitValue, digit.isASCII, figure < radix else { return nil }
            value = value * Double(radix) + Double(figure)
        }
        return value
    }

    /// Decimal digits of a number of any size (at most 4096 digits are taken, as protection).
    public static func decimal(_ digits: Substring, radix: Int) -> String? {
        guard !digits.isEmpty, digits.utf8.count <= 4096 else { return nil }
        var limbs: [UInt32] = [0] // base 10⁹, least significant first
        for digit in digits {
            guard let figure = digit.hexDigitValue, digit.isASCII, figure < radix else { return nil }
            var carry = UInt64(figure)
            for index in limbs.indices {
                let product = UInt64(limbs[index]) * UInt64(radix) + carry
                limbs[index] = UInt32(product % 1_000_000_000)
                carry = product / 1_000_000_000
            }
            if carry > 0 { limbs.append(UInt32(carry)) }
        }
        var text = String(limbs[limbs.count - 1])
        for limb in limbs.dropLast().reversed() {
            let part = String(limb)
            text += String(repeating: "0", count: 9 - part.utf8.count) + part
        }
        return text
    }
}

extension String {
    /// Without white space at both ends.
    public func trimmingBlanks() -> String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

extension JavaScriptNumber {
    /// Digits of `BigInt(number)`, nil for what is no integer.
    public static func bigInt(_ number: Double) -> String? {
        guard number.isFinite, number == number.rounded() else { return nil }
        if let small = Int64(exactly: number) { return String(small) }
        // Beyond 2⁶³ a double is an integer times a power of two.
        let exponent = Int(number.exponent) - 52
        let hexadecimal = String(UInt64(number.significand * 4_503_599_627_370_496), radix: 16)
        let shifted = decimal(hexadecimal[...], radix: 16).flatMap { multiplied($0, byPowerOfTwo: exponent) }
        return shifted.map { number < 0 ? "-" + $0 : $0 }
    }

    private static func multiplied(_ digits: String, byPowerOfTwo exponent: Int) -> String? {
        var limbs: [UInt32] = []
        var rest = digits[...]
        while !rest.isEmpty {
            limbs.append(UInt32(rest.suffix(9)) ?? 0)
            rest = rest.dropLast(9)
        }
        for _ in 0..<exponent {
            var carry: UInt32 = 0
            for index in limbs.indices {
                let doubled = limbs[index] * 2 + carry
                carry = doubled / 1_000_000_000
                limbs[index] = doubled % 1_000_000_000
            }
            if carry > 0 { limbs.append(carry) }
        }
        var text = String(limbs.last ?? 0)
        for limb in limbs.dropLast().reversed() {
            let part = String(limb)
            text += String(repeating: "0", count: 9 - part.utf8.count) + part
        }
        return text
    }

    /// Big-endian bytes of a decimal number; nil when it needs more than `count`.
    public static func bigEndianBytes(decimal digits: String, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        for digit in digits.utf8 {
            guard digit &- 48 < 10 else { return nil }
            var carry = Int(digit - 48)
            for index in bytes.indices.reversed() {
                let value = Int(bytes[index]) * 10 + carry
                bytes[index] = UInt8(truncatingIfNeeded: value)
                carry = value >> 8
            }
            if carry > 0 { return nil }
        }
        return bytes
    }
}
