public import Bytes
public import Field
public import JSON

/// The four bytes that name a function inside a contract.
public struct FunctionSelector: Hashable, Comparable, Sendable, BinaryCodable, FieldEncodable, CustomStringConvertible {
    public var value: UInt32

    public init(_ value: UInt32) { self.value = value }

    /// nil when the element does not fit four bytes.
    public init?(_ field: Fr) {
        guard let value = field.uint32 else { return nil }
        self.value = value
    }

    public static let publicDispatch = FunctionSelector(UInt32(ProtocolConstants.publicDispatchSelector))

    public init(from reader: inout ByteReader) throws(DecodingError) { value = try reader.readUInt32("selector") }
    public func write(to writer: inout ByteWriter) { writer.write(value) }
    public func append(to fields: inout [Fr]) { fields.append(field) }

    public var field: Fr { Fr(UInt64(value)) }
    public var bytes: [UInt8] { serialized }
    public var hex: String { bytes.hex }
    public var description: String { hex }

    public static func < (a: FunctionSelector, b: FunctionSelector) -> Bool { a.value < b.value }
}

extension FunctionSelector: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt32) { self.value = value }
}

extension FunctionSelector: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.hex(bytes) }

    public init(json: JSONElement) throws(JSONError) {
        let digits = try json.hexDigits()
        guard digits.count == 8, let bytes = Hex.decode(utf8: digits) else { throw JSONError("a selector is 4 bytes of hex", at: json) }
        self = try json.decodeBinary(bytes)
    }
}
