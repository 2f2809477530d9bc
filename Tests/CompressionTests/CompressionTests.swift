import Compression
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

@Test func anyBytesAreRefusedOrRead() {
    var state: UInt64 = 7
    for _ in 0..<2000 {
        var bytes = Gzip.compress((0..<50).map { UInt8($0) })
        state = state &* 6364136223846793005 &+ 1442695040888963407
        bytes[Int(state >> 33) % bytes.count] ^= UInt8(truncatingIfNeeded: state >> 20) | 1
        _ = try? Gzip.decompress(bytes, limit: 1 << 20)
    }
}
