public import Bytes
public import Field
public import JSON

/// Any 32 bytes, compared as a big-endian integer: `Buffer32` of the reference. No range applies, unlike `Fr`.
public struct Bytes32: Hashable, Comparable, Sendable, BinaryCodable, CustomStringConvertible {
    // Four big-endian words, first bytes first.
    let word0, word1, word2, word3: UInt64

    init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    public static let zero = Bytes32(0, 0, 0, 0)

    /// nil unless there are exactly 32 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        for (index, byte) in bytes.enumerated() {
            switch index >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        self.init(words.0, words.1, words.2, words.3)
    }

    public init(_ field: Fr) {
        let value = field.integer
        self.init(value.l3, value.l2, value.l1, value.l0)
    }

    /// nil unless the text is 64 hex digits with optional `0x`.
    public init?(hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        self.init(try reader.readUInt64("32 bytes"), try reader.readUInt64("32 bytes"), try reader.readUInt64("32 bytes"), try reader.readUInt64("32 bytes"))
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(word0)
        writer.write(word1)
        writer.write(word2)
        writer.write(word3)
    }

    public var isZero: Bool { word0 | word1 | word2 | word3 == 0 }
    public var bytes: [UInt8] { serialized }
    public var hex: String { bytes.hex }
    public var description: String { hex }
    /// The same number as a field element; nil when it is not below the modulus.
    public var field: Fr? { Fr(canonical: bytes) }

    public static func < (a: Bytes32, b: Bytes32) -> Bool {
        (a.word0, a.word1, a.word2, a.word3) < (b.word0, b.word1, b.word2, b.word3)
    }
}

extension Bytes32: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.hex(word0, word1, word2, word3) }

    public init(json: JSONElement) throws(JSONError) {
        let bytes = try json.lenientHexBytes()
        guard let value = Bytes32(bytes) else { throw JSONError("32 bytes are expected, not \(bytes.count)", at: json) }
        self = value
    }
}
