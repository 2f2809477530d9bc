public import Bytes
public import Field
public import JSON

/// Root and size of an append-only tree at some block.
public struct AppendOnlyTreeSnapshot: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var root: Fr
    public var nextAvailableLeafIndex: UInt32

    public init(root: Fr, nextAvailableLeafIndex: UInt32) {
        self.root = root
        self.nextAvailableLeafIndex = nextAvailableLeafIndex
    }

    public static let zero = AppendOnlyTreeSnapshot(root: .zero, nextAvailableLeafIndex: 0)
    public static let byteCount = 36

    public var isZero: Bool { root.isZero && nextAvailableLeafIndex == 0 }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        root = try Fr(from: &reader)
        nextAvailableLeafIndex = try reader.readUInt32("next leaf index")
    }

    public func write(to writer: inout ByteWriter) {
        root.write(to: &writer)
        writer.write(nextAvailableLeafIndex)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(root)
        fields.append(Fr(UInt64(nextAvailableLeafIndex)))
    }
}

extension AppendOnlyTreeSnapshot: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("root", root)
        writer.member("nextAvailableLeafIndex", nextAvailableLeafIndex)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        root = try json.decode("root")
        nextAvailableLeafIndex = try json.required("nextAvailableLeafIndex").coercedUInt32()
    }
}
