public import Bytes
public import Field
public import JSON

/// A leaf of the public data tree as a tx leaves it.
public struct PublicDataWrite: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var leafSlot: Fr
    public var value: Fr

    public init(leafSlot: Fr, value: Fr) {
        self.leafSlot = leafSlot
        self.value = value
    }

    public static let zero = PublicDataWrite(leafSlot: .zero, value: .zero)

    public var isEmpty: Bool { leafSlot.isZero && value.isZero }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        leafSlot = try Fr(from: &reader)
        value = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        leafSlot.write(to: &writer)
        value.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        leafSlot.append(to: &fields)
        value.append(to: &fields)
    }
}

extension PublicDataWrite: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("leafSlot", leafSlot)
        writer.member("value", value)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        leafSlot = try json.decode("leafSlot")
        value = try json.decode("value")
    }
}
