public import Bytes
public import JSON

/// An ECDSA signature on secp256k1 as the protocol carries it: `v` is 32 bits wide on the wire (note 02 §9).
public struct Signature: Hashable, Sendable, BinaryCodable, CustomStringConvertible {
    public var r: Bytes32
    public var s: Bytes32
    public var v: UInt32

    public init(r: Bytes32, s: Bytes32, v: UInt32) {
        self.r = r
        self.s = s
        self.v = v
    }

    public static let empty = Signature(r: .zero, s: .zero, v: 0)
    public static let byteCount = 68

    /// Signature of a member that did not sign.
    public var isEmpty: Bool { r.isZero && s.isZero }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        r = try Bytes32(from: &reader)
        s = try Bytes32(from: &reader)
        v = try reader.readUInt32("signature v")
    }

    public func write(to writer: inout ByteWriter) {
        r.write(to: &writer)
        s.write(to: &writer)
        writer.write(v)
    }

    /// r ‖ s ‖ v as one byte: the form signers and verifiers take. nil when v does not fit.
    public var compactBytes: [UInt8]? {
        UInt8(exactly: v).map { r.bytes + s.bytes + [$0] }
    }

    /// `0x`, 64 digits of r, 64 of s, then v without padding.
    public var hex: String { r.hex + Hex.encode(s.bytes) + String(v, radix: 16) }
    public var description: String { hex }
}

extension Signature: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(hex) }

    /// `0x` and at least 129 hex digits; everything behind the 128th is v.
    public init(json: JSONElement) throws(JSONError) {
        let text = try json.requireString()
        let digits = try json.hexDigits()
        guard text.hasPrefix("0x"), digits.count >= 129, let bytes = Hex.decode(utf8: digits.prefix(128)) else {
            throw JSONError("not a valid signature (0x and at least 129 hex digits)", at: json)
        }
        guard let r = Bytes32(bytes.prefix(32)), let s = Bytes32(bytes.suffix(32)),
              let v = UInt32(String(decoding: digits.dropFirst(128), as: UTF8.self), radix: 16) else { throw JSONError("signature v: out of range", at: json) }
        self.init(r: r, s: s, v: v)
    }
}
