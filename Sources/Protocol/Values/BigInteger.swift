public import Field
public import JSON

/// A signed integer of any size up to `maximumBits`: what the reference's JSON layer takes for a `bigint`. Its JSON
/// form is decimal text (note 02 §1). Values the node computes with fit `uint64`; the rest is only carried.
public struct BigInteger: Hashable, Sendable, CustomStringConvertible {
    public let isNegative: Bool
    /// Magnitude in 64-bit words, lowest first, no zero word on top; empty for zero.
    public let words: [UInt64]

    /// Larger values are refused: decimal text of them would be a way to make the node do quadratic work.
    public static let maximumBits = 4096

    init(isNegative: Bool, words: [UInt64]) {
        var words = words
        while words.last == 0 { words.removeLast() }
        self.words = words
        self.isNegative = isNegative && !words.isEmpty
    }

    public init(_ value: some FixedWidthInteger) {
        var rest = value.magnitude
        var words: [UInt64] = []
        while rest != 0 {
            words.append(UInt64(truncatingIfNeeded: rest))
            rest >>= 64
        }
        self.init(isNegative: value < 0, words: words)
    }

    public static let zero = BigInteger(0)

    /// nil when negative or above 64 bits.
    public var uint64: UInt64? {
        guard !isNegative, words.count <= 1 else { return nil }
        return words.first ?? 0
    }

    public var int: Int? {
        guard words.count <= 1 else { return nil }
        let magnitude = words.first ?? 0
        if isNegative { return magnitude <= 1 << 63 ? Int(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int(exactly: magnitude)
    }

    /// Decimal digits, `-` in front of negative values.
    public var description: String {
        if words.count <= 1 { return (isNegative ? "-" : "") + String(words.first ?? 0) }
        let chunk: UInt64 = 10_000_000_000_000_000_000
        var rest = words
        var groups: [String] = []
        while !rest.isEmpty {
            var remainder: UInt64 = 0
            for index in rest.indices.reversed() {
                let (quotient, left) = chunk.dividingFullWidth((remainder, rest[index]))
                rest[index] = quotient
                remainder = left
            }
            while rest.last == 0 { rest.removeLast() }
            let digits = String(remainder)
            groups.append(rest.isEmpty ? digits : String(repeating: "0", count: 19 - digits.count) + digits)
        }
        return (isNegative ? "-" : "") + groups.reversed().joined()
    }
}

extension BigInteger: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int) { self.init(value) }
}

extension BigInteger {
    /// Text as JavaScript's `BigInt(text)` reads it: blanks around are ignored, nothing is zero, an optional sign before
    /// decimal digits, `0x`, `0o` and `0b` without sign. nil for anything else or beyond `maximumBits`.
    public init?(javaScript text: String) {
        var letters = Array(text.utf8)[...]
        while let letter = letters.first, Self.isBlank(letter) { letters.removeFirst() }
        while let letter = letters.last, Self.isBlank(letter) { letters.removeLast() }
        if letters.isEmpty {
            self.init(0)
            return
        }
        var radix: UInt64 = 10
        var isNegative = false
        if letters.count > 2, letters.first == UInt8(ascii: "0"), let prefixed = Self.radix(letters[letters.startIndex + 1]) {
            radix = prefixed
            letters = letters.dropFirst(2)
        } else if letters.first == UInt8(ascii: "-") || letters.first == UInt8(ascii: "+") {
            isNegative = letters.removeFirst() == UInt8(ascii: "-")
        }
        guard !letters.isEmpty, letters.count <= Self.maximumBits else { return nil }
        var words: [UInt64] = []
        for letter in letters {
            guard let digit = Self.digit(letter), digit < radix else { return nil }
            var carry = digit
            for index in words.indices {
                let product = words[index].multipliedFullWidth(by: radix)
                let (low, overflow) = product.low.addingReportingOverflow(carry)
                words[index] = low
                carry = product.high + (overflow ? 1 : 0)
            }
            if carry != 0 { words.append(carry) }
            guard words.count * 64 <= Self.maximumBits else { return nil }
        }
        self.init(isNegative: isNegative, words: words)
    }

    /// The exact integer in a double; nil for fractions, infinities and NaN.
    public init?(exactly number: Double) {
        guard number.isFinite, number == number.rounded(.towardZero) else { return nil }
        let significand = number == 0 ? 0 : number.magnitude.significandBitPattern | 1 << 52
        let shift = number == 0 ? 0 : Int(number.exponent) - 52
        if shift <= 0 {
            self.init(isNegative: number < 0, words: [significand >> UInt64(-shift)])
            return
        }
        var words = [UInt64](repeating: 0, count: shift / 64)
        words.append(significand << UInt64(shift % 64))
        if shift % 64 > 0 { words.append(significand >> UInt64(64 - shift % 64)) }
        self.init(isNegative: number < 0, words: words)
    }

    static func isBlank(_ letter: UInt8) -> Bool { letter == 32 || (9...13).contains(letter) }

    private static func radix(_ letter: UInt8) -> UInt64? {
        switch letter | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    private static func digit(_ letter: UInt8) -> UInt64? {
        switch letter {
        case 48...57: UInt64(letter - 48)
        case 97...102: UInt64(letter - 87)
        case 65...70: UInt64(letter - 55)
        default: nil
        }
    }
}

extension BigInteger: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(description) }

    /// A whole number, or text in one of the forms above.
    public init(json: JSONElement) throws(JSONError) {
        if let text = json.string {
            guard let value = BigInteger(javaScript: text) else { throw JSONError("text that is an integer is expected", at: json) }
            self = value
        } else if let integer = json.uint64 {
            self.init(integer)
        } else {
            guard let number = json.double, let value = BigInteger(exactly: number) else {
                throw JSONError("a whole number or text that is one is expected", at: json)
            }
            self = value
        }
    }
}

extension BigInteger {
    /// The integer of a field element.
    public init(_ field: Fr) {
        let value = field.integer
        self.init(isNegative: false, words: [value.l0, value.l1, value.l2, value.l3])
    }
}
