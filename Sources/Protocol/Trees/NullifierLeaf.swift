public import Bytes
public import Field
public import JSON

/// Key of the nullifier tree.
public struct NullifierLeaf: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var nullifier: Fr

    public init(nullifier: Fr) {
        self.nullifier = nullifier
    }

    public static let zero = NullifierLeaf(nullifier: .zero)

    public init(from reader: inout ByteReader) throws(DecodingError) {
        nullifier = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        nullifier.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        nullifier.append(to: &fields)
    }
}

extension NullifierLeaf: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("nullifier", nullifier)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        nullifier = try json.decode("nullifier")
    }
}
