import Bytes
import Field
import FieldKit
import Protocol
import Testing

@Suite struct BlobFieldTests {
    /// Note 02 §13.
    @Test func twoSmallEffects() throws {
        let body = Body(txEffects: [
            TxEffect(txHash: TxHash(42), nullifiers: [0x123]),
            TxEffect(txHash: TxHash(43), noteHashes: [0x6789], nullifiers: [0x45]),
        ])
        let fee = fr("2000000000000000000000000000000000000000000000000000000000000")
        let expected: [Fr] = [
            fr("74785f737461727400000500010000"), 0x2a, fee, 0x0400_0001, 0x123,
            fr("74785f737461727400000700010000"), 0x2b, fee, 0x0300_0001, 0x6789, 0x0400_0001, 0x45,
        ]
        #expect(try #require(body.blobFields()) == expected)
        #expect(try Body(blobWords: expected.flatMap(\.bytes)[...]) == body)
    }

    @Test func decodingUndoesEncoding() throws {
        var generator = SeededGenerator(seed: 2)
        for count in 0..<12 {
            let body = generator.body(count)
            let fields = try #require(body.blobFields())
            #expect(fields.count == body.blobFieldCount)
            let words = fields.flatMap(\.bytes)
            #expect(try Body(blobWords: words[...]) == body)
            #expect(try Body(exactly: body.serialized) == body)
            // Zeros behind the last effect, up to the end of the last blob, are no data.
            let blobBytes = 32 * ProtocolConstants.fieldsPerBlob
            let blobs = words + [UInt8](repeating: 0, count: max(blobBytes, (words.count + blobBytes - 1) / blobBytes * blobBytes) - words.count)
            #expect(try BlobFraming.payload(of: blobs[...]) == words[...])
            #expect(try Body(blobs: blobs[...]) == body)
        }
    }

    @Test func effectsMayStraddleBlobs() throws {
        var generator = SeededGenerator(seed: 3)
        var effects: [TxEffect] = []
        while Body(txEffects: effects).blobFieldCount <= ProtocolConstants.fieldsPerBlob { effects.append(generator.effect()) }
        let body = Body(txEffects: effects)
        let words = try #require(body.blobFields()).flatMap(\.bytes)
        let padded = words + [UInt8](repeating: 0, count: 2 * 32 * ProtocolConstants.fieldsPerBlob - words.count)
        #expect(try Body(blobs: padded[...]) == body)
    }

    @Test func tooManyFieldsForABlock() {
        let effect = TxEffect(nullifiers: [1], contractClassLogs: [ContractClassLog(contractAddress: 3, fields: .zero, emittedLength: 3019)])
        #expect(Body(txEffects: Array(repeating: effect, count: 4)).blobFields() != nil)
        #expect(Body(txEffects: Array(repeating: effect, count: 5)).blobFields() == nil)
    }

    @Test func framingRefuses() {
        func payload(_ fields: [Fr]) -> Bool { (try? BlobFraming.payload(of: fields.flatMap(\.bytes)[...])) != nil }
        let start = { (count: UInt64, code: UInt64) in fr("74785f737461727400000000010000") + Fr(count << 32) + Fr(code) }
        #expect(payload([start(3, 0), 1, 1, 0, 77]))
        #expect(payload([start(3, 4), 1, 1]))
        #expect(!payload([start(3, 5), 1, 1]))
        #expect(!payload([start(4, 0), 1, 1]))
        #expect(!payload([start(2, 0), 1, 1]))
        #expect(!payload([start(0, 0), 1, 1]))
        #expect(!payload([start(3, 0), 1, 1, 77]))
        #expect((try? BlobFraming.payload(of: [UInt8](repeating: 0, count: 31)[...])) == nil)
    }

    @Test func manyItemsOfOneCategoryAreRefused() {
        let words = [fr("74785f737461727400010400010000"), 1, 1, 0x0400_0100] + [Fr](repeating: 1, count: 256)
        var reader = ByteReader(words.flatMap(\.bytes))
        #expect(throws: DecodingError.self) { try TxEffect(blobWords: &reader) }
    }
}
