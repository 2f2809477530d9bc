public import Bytes
public import Field
public import JSON

/// The four state trees side by side, as the AVM sees them.
public struct TreeSnapshots: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var l1ToL2MessageTree: AppendOnlyTreeSnapshot
    public var noteHashTree: AppendOnlyTreeSnapshot
    public var nullifierTree: AppendOnlyTreeSnapshot
    public var publicDataTree: AppendOnlyTreeSnapshot

    public init(
        l1ToL2MessageTree: AppendOnlyTreeSnapshot, noteHashTree: AppendOnlyTreeSnapshot, nullifierTree: AppendOnlyTreeSnapshot, publicDataTree: AppendOnlyTreeSnapshot
    ) {
        self.l1ToL2MessageTree = l1ToL2MessageTree
        self.noteHashTree = noteHashTree
        self.nullifierTree = nullifierTree
        self.publicDataTree = publicDataTree
    }

    public static let zero = TreeSnapshots(l1ToL2MessageTree: .zero, noteHashTree: .zero, nullifierTree: .zero, publicDataTree: .zero)

    public init(from reader: inout ByteReader) throws(DecodingError) {
        l1ToL2MessageTree = try AppendOnlyTreeSnapshot(from: &reader)
        noteHashTree = try AppendOnlyTreeSnapshot(from: &reader)
        nullifierTree = try AppendOnlyTreeSnapshot(from: &reader)
        publicDataTree = try AppendOnlyTreeSnapshot(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        l1ToL2MessageTree.write(to: &writer)
        noteHashTree.write(to: &writer)
        nullifierTree.write(to: &writer)
        publicDataTree.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        l1ToL2MessageTree.append(to: &fields)
        noteHashTree.append(to: &fields)
        nullifierTree.append(to: &fields)
        publicDataTree.append(to: &fields)
    }
}

extension TreeSnapshots: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("l1ToL2MessageTree", l1ToL2MessageTree)
        writer.member("noteHashTree", noteHashTree)
        writer.member("nullifierTree", nullifierTree)
        writer.member("publicDataTree", publicDataTree)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        l1ToL2MessageTree = try json.decode("l1ToL2MessageTree")
        noteHashTree = try json.decode("noteHashTree")
        nullifierTree = try json.decode("nullifierTree")
        publicDataTree = try json.decode("publicDataTree")
    }
}
