import Field
import FieldKit
import JSON
import Protocol
import Testing

@Suite struct BigIntegerTests {
    @Test func decimalAgreesWithWideIntegers() {
        var random = KernelRandom(seed: 31)
        for _ in 0..<500 {
            let value = (UInt128(random.next()) << 64 | UInt128(random.next())) >> UInt128(random.below(128))
            let number = BigInteger(value)
            #expect(number.description == String(value))
            #expect(BigInteger(javaScript: String(value)) == number)
            #expect(BigInteger(javaScript: "-" + String(value))?.description == (value == 0 ? "0" : "-" + String(value)))
            #expect(BigInteger(javaScript: "0x" + String(value, radix: 16)) == number)
            #expect(number.uint64 == UInt64(exactly: value))
        }
        #expect(BigInteger(Fr.zero - 1).description == "21888242871839275222246405745257275088548364400416034343698204186575808495616")
        #expect(BigInteger(Int64.min).int == Int(Int64.min) && BigInteger(Int64.min).description == "-9223372036854775808")
    }

    @Test func textAsJavaScriptReadsIt() {
        let forms: [(String, String?)] = [
            ("", "0"), (" 8 ", "8"), ("007", "7"), ("+5", "5"), ("-0", "0"), ("0b101", "5"), ("0o17", "15"), ("0XfF", "255"), ("\n\t9\r", "9"),
            ("1.5", nil), ("abc", nil), ("1e3", nil), ("-0x1", nil), ("0x", nil), ("-", nil), ("1 2", nil), ("١", nil), ("0b2", nil),
        ]
        for (text, expected) in forms { #expect(BigInteger(javaScript: text)?.description == expected, "«\(text)»") }
        let longest = String(repeating: "9", count: 1_233)
        #expect(BigInteger(javaScript: longest)?.description == longest)
        #expect(BigInteger(javaScript: String(repeating: "9", count: 1_300)) == nil, "beyond the limit")
        #expect(BigInteger(javaScript: String(repeating: "9", count: 5_000_000)) == nil)
    }

    @Test func doublesExactly() {
        #expect(BigInteger(exactly: 1e21)?.description == "1000000000000000000000")
        #expect(BigInteger(exactly: -3)?.description == "-3")
        #expect(BigInteger(exactly: 0)?.description == "0")
        #expect(BigInteger(exactly: 9_007_199_254_740_992)?.description == "9007199254740992")
        #expect(BigInteger(exactly: 1.5) == nil && BigInteger(exactly: .nan) == nil && BigInteger(exactly: .infinity) == nil)
    }
}
