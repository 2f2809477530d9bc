/// Ethereum's recursive length prefix encoding, writing side.
public enum RLP {
    public indirect enum Item: Hashable, Sendable {
        case bytes([UInt8])
        case list([Item])
        /// Already encoded.
        case encoded([UInt8])

        /// Big-endian without leading zeros.
        public static func integer(_ value: UInt128) -> Item {
            .bytes((0..<16).map { UInt8(truncatingIfNeeded: value >> UInt128(120 - 8 * $0)) }.drop { $0 == 0 }.map { $0 })
        }

        /// A 32-byte number without leading zeros.
        public static func word(_ bytes: [UInt8]) -> Item { .bytes(Array(bytes.drop { $0 == 0 })) }
    }

    public static func encode(_ item: Item) -> [UInt8] {
        switch item {
        case .encoded(let bytes): return bytes
        case .bytes(let bytes):
            if bytes.count == 1, bytes[0] < 0x80 { return bytes }
            return header(bytes.count, short: 0x80) + bytes
        case .list(let items):
            let body = items.flatMap(encode)
            return header(body.count, short: 0xc0) + body
        }
    }

    private static func header(_ count: Int, short: UInt8) -> [UInt8] {
        if count < 56 { return [short + UInt8(count)] }
        var digits: [UInt8] = []
        var rest = count
        while rest > 0 {
            digits.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [short + 55 + UInt8(digits.count)] + digits
    }
}
