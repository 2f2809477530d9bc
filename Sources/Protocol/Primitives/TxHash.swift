public import Bytes
public import Field
public import JSON

/// The hash of a tx, a field element.
public struct TxHash: Hashable, Comparable, Sendable, BinaryCodable, FieldEncodable, CustomStringConvertible {
    public var field: Fr

    public init(_ field: Fr) { self.field = field }

    public static let zero = TxHash(Fr.zero)

    public init(from reader: inout ByteReader) throws(DecodingError) { field = try Fr(from: &reader) }
    public func write(to writer: inout ByteWriter) { field.write(to: &writer) }
    public func append(to fields: inout [Fr]) { fields.append(field) }

    public var isZero: Bool { field.isZero }
    public var bytes: [UInt8] { field.bytes }
    public var hex: String { field.hex }
    public var description: String { hex }

    public static func < (a: TxHash, b: TxHash) -> Bool { a.field < b.field }
}

extension TxHash: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { field.write(to: &writer) }

    /// Always hex; bytes behind the 32nd are ignored.
    public init(json: JSONElement) throws(JSONError) {
        let bytes = try json.lenientHexBytes()
        guard bytes.count >= 32 else { throw JSONError("a tx hash is 32 bytes, not \(bytes.count)", at: json) }
        guard let field = Fr(canonical: bytes.prefix(32)) else { throw JSONError("tx hash: not below the modulus", at: json) }
        self.field = field
    }
}
