public import Bytes
public import Field
public import JSON

/// The hash of an L2 block where the protocol carries it as plain bytes: any 32 of them are a value.
public struct L2BlockHash: Hashable, Comparable, Sendable, BinaryCodable, CustomStringConvertible {
    public var value: Bytes32

    public init(_ value: Bytes32) { self.value = value }
    public init(_ field: Fr) { value = Bytes32(field) }

    public static let zero = L2BlockHash(Bytes32.zero)

    public init(from reader: inout ByteReader) throws(DecodingError) { value = try Bytes32(from: &reader) }
    public func write(to writer: inout ByteWriter) { value.write(to: &writer) }

    public var bytes: [UInt8] { value.bytes }
    public var hex: String { value.hex }
    public var description: String { hex }
    /// nil when no block can have this hash.
    public var field: Fr? { value.field }

    public static func < (a: L2BlockHash, b: L2BlockHash) -> Bool { a.value < b.value }
}

extension L2BlockHash: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { value.write(to: &writer) }
    public init(json: JSONElement) throws(JSONError) { value = try Bytes32(json: json) }
}
