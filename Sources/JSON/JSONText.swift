/// Text forms of JSON scalars as `JSON.stringify` prints them.
public enum JSONText {
    private static let digits: [UInt8] = Array("0123456789abcdef".utf8)

    /// `text` in quotes: `"`, `\` and control characters escaped, everything else as it is.
    public static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var copied = 0
            for at in 0..<utf8.count {
                let byte = utf8[at]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[copied..<at])
                copied = at + 1
                appendEscape(byte, to: &bytes)
            }
            bytes.append(contentsOf: utf8[copied...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 8: bytes.append(UInt8(ascii: "b"))
        case 9: bytes.append(UInt8(ascii: "t"))
        case 10: bytes.append(UInt8(ascii: "n"))
        case 12: bytes.append(UInt8(ascii: "f"))
        case 13: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    public static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        appendQuoted(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func appendHex(_ value: some Collection<UInt8>, to bytes: inout [UInt8]) {
        for byte in value {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    /// Digits of 32 bits as eight characters, first in the highest byte.
    static func hexDigits(_ value: UInt32) -> UInt64 {
        var nibbles = UInt64(value)
        nibbles = (nibbles << 16 | nibbles) & 0x0000_ffff_0000_ffff
        nibbles = (nibbles << 8 | nibbles) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles << 4 | nibbles) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }

    static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        guard number != 0 else { return bytes.append(48) }
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        while rest != 0 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(48 + UInt8(truncatingIfNeeded: remainder))
            rest = quotient
        }
        bytes[start...].reverse()
    }

    static func append(_ number: Double, to bytes: inout [UInt8]) {
        guard number.isFinite else { return bytes.append(contentsOf: "null".utf8) }
        if let integer = Int64(exactly: number), integer.magnitude < 1 << 53 {
            append(integer, to: &bytes)
        } else {
            bytes.append(contentsOf: javaScript(number).utf8)
        }
    }

    /// `String(number)` of JavaScript: shortest digits that read back, plain notation from 10⁻⁶ below 10²¹.
    public static func javaScript(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        if number == 0 { return "0" }
        // Swift prints the same shortest digits, in another notation: take digits and point apart.
        var mantissa: [UInt8] = []
        var exponent = 0
        var point: Int?
        var letters = Array(number.magnitude.description.utf8)[...]
        if let mark = letters.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(decoding: letters[(mark + 1)...], as: UTF8.self)) ?? 0
            letters = letters[..<mark]
        }
        for letter in letters {
            if letter == UInt8(ascii: ".") { point = mantissa.count } else { mantissa.append(letter) }
        }
        // value = 0.d₁d₂… × 10^position
        var position = (point ?? mantissa.count) + exponent
        let zeros = mantissa.prefix { $0 == 48 }.count
        mantissa.removeFirst(zeros)
        position -= zeros
        while mantissa.last == 48 { mantissa.removeLast() }
        let figures = String(decoding: mantissa, as: UTF8.self)
        let sign = number < 0 ? "-" : ""
        let count = mantissa.count
        if count <= position, position <= 21 { return sign + figures + String(repeating: "0", count: position - count) }
        if 0 < position, position <= 21 { return sign + figures.prefix(position) + "." + figures.dropFirst(position) }
        if -6 < position, position <= 0 { return sign + "0." + String(repeating: "0", count: -position) + figures }
        let power = position - 1
        let head = count == 1 ? figures : figures.prefix(1) + "." + figures.dropFirst()
        return sign + head + "e" + (power < 0 ? "-" : "+") + String(power.magnitude)
    }
}
