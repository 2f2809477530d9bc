import JSON
import Testing

@Suite struct JSONParsing {
    @Test func readsEveryKind() throws {
        let document = try JSONDocument.parse(#"{"a":[1,-2,3.5,"x\u0041\n",true,null,{}],"b":18446744073709551615,"a2":{"c":"d"}}"#)
        let root = document.root
        #expect(root.kind == .object && root.count == 3)
        #expect(root.members.keys == ["a", "b", "a2"])
        let list = try #require(root["a"])
        #expect(list.count == 7 && list[1]?.int == -2 && list[2]?.int == nil && list[2]?.double == 3.5)
        #expect(list[3]?.string == "xA\n" && list[4]?.bool == true && list[5]?.isNull == true && list[6]?.count == 0)
        #expect(list[7] == nil)
        #expect(root["b"]?.uint64 == .max && root["b"]?.int == nil)
        #expect(root["a2"]?["c"]?.string == "d" && root["zz"] == nil)
        #expect(list.elements.map(\.kind).count == 7)
    }

    @Test func numbersAsJavaScriptHoldsThem() throws {
        let root = try JSONDocument.parse("[1.0, 1e3, 123456789012345678901234567890, -99999999999999999999, 0.1, \"12345678901234567890123\", 1.5e3]").root
        #expect(root[0]?.int == 1 && root[1]?.int == 1000)
        #expect(root[2]?.double == 123456789012345678901234567890.0)
        #expect(root[3]?.double == -1e20 && root[4]?.double == 0.1)
        #expect(root[5]?.string == "12345678901234567890123" && root[6]?.int == 1500)
    }

    @Test func repeatedKeyTakesTheLast() throws {
        #expect(try JSONDocument.parse(#"{"a":1,"a":2}"#).root["a"]?.int == 2)
    }

    @Test func pathsNameThePlace() throws {
        let root = try JSONDocument.parse(#"{"x":[{"y":1},{"y":"no","z":[[]]}]}"#).root
        #expect(root["x"]?[1]?["y"]?.path == "x[1].y")
        #expect(root["x"]?[1]?["z"]?[0]?.path == "x[1].z[0]")
        #expect(throws: JSONError("an integer is expected", path: "x[1].y")) { try root["x"]![1]!["y"]!.requireInt() }
        #expect(throws: JSONError("member «q» is missing", path: "x[0]")) { try root["x"]![0]!.required("q") }
    }

    @Test(arguments: ["", " ", "{", "[1,]", "{\"a\":}", "nul", "01", "1 2", "\"\u{1}\"", "\"a", "{'a':1}", "[1e]", "\u{feff}x"])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONDocument.parse(text) }
    }

    @Test func boundsDepthAndSize() throws {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 5000) + [UInt8](repeating: UInt8(ascii: "]"), count: 5000)
        #expect(throws: JSONError.self) { try JSONDocument.parse(deep) }
        #expect(throws: JSONError.self) { try JSONDocument.parse(Array("[[[1]]]".utf8), maximumDepth: 2) }
        #expect(throws: JSONError.self) { try JSONDocument.parse(Array("[1,2,3]".utf8), maximumBytes: 4) }
        _ = try JSONDocument.parse([UInt8](repeating: UInt8(ascii: "["), count: 1000) + [UInt8](repeating: UInt8(ascii: "]"), count: 1000))
    }

    @Test func manyElements() throws {
        let text = "[" + (0..<100_000).map(String.init).joined(separator: ",") + "]"
        let root = try JSONDocument.parse(text).root
        #expect(root.count == 100_000 && root.elements.reduce(0) { $0 + $1.int! } == 4_999_950_000)
    }
}

@Suite struct JSONWriting {
    @Test func placesCommas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("a", 1)
        writer.key("b")
        writer.beginArray()
        writer.value("x")
        writer.value(UInt64.max)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.hex([1, 255])
        writer.base64([0, 1, 2, 3])
        writer.endArray()
        writer.member("c", true)
        writer.member("d", [1, 2])
        writer.member("e", ifPresent: nil as Int?)
        writer.key("f")
        writer.raw("{}".utf8)
        writer.key("g")
        writer.decimalText(Int64.min)
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self)
            == #"{"a":1,"b":["x",18446744073709551615,null,{},"0x01ff","AAECAw=="],"c":true,"d":[1,2],"f":{},"g":"-9223372036854775808"}"#)
    }

    @Test func escapesAsStringify() {
        #expect(JSONText.quoted("a\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é\u{2028}😀") == "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u{7f}é\u{2028}😀\"")
        #expect(JSONText.quoted("") == "\"\"")
    }

    @Test(arguments: [
        (1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (1e21, "1e+21"), (1e20, "100000000000000000000"), (123456789012345683968, "123456789012345680000"),
        (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-9, "1.5e-9"), (-1234.5678, "-1234.5678"), (Double.leastNonzeroMagnitude, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"), (0.5, "0.5"), (1e16, "10000000000000000"), (9007199254740992, "9007199254740992"),
    ] as [(Double, String)])
    func printsDoubles(_ number: Double, _ text: String) {
        #expect(JSONText.javaScript(number) == text)
        var writer = JSONWriter()
        writer.value(number)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func writesBackWhatItRead() throws {
        let text = #"{"a":[1,2.5,"é\"\\\n",true,null,{"b":[]}],"c":{},"d":-7}"#
        var writer = JSONWriter()
        writer.value(try JSONDocument.parse(text).root)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }
}
