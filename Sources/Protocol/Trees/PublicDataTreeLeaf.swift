public import Bytes
public import Field
public import JSON

/// Key and value of the public data tree.
public struct PublicDataTreeLeaf: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var slot: Fr
    public var value: Fr

    public init(slot: Fr, value: Fr) {
        self.slot = slot
        self.value = value
    }

    public static let zero = PublicDataTreeLeaf(slot: .zero, value: .zero)

    public init(from reader: inout ByteReader) throws(DecodingError) {
        slot = try Fr(from: &reader)
        value = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        slot.write(to: &writer)
        value.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        slot.append(to: &fields)
        value.append(to: &fields)
    }
}

extension PublicDataTreeLeaf: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("slot", slot)
        writer.member("value", value)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        slot = try json.decode("slot")
        value = try json.decode("value")
    }
}
