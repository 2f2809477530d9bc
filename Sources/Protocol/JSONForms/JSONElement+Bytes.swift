public import Bytes
public import JSON

extension JSONElement {
    /// A string of hex digits with optional `0x`, whatever their number (`isHex` of the reference).
    public func hexDigits() throws(JSONError) -> ArraySlice<UInt8> {
        guard let text = utf8 else { throw JSONError("a string is expected", at: self) }
        var digits = text[...]
        if digits.starts(with: [48, 120]) { digits = digits.dropFirst(2) }
        guard digits.allSatisfy({ Hex.value($0) != nil }) else { throw JSONError("not a valid hex string", at: self) }
        return digits
    }

    /// Bytes of a hex string; a last odd digit is dropped, as JavaScript's buffers do.
    public func lenientHexBytes() throws(JSONError) -> [UInt8] {
        let digits = try hexDigits()
        guard let bytes = Hex.decode(utf8: digits.prefix(digits.count & ~1)) else { throw JSONError("not a valid hex string", at: self) }
        return bytes
    }

    /// The schema `Buffer`: base64, or `{"type":"Buffer","data":[…]}` with bytes as numbers.
    public func buffer() throws(JSONError) -> [UInt8] {
        if isObject {
            guard self["type"]?.string == "Buffer", let data = self["data"], data.isArray else { throw JSONError("a buffer is expected", at: self) }
            var bytes: [UInt8] = []
            for element in data.elements {
                guard let number = element.double, let byte = UInt8(exactly: number) else { throw JSONError("a byte is expected", at: element) }
                bytes.append(byte)
            }
            return bytes
        }
        guard let text = utf8 else { throw JSONError("base64 is expected", at: self) }
        if let bytes = Base64.decode(String(decoding: text, as: UTF8.self)) { return bytes }
        guard text.count > 1024 else { throw JSONError("not a valid base64 string", at: self) }
        return Self.lenientBase64(text)
    }

    /// Node's decoder, for texts too long for the reference to check: letters of both alphabets count, all else is
    /// skipped, padding ends the text.
    static func lenientBase64(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var bits = 0
        for letter in text {
            let value: UInt32
            switch letter {
            case 65...90: value = UInt32(letter) - 65
            case 97...122: value = UInt32(letter) - 71
            case 48...57: value = UInt32(letter) + 4
            case 43, 45: value = 62
            case 47, 95: value = 63
            case 61: return bytes
            default: continue
            }
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return bytes
    }

    /// Decodes the front of `bytes` as `T`, with the binary decoder's complaint at this element's path.
    public func decodeBinary<T: BinaryCodable>(_ bytes: [UInt8], as type: T.Type = T.self) throws(JSONError) -> T {
        do {
            return try T(prefixOf: bytes)
        } catch {
            throw JSONError(error.description, at: self)
        }
    }
}
