import Bytes
import Field
import Testing

@Suite struct FieldTextTests {
    static func padded(_ hex: String) -> [UInt8] { Fr(hex: hex)!.bytes }

    @Test func takesWhatTheReferenceTakes() {
        #expect(FieldText.parse("10") == Self.padded("a"))
        #expect(FieldText.parse("007") == Self.padded("7"))
        #expect(FieldText.parse("0xabc") == Self.padded("abc"))
        #expect(FieldText.parse("0Xab") == Self.padded("ab"))
        #expect(FieldText.parseJSON("0Xab") == nil)
        #expect(FieldText.parseHex("1e3") == Self.padded("1e3"))
        for bad in ["", " 1", "1 ", "-1", "1.5", "x", "0x", "0xg", "abc", "1e3", "٣"] { #expect(FieldText.parse(bad) == nil) }
        #expect(FieldText.parse("0x" + String(repeating: "0", count: 65)) == nil)
        #expect(FieldText.parse(String(repeating: "9", count: 5000)) == nil)
    }

    @Test func decimalsReturn() {
        var generator = SeededGenerator(seed: 61)
        for _ in 0..<200 {
            let value = Fr.sample(&generator)
            #expect(FieldText.parse(value.integer.decimal) == value.bytes)
        }
        #expect(Fr.modulus.decimal == "21888242871839275222246405745257275088548364400416034343698204186575808495617")
        #expect(Limbs4.zero.decimal == "0")
        // 2^256 keeps its first 64 hex digits.
        #expect(FieldText.parse("115792089237316195423570985008687907853269984665640564039457584007913129639936") == [0x10] + [UInt8](repeating: 0, count: 31))
    }

    /// Any text: refused, or 32 bytes.
    @Test func randomText() {
        var generator = SeededGenerator(seed: 62)
        let letters = Array("0123456789abcdefABCDEFxX -.\u{0}é")
        for _ in 0..<fuzzRounds {
            let text = String((0..<Int(generator.next() % 80)).map { _ in letters[Int(generator.next() % UInt64(letters.count))] })
            for parsed in [FieldText.parse(text), FieldText.parseHex(text), FieldText.parseJSON(text)] { #expect(parsed == nil || parsed!.count == 32) }
        }
    }
}
