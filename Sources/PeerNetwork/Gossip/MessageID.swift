import Bytes
import Ciphers

/// First 20 bytes of sha256(topic ‖ uncompressed payload) («note 07 §4.2»).
public struct MessageID: Hashable, Sendable, CustomStringConvertible {
    // Five words, not an array: ids live in sets of hundreds of thousands.
    private var a: UInt32, b: UInt32, c: UInt32, d: UInt32, e: UInt32

    public static let byteCount = 20

    /// Nil unless exactly 20 bytes are given.
    public init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        (a, b, c, d, e) = bytes.withUnsafeBytes { raw in
            func word(_ index: Int) -> UInt32 { UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)) }
            return (word(0), word(1), word(2), word(3), word(4))
        }
    }

    /// `topic`: its name in UTF-8.
    public init(topic: [UInt8], payload: [UInt8]) {
        self.init(MessageDigest.sha256(topic, payload)[..<Self.byteCount])!
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout [UInt8]) {
        for word in [a, b, c, d, e] {
            for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
    }

    public var description: String { Hex.encode(bytes) }
}
