/// BLAKE2s-256 (RFC 7693), unkeyed: the challenge hash of Schnorr signatures.
public enum BLAKE2s {
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let input = Array(bytes)
        var h = BlakeMixer.initialValue
        h[0] ^= 0x0101_0020
        let blocks = max(1, (input.count + 63) / 64)
        for block in 0..<blocks {
            let end = min(input.count, 64 * block + 64)
            let message = BlakeMixer.words(input[(64 * block)..<end])
            var v = h + BlakeMixer.initialValue
            v[12] ^= UInt32(truncatingIfNeeded: end)
            v[13] ^= UInt32(truncatingIfNeeded: end >> 32)
            if block == blocks - 1 { v[14] = ~v[14] }
            for schedule in BlakeMixer.schedules2s { BlakeMixer.round(&v, message, schedule) }
            for index in 0..<8 { h[index] ^= v[index] ^ v[index + 8] }
        }
        return BlakeMixer.littleEndian(h)
    }
}

/// BLAKE3 with its default key for at most one chunk: what the Pedersen generators are drawn from.
enum BLAKE3 {
    static let chunkBytes = 1024

    /// Precondition: at most 1024 bytes.
    static func hashChunk(_ input: [UInt8]) -> [UInt8] {
        precondition(input.count <= chunkBytes)
        var h = BlakeMixer.initialValue
        let blocks = max(1, (input.count + 63) / 64)
        for block in 0..<blocks {
            let end = min(input.count, 64 * block + 64)
            var message = BlakeMixer.words(input[(64 * block)..<end])
            // Flags: 1 starts the chunk, 2 ends it, 8 is the root.
            let flags: UInt32 = (block == 0 ? 1 : 0) | (block == blocks - 1 ? 2 | 8 : 0)
            var v = h + BlakeMixer.initialValue[..<4] + [0, 0, UInt32(end - 64 * block), flags]
            for round in 0..<7 {
                BlakeMixer.round(&v, message, BlakeMixer.identity)
                if round < 6 { message = BlakeMixer.permutation3.map { message[$0] } }
            }
            for index in 0..<8 { h[index] = v[index] ^ v[index + 8] }
        }
        return BlakeMixer.littleEndian(h)
    }
}

/// The round that BLAKE2s and BLAKE3 share.
private enum BlakeMixer {
    static let initialValue: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    static let identity = Array(0..<16)
    static let permutation3 = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
    static let schedules2s: [[Int]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]

    static func words(_ block: ArraySlice<UInt8>) -> [UInt32] {
        var words = [UInt32](repeating: 0, count: 16)
        for (index, byte) in block.enumerated() { words[index >> 2] |= UInt32(byte) << UInt32(8 * (index & 3)) }
        return words
    }

    static func littleEndian(_ words: [UInt32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    static func round(_ v: inout [UInt32], _ m: [UInt32], _ s: [Int]) {
        mix(&v, 0, 4, 8, 12, m[s[0]], m[s[1]])
        mix(&v, 1, 5, 9, 13, m[s[2]], m[s[3]])
        mix(&v, 2, 6, 10, 14, m[s[4]], m[s[5]])
        mix(&v, 3, 7, 11, 15, m[s[6]], m[s[7]])
        mix(&v, 0, 5, 10, 15, m[s[8]], m[s[9]])
        mix(&v, 1, 6, 11, 12, m[s[10]], m[s[11]])
        mix(&v, 2, 7, 8, 13, m[s[12]], m[s[13]])
        mix(&v, 3, 4, 9, 14, m[s[14]], m[s[15]])
    }

    static func mix(_ v: inout [UInt32], _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt32, _ y: UInt32) {
        func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
        v[a] = v[a] &+ v[b] &+ x
        v[d] = rotate(v[d] ^ v[a], 16)
        v[c] = v[c] &+ v[d]
        v[b] = rotate(v[b] ^ v[c], 12)
        v[a] = v[a] &+ v[b] &+ y
        v[d] = rotate(v[d] ^ v[a], 8)
        v[c] = v[c] &+ v[d]
        v[b] = rotate(v[b] ^ v[c], 7)
    }
}
