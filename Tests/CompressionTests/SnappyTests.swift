import Compression
import FuzzKit
import Testing

@Suite struct SnappyTests {
    /// «hello hello hello hello»: a literal and a copy that overlaps itself.
    static let hello: [UInt8] = [0x17, 0x14, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x42, 0x06, 0x00]

    @Test func readsWhatOthersWrote() throws {
        #expect(try Snappy.decompress(Self.hello, limit: 100) == Array("hello hello hello hello".utf8))
        #expect(try Snappy.decompress([0], limit: 100) == [])
        // Runs of one byte, by copies of offset one.
        #expect(try Snappy.decompress([0x80, 0x02, 0, 7, 0xfe, 1, 0, 0xfe, 1, 0, 0xfe, 1, 0, 0xfa, 1, 0], limit: 256) == [UInt8](repeating: 7, count: 256))
    }

    @Test func roundTrips() throws {
        var fuzz = Fuzz(seed: 1)
        for count in [1, 59, 60, 61, 255, 256, 257, 65_535, 65_536, 65_537, 300_000] {
            for bytes in [fuzz.bytes(count), [UInt8](repeating: 3, count: count), (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }] {
                #expect(try Snappy.decompress(Snappy.compress(bytes), limit: count) == bytes)
                #expect(throws: Snappy.Failure.tooLarge(declared: count, limit: count - 1)) { try Snappy.decompress(Snappy.compress(bytes), limit: count - 1) }
            }
        }
    }

    @Test(arguments: [
        [], [5], [0x17, 0x14, 0x68], [0x17, 0x14, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x42, 0x06, 0x00, 0x00], [0x18, 0x14, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x42, 0x06, 0x00],
        [0x16, 0x14, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x42, 0x06, 0x00], [0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0x04, 0x01, 0x05, 0, 0], [0xff],
    ] as [[UInt8]]) func malformedDataIsRefused(bytes: [UInt8]) {
        #expect(throws: Snappy.Failure.malformed) { try Snappy.decompress(bytes, limit: 1000) }
    }

    /// A length that is a lie allocates nothing, a length beyond the limit is not even looked into.
    @Test func aBombIsStoppedByItsHeader() {
        let before = Fuzz.peakKilobytes
        #expect(throws: Snappy.Failure.tooLarge(declared: 0xffff_ffff, limit: 10 << 20)) { try Snappy.decompress([0xff, 0xff, 0xff, 0xff, 0x0f, 0], limit: 10 << 20) }
        #expect(throws: Snappy.Failure.malformed) { try Snappy.decompress([0xff, 0xff, 0xff, 0x7f, 0, 7], limit: 1 << 30) }
        #expect(Fuzz.peakKilobytes - before < 16 << 10)
    }

    @Test func anyBytesAreRefusedOrRead() {
        var fuzz = Fuzz(seed: 2)
        let seeds = [Self.hello, [0], Snappy.compress(fuzz.bytes(500)), Snappy.compress([UInt8](repeating: 9, count: 4000)), Snappy.compress((0..<2000).map { UInt8($0 % 50) })]
        var read = 0, refused = 0
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            do {
                let bytes = try Snappy.decompress(fuzz.altered(fuzz.pick(seeds)), limit: 4096)
                #expect(bytes.count <= 4096)
                read += 1
            } catch { refused += 1 }
        }
        #expect(read > 1000 && refused > 1000)
    }
}
