import Compression
import FuzzKit
import Testing

@Test func roundTripsAndBounds() throws {
    for count in [0, 1, 1000, 300_000] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        for format in [Gzip.Format.gzip, .zlib] {
            let packed = Gzip.compress(bytes, format: format)
            #expect(try Gzip.decompress(packed) == bytes)
            if count > 0 {
                #expect(throws: Gzip.Failure.larger(thanBytes: count - 1)) { try Gzip.decompress(packed, limit: count - 1) }
                #expect(throws: Gzip.Failure.self) { try Gzip.decompress(Array(packed.dropLast(9))) }
            }
        }
    }
}

@Test func severalMembersAreOneStream() throws {
    let both = Gzip.compress([1, 2, 3]) + Gzip.compress([4, 5])
    #expect(try Gzip.decompress(both) == [1, 2, 3, 4, 5])
}

/// Altered streams of every form: refused or read, never beyond the limit.
@Test func anyBytesAreRefusedOrRead() {
    var fuzz = Fuzz(seed: 7)
    let text = (0..<200).map { UInt8($0 % 50) }
    let seeds = [Gzip.compress(text), Gzip.compress(text, format: .zlib), Gzip.compress([]), Gzip.compress([1, 2]) + Gzip.compress(text), Gzip.compress([UInt8](repeating: 0, count: 1 << 16))]
    var read = 0, refused = 0
    for _ in 0..<Fuzz.rounds(short: 5_000) {
        do {
            let bytes = try Gzip.decompress(fuzz.altered(fuzz.pick(seeds)), limit: 4096, format: fuzz.pick([.gzip, .zlib, .detected]))
            #expect(bytes.count <= 4096)
            read += 1
        } catch { refused += 1 }
    }
    #expect(read > 100 && refused > 100)
}

/// A stream of a few kilobytes that unfolds to a gigabyte costs no more than the limit and a chunk.
@Test func aBombIsStoppedAtTheLimit() {
    let megabyte = Gzip.compress([UInt8](repeating: 0, count: 1 << 20))
    var bomb: [UInt8] = []
    for _ in 0..<1024 { bomb += megabyte }
    let before = Fuzz.peakKilobytes
    #expect(throws: Gzip.Failure.larger(thanBytes: 1 << 20)) { try Gzip.decompress(bomb, limit: 1 << 20) }
    #expect(Fuzz.peakKilobytes - before < 64 << 10)
}
