public import Bytes
public import Field
public import JSON

/// All state trees after a block; the archive is apart.
public struct StateReference: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var l1ToL2MessageTree: AppendOnlyTreeSnapshot
    public var partial: PartialStateReference

    public init(l1ToL2MessageTree: AppendOnlyTreeSnapshot, partial: PartialStateReference) {
        self.l1ToL2MessageTree = l1ToL2MessageTree
        self.partial = partial
    }

    public static let zero = StateReference(l1ToL2MessageTree: .zero, partial: .zero)
    public static let byteCount = 144

    public init(from reader: inout ByteReader) throws(DecodingError) {
        l1ToL2MessageTree = try AppendOnlyTreeSnapshot(from: &reader)
        partial = try PartialStateReference(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        l1ToL2MessageTree.write(to: &writer)
        partial.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        l1ToL2MessageTree.append(to: &fields)
        partial.append(to: &fields)
    }
}

extension StateReference: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("l1ToL2MessageTree", l1ToL2MessageTree)
        writer.member("partial", partial)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        l1ToL2MessageTree = try json.decode("l1ToL2MessageTree")
        partial = try json.decode("partial")
    }
}
