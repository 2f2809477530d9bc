public import Bytes
public import Field
public import JSON

/// The address of a contract or account on L2: one field element.
public struct AztecAddress: Hashable, Comparable, Sendable, BinaryCodable, FieldEncodable, CustomStringConvertible {
    public var field: Fr

    public init(_ field: Fr) { self.field = field }
    public init(_ number: UInt64) { field = Fr(number) }

    /// nil unless the text is exactly 64 hex digits, `0x` optional, below the modulus.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex), let field = Fr(canonical: bytes) else { return nil }
        self.field = field
    }

    public static let zero = AztecAddress(Fr.zero)

    public init(from reader: inout ByteReader) throws(DecodingError) { field = try Fr(from: &reader) }
    public func write(to writer: inout ByteWriter) { field.write(to: &writer) }
    public func append(to fields: inout [Fr]) { fields.append(field) }

    public var isZero: Bool { field.isZero }
    public var bytes: [UInt8] { field.bytes }
    public var hex: String { field.hex }
    public var description: String { hex }

    public static func < (a: AztecAddress, b: AztecAddress) -> Bool { a.field < b.field }
}

extension AztecAddress: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) { field = Fr(value) }
}

extension AztecAddress: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { field.write(to: &writer) }

    /// Always hex, exactly 64 digits, unlike other field elements.
    public init(json: JSONElement) throws(JSONError) {
        let digits = try json.hexDigits()
        guard digits.count == 64, let bytes = Hex.decode(utf8: digits) else { throw JSONError("an address is 64 hex digits", at: json) }
        guard let field = Fr(canonical: bytes) else { throw JSONError("address: not below the modulus", at: json) }
        self.field = field
    }
}
