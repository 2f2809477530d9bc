import Bytes
import FuzzKit
import Testing

/// Any text: refused, or bytes that are written as the same text again.
@Suite struct TextFuzzTests {
    @Test func hexAndBase64() {
        var fuzz = Fuzz(seed: 1)
        let seeds = ["0x0123456789abcdef", "00ff", "", "QUJDRA==", "QUI=", "QUJD", "+/+/"].map { Array($0.utf8) }
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let text = fuzz.alteredText(fuzz.pick(seeds))
            if let bytes = Hex.decode(utf8: text[...]) {
                accepted += 1
                let digits = String(decoding: text, as: UTF8.self).lowercased()
                #expect(Hex.encode(bytes) == (digits.hasPrefix("0x") ? String(digits.dropFirst(2)) : digits))
            }
            let string = String(decoding: text, as: UTF8.self)
            if let bytes = Base64.decode(string) {
                accepted += 1
                // The bits behind the last byte are not looked at.
                #expect(Base64.decode(Base64.encode(bytes)) == bytes && bytes.count <= string.utf8.count)
            }
        }
        #expect(accepted > 1000)
    }

    @Test func readerStaysInside() {
        var fuzz = Fuzz(seed: 2)
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let bytes = fuzz.bytes(fuzz.below(24))
            var reader = ByteReader(bytes)
            while !reader.isAtEnd {
                let before = reader.offset
                switch fuzz.below(5) {
                case 0: _ = try? reader.readUInt8()
                case 1: _ = try? reader.readUInt64()
                case 2: _ = try? reader.read(Int(bitPattern: UInt(fuzz.number())))
                case 3:
                    if let count = try? reader.readCount(maximum: 1 << 30, minimumElementBytes: 3) { #expect(count * 3 <= reader.remaining) }
                default: _ = try? reader.skip(fuzz.below(4))
                }
                #expect(reader.offset >= before && reader.offset <= bytes.count)
                if reader.offset == before { break }
            }
        }
    }
}
