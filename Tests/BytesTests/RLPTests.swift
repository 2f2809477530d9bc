import Bytes
import FuzzKit
import Testing

@Suite struct RLPTests {
    @Test func itemsOfEveryFormReadBack() throws {
        let items: [RLP.Item] = [
            .bytes([]), .bytes([0]), .bytes([0x7f]), .bytes([0x80]), .bytes(Array(repeating: 7, count: 55)), .bytes(Array(repeating: 7, count: 56)),
            .bytes(Array(repeating: 7, count: 70_000)), .list([]), .list([.list([]), .list([.list([])])]),
            .list(Array(repeating: .bytes([1, 2, 3]), count: 100)),
        ]
        for item in items { #expect(try RLP.decode(RLP.encode(item)[...]) == item) }
        // Known encodings, so that both sides are not wrong alike.
        #expect(RLP.encode(.list([.bytes(Array("cat".utf8)), .bytes(Array("dog".utf8))])) == [0xc8, 0x83, 99, 97, 116, 0x83, 100, 111, 103])
        #expect(RLP.encode(.integer(1024)) == [0x82, 4, 0])
        #expect(RLP.encode(.integer(0)) == [0x80])
        #expect(RLP.encode(.bytes(Array(repeating: 1, count: 56))).prefix(2) == [0xb8, 56])
        #expect(RLP.listHeader(300) == [0xf9, 1, 44])
    }

    @Test func whatHasAShorterFormIsRefused() {
        for bytes: [UInt8] in [
            [0x81, 0x05], [0xb8, 0x01, 0xff], [0xb8, 0x37] + Array(repeating: 1, count: 55), [0xb9, 0x00, 0x38] + Array(repeating: 1, count: 56),
            [0xf8, 0x01, 0x05], [], [0x82, 1], [0xc2, 1], [0xbb, 0xff, 0xff, 0xff, 0xff], [0xbf, 1, 0, 0, 0, 0, 0, 0, 0], [0xff] + Array(repeating: 0xff, count: 8), [1, 2],
        ] { #expect(throws: DecodingError.self) { try RLP.decode(bytes[...]) } }
    }

    @Test func theReferencesZeroAndPaddedNumbersAreAccepted() throws {
        for (bytes, value): ([UInt8], UInt64) in [([0x00], 0), ([0x80], 0), ([0x88, 0, 0, 0, 0, 0, 0, 0, 9], 9), ([0x88] + Array(repeating: 255, count: 8), .max)] {
            var reader = RLPReader(bytes[...])
            #expect(try reader.readUInt64("number") == value)
        }
        var long = RLPReader(([0x89] + Array(repeating: 1, count: 9))[...])
        #expect(throws: DecodingError.self) { try long.readUInt64("number") }
    }

    @Test func depthAndNumberOfItemsAreBounded() {
        var deep = RLP.encode(.list([]))
        for _ in 0..<40 { deep = RLP.encode(.list([.encoded(deep)])) }
        #expect(throws: DecodingError.self) { try RLP.decode(deep[...]) }
        let many = RLP.encode(.list(Array(repeating: .bytes([]), count: 5000)))
        #expect(throws: DecodingError.self) { try RLP.decode(many[...]) }
        #expect(throws: Never.self) { try RLP.decode(many[...], maximumItems: 5001) }
    }

    @Test func whatIsAcceptedHasThatEncodingOnly() {
        var fuzz = Fuzz(seed: 0x91)
        func item(_ depth: Int) -> RLP.Item {
            depth == 0 || fuzz.below(3) > 0 ? .bytes(fuzz.bytes(fuzz.pick([0, 1, 1, 2, 8, 33, 55, 56, 80]))) : .list((0..<fuzz.below(5)).map { _ in item(depth - 1) })
        }
        for _ in 0..<Fuzz.rounds(short: 3000) {
            let bytes = fuzz.altered(RLP.encode(item(4)))
            if let decoded = try? RLP.decode(bytes[...]) { #expect(RLP.encode(decoded) == bytes) }
        }
    }
}
