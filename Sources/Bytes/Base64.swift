/// Padded standard base64 (RFC 4648 §4).
public enum Base64 {
    static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (index, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(index) }
        return table
    }()

    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var out = [UInt8]()
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        func emit(_ group: UInt32, _ letters: Int) {
            for position in 0..<letters { out.append(alphabet[Int(group >> UInt32(18 - 6 * position)) & 63]) }
            for _ in letters..<4 { out.append(61) }
        }
        for byte in bytes {
            group |= UInt32(byte) << UInt32(16 - 8 * held)
            held += 1
            if held == 3 {
                emit(group, 4)
                group = 0
                held = 0
            }
        }
        if held > 0 { emit(group, held + 1) }
        return String(decoding: out, as: UTF8.self)
    }

    /// Bytes of padded base64; nil when a character or the padding is wrong.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var letters = Array(text.utf8)
        guard letters.count % 4 == 0 else { return nil }
        let padding = letters.reversed().prefix { $0 == 61 }.count
        guard padding <= 2 else { return nil }
        letters.removeLast(padding)
        var out = [UInt8]()
        out.reserveCapacity(letters.count / 4 * 3 + 2)
        var group: UInt32 = 0
        var bits = 0
        for letter in letters {
            let value = values[Int(letter)]
            guard value < 64 else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return out
    }
}
