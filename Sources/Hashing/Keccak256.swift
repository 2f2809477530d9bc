/// Ethereum's Keccak-256: the padding byte is 0x01, before NIST changed it to 0x06.
public enum Keccak256 {
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] { KeccakSponge.hash(bytes, digestBytes: 32) }
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { KeccakSponge.hash(bytes, digestBytes: 32) }
}

/// The same with a digest of 28 bytes.
public enum Keccak224 {
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] { KeccakSponge.hash(bytes, digestBytes: 28) }
}

enum KeccakSponge {
    static func hash(_ bytes: some Collection<UInt8>, digestBytes: Int) -> [UInt8] {
        if let digest = bytes.withContiguousStorageIfAvailable({ hash(UnsafeRawBufferPointer($0), digestBytes: digestBytes) }) {
            return digest
        }
        return Array(bytes).withUnsafeBytes { hash($0, digestBytes: digestBytes) }
    }

    static func hash(_ bytes: UnsafeRawBufferPointer, digestBytes: Int) -> [UInt8] {
        let rate = 200 - 2 * digestBytes
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 25) { lanes in
            lanes.initialize(repeating: 0)
            var at = 0
            while bytes.count - at >= rate {
                absorb(lanes, UnsafeRawBufferPointer(rebasing: bytes[at..<(at + rate)]))
                at += rate
            }
            withUnsafeTemporaryAllocation(byteCount: rate, alignment: 8) { last in
                last.initializeMemory(as: UInt8.self, repeating: 0)
                last.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[at...]))
                last[bytes.count - at] ^= 0x01
                last[rate - 1] ^= 0x80
                absorb(lanes, UnsafeRawBufferPointer(last))
            }
            return Array(UnsafeRawBufferPointer(lanes)[..<digestBytes])
        }
    }

    private static func absorb(_ lanes: UnsafeMutableBufferPointer<UInt64>, _ block: UnsafeRawBufferPointer) {
        for index in 0..<(block.count / 8) {
            lanes[index] ^= UInt64(littleEndian: block.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        KeccakF1600.permute(lanes)
    }
}

/// The permutation Keccak-f[1600] on 25 lanes, lane[x + 5y].
public enum KeccakF1600 {
    static let roundConstants: [UInt64] = [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
        0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
        0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
        0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ]

    /// Precondition: 25 lanes.
    public static func permute(_ lanes: inout [UInt64]) {
        precondition(lanes.count == 25)
        lanes.withUnsafeMutableBufferPointer { permute($0) }
    }

    static func permute(_ lanes: UnsafeMutableBufferPointer<UInt64>) {
        precondition(lanes.count == 25)
        for constant in roundConstants { round(lanes.baseAddress!, constant) }
    }

    @inline(__always)
    private static func rotate(_ x: UInt64, _ count: UInt64) -> UInt64 { x << count | x >> (64 - count) }

    @inline(__always)
    private static func round(_ a: UnsafeMutablePointer<UInt64>, _ constant: UInt64) {
        // Theta
        let c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20]
        let c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21]
        let c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22]
        let c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23]
        let c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24]
        let d0 = c4 ^ rotate(c1, 1)
        let d1 = c0 ^ rotate(c2, 1)
        let d2 = c1 ^ rotate(c3, 1)
        let d3 = c2 ^ rotate(c4, 1)
        let d4 = c3 ^ rotate(c0, 1)
        // Rho and pi: b[y + 5(2x + 3y)] = rotate(a[x + 5y])
        let b0 = a[0] ^ d0
        let b1 = rotate(a[6] ^ d1, 44)
        let b2 = rotate(a[12] ^ d2, 43)
        let b3 = rotate(a[18] ^ d3, 21)
        let b4 = rotate(a[24] ^ d4, 14)
        let b5 = rotate(a[3] ^ d3, 28)
        let b6 = rotate(a[9] ^ d4, 20)
        let b7 = rotate(a[10] ^ d0, 3)
        let b8 = rotate(a[16] ^ d1, 45)
        let b9 = rotate(a[22] ^ d2, 61)
        let b10 = rotate(a[1] ^ d1, 1)
        let b11 = rotate(a[7] ^ d2, 6)
        let b12 = rotate(a[13] ^ d3, 25)
        let b13 = rotate(a[19] ^ d4, 8)
        let b14 = rotate(a[20] ^ d0, 18)
        let b15 = rotate(a[4] ^ d4, 27)
        let b16 = rotate(a[5] ^ d0, 36)
        let b17 = rotate(a[11] ^ d1, 10)
        let b18 = rotate(a[17] ^ d2, 15)
        let b19 = rotate(a[23] ^ d3, 56)
        let b20 = rotate(a[2] ^ d2, 62)
        let b21 = rotate(a[8] ^ d3, 55)
        let b22 = rotate(a[14] ^ d4, 39)
        let b23 = rotate(a[15] ^ d0, 41)
        let b24 = rotate(a[21] ^ d1, 2)
        // Chi
        a[0] = b0 ^ (~b1 & b2)
        a[1] = b1 ^ (~b2 & b3)
        a[2] = b2 ^ (~b3 & b4)
        a[3] = b3 ^ (~b4 & b0)
        a[4] = b4 ^ (~b0 & b1)
        a[5] = b5 ^ (~b6 & b7)
        a[6] = b6 ^ (~b7 & b8)
        a[7] = b7 ^ (~b8 & b9)
        a[8] = b8 ^ (~b9 & b5)
        a[9] = b9 ^ (~b5 & b6)
        a[10] = b10 ^ (~b11 & b12)
        a[11] = b11 ^ (~b12 & b13)
        a[12] = b12 ^ (~b13 & b14)
        a[13] = b13 ^ (~b14 & b10)
        a[14] = b14 ^ (~b10 & b11)
        a[15] = b15 ^ (~b16 & b17)
        a[16] = b16 ^ (~b17 & b18)
        a[17] = b17 ^ (~b18 & b19)
        a[18] = b18 ^ (~b19 & b15)
        a[19] = b19 ^ (~b15 & b16)
        a[20] = b20 ^ (~b21 & b22)
        a[21] = b21 ^ (~b22 & b23)
        a[22] = b22 ^ (~b23 & b24)
        a[23] = b23 ^ (~b24 & b20)
        a[24] = b24 ^ (~b20 & b21)
        a[0] ^= constant
    }
}
