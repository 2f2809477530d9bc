public enum Hex {
    @usableFromInline static let digits: [UInt8] = Array("0123456789abcdef".utf8)

    /// Lower-case hex digits of `bytes`, without prefix.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var at = 0
            for byte in bytes {
                buffer[at] = digits[Int(byte >> 4)]
                buffer[at + 1] = digits[Int(byte & 15)]
                at += 2
            }
            return at
        }
    }

    public static func encodePrefixed(_ bytes: some Collection<UInt8>) -> String { "0x" + encode(bytes) }

    /// Value of one hex digit, either case.
    public static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        case 65...70: digit - 55
        default: nil
        }
    }

    /// Bytes of an even number of hex digits with optional `0x`; nil for anything else.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var text = String(text)
        return text.withUTF8 { decode(utf8: Array($0)[...]) }
    }

    public static func decode(utf8: ArraySlice<UInt8>) -> [UInt8]? {
        var digits = utf8
        if digits.count >= 2, digits.first == 48, digits[digits.startIndex + 1] == 120 { digits = digits.dropFirst(2) }
        guard digits.count % 2 == 0 else { return nil }
        var result = [UInt8]()
        result.reserveCapacity(digits.count / 2)
        var at = digits.startIndex
        while at < digits.endIndex {
            guard let high = value(digits[at]), let low = value(digits[at + 1]) else { return nil }
            result.append(high << 4 | low)
            at += 2
        }
        return result
    }
}

extension Collection where Element == UInt8 {
    /// `0x` + lower-case digits.
    public var hex: String { Hex.encodePrefixed(self) }
}
