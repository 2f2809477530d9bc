public import Bytes
public import Field
public import JSON

/// The three trees that txs write to.
public struct PartialStateReference: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var noteHashTree: AppendOnlyTreeSnapshot
    public var nullifierTree: AppendOnlyTreeSnapshot
    public var publicDataTree: AppendOnlyTreeSnapshot

    public init(
        noteHashTree: AppendOnlyTreeSnapshot, nullifierTree: AppendOnlyTreeSnapshot, publicDataTree: AppendOnlyTreeSnapshot
    ) {
        self.noteHashTree = noteHashTree
        self.nullifierTree = nullifierTree
        self.publicDataTree = publicDataTree
    }

    public static let zero = PartialStateReference(noteHashTree: .zero, nullifierTree: .zero, publicDataTree: .zero)
    public static let byteCount = 108

    public init(from reader: inout ByteReader) throws(DecodingError) {
        noteHashTree = try AppendOnlyTreeSnapshot(from: &reader)
        nullifierTree = try AppendOnlyTreeSnapshot(from: &reader)
        publicDataTree = try AppendOnlyTreeSnapshot(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        noteHashTree.write(to: &writer)
        nullifierTree.write(to: &writer)
        publicDataTree.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        noteHashTree.append(to: &fields)
        nullifierTree.append(to: &fields)
        publicDataTree.append(to: &fields)
    }
}

extension PartialStateReference: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("noteHashTree", noteHashTree)
        writer.member("nullifierTree", nullifierTree)
        writer.member("publicDataTree", publicDataTree)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        noteHashTree = try json.decode("noteHashTree")
        nullifierTree = try json.decode("nullifierTree")
        publicDataTree = try json.decode("publicDataTree")
    }
}
