import Bytes
import Field
import JSON
import Protocol
import Testing

@Suite struct ValueTests {
    @Test func javaScriptNumbers() {
        let numbers: [(String, Double?)] = [
            ("5", 5), (" 5\n", 5), ("", 0), ("  ", 0), ("0x10", 16), ("0b101", 5), ("0o17", 15), ("1e3", 1000), ("-1.5", -1.5), (".5", 0.5), ("5.", 5),
            ("-.5", -0.5), ("+7", 7), ("Infinity", .infinity), ("abc", nil), ("1_000", nil), ("0x", nil), ("0xg", nil), (".", nil), ("1e", nil),
            ("nan", nil), ("inf", nil), ("0x1p3", nil), ("-0x10", nil), ("1 2", nil),
        ]
        for (text, expected) in numbers { #expect(JavaScript.number(text) == expected, "\(text)") }
    }

    @Test func wideIntegersInJSON() throws {
        func read(_ text: String) -> UInt64? { (try? JSONDocument.parse(text)).flatMap { try? $0.root.coercedUInt64() } }
        for (text, expected) in [("\" 8 \"", 8), ("\"007\"", 7), ("\"\"", 0), ("\"0x10\"", 16), ("7", 7), ("\"18446744073709551615\"", UInt64.max)] {
            #expect(read(text) == expected, "\(text)")
        }
        for text in ["\"18446744073709551616\"", "\"-1\"", "-1", "1.5", "\"1.5\"", "\"abc\"", "null", "true", "[]"] { #expect(read(text) == nil, "\(text)") }
    }

    @Test func fieldsInJSON() throws {
        func read(_ text: String) -> Fr? { (try? JSONDocument.parse(text)).flatMap { try? Fr(json: $0.root) } }
        #expect(read("\"10\"") == 10)
        #expect(read("\"0x10\"") == 16)
        #expect(read("\"0x1\"") == 1)
        #expect(read("\"ab\"") == nil)
        #expect(read("\"\"") == nil)
        #expect(read("\"0x\"") == nil)
        #expect(read("5") == nil)
        let modulus = "21888242871839275222246405745257275088548364400416034343698204186575808495617"
        #expect(read("\"\(modulus)\"") == nil)
        #expect(read("\"\(modulus.dropLast())6\"") == -Fr.one)
        #expect(read("\"\(String(repeating: "9", count: 90))\"") == nil)
        #expect(read("\"\(String(repeating: "0", count: 900))7\"") == 7)
    }

    @Test func ethAddressChecksums() throws {
        // EIP-55's own examples.
        for text in ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"] {
            let address = try #require(EthAddress(hex: text))
            #expect(address.checksummed == text)
            #expect(EthAddress(hex: text.lowercased()) == address)
            #expect(EthAddress(hex: String(text.dropFirst(2))) == address)
            #expect(EthAddress(address.field) == address)
            var digits = Array(text)
            let letter = try #require(digits.indices.dropFirst(2).first { digits[$0].isLetter })
            digits[letter] = Character(digits[letter].isUppercase ? digits[letter].lowercased() : digits[letter].uppercased())
            #expect(EthAddress(hex: String(digits)) == nil)
        }
        #expect(EthAddress(hex: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe") == nil)
        #expect(EthAddress(-Fr.one) == nil)
    }

    @Test func privateLogsRefuseUnknownMembers() throws {
        let text = PrivateLog(emitted: [1, 2]).jsonText
        #expect(throws: Never.self) { try PrivateLog(json: JSONDocument.parse(text).root) }
        #expect(throws: JSONError.self) { try PrivateLog(json: JSONDocument.parse(text.dropLast() + ",\"x\":1}").root) }
    }

    @Test func classLogFieldsKeepOnlyWhatIsThere() throws {
        let fields = ContractClassLogFields([1, 0, 3, 0, 0])
        #expect(fields.significant == [1, 0, 3])
        #expect(fields.toFields().count == ContractClassLogFields.size)
        #expect(fields.prefix(5) == [1, 0, 3, 0, 0])
        #expect(try ContractClassLogFields(exactly: fields.serialized) == fields)
        #expect(fields[3018] == 0)
    }

    @Test func messageIndices() {
        #expect(InboxLeaf.indices(ofBlock: 1) == 0..<16)
        #expect(InboxLeaf.blockNumber(ofIndex: 15) == 1)
        #expect(InboxLeaf.blockNumber(ofIndex: 16) == 2)
    }
}
