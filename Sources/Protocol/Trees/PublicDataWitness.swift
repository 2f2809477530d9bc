public import Bytes
public import Field
public import JSON

/// A slot's leaf in the public data tree, or the low leaf of one that was never written, and the way to the root.
public struct PublicDataWitness: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var index: UInt64
    public var leafPreimage: PublicDataTreeLeafPreimage
    public var siblingPath: SiblingPath

    public init(index: UInt64, leafPreimage: PublicDataTreeLeafPreimage, siblingPath: SiblingPath) {
        self.index = index
        self.leafPreimage = leafPreimage
        self.siblingPath = siblingPath
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        index = try reader.readWideInteger("leaf index")
        leafPreimage = try PublicDataTreeLeafPreimage(from: &reader)
        let start = reader.offset
        // The path takes a fixed place, whatever its count says.
        var path = ByteReader(try reader.read(4 + 32 * ProtocolConstants.publicDataTreeHeight, "sibling path"))
        siblingPath = try SiblingPath(from: &path)
        guard path.isAtEnd else { throw DecodingError("sibling path: \(siblingPath.height) nodes are out of range for this tree", at: start) }
    }

    public func write(to writer: inout ByteWriter) {
        writer.writeWide(index)
        leafPreimage.write(to: &writer)
        siblingPath.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(Fr(index))
        leafPreimage.append(to: &fields)
        fields.append(contentsOf: siblingPath.nodes)
    }
}

extension PublicDataWitness: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("index")
        writer.decimalText(index)
        writer.member("leafPreimage", leafPreimage)
        writer.member("siblingPath", siblingPath)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        index = try json.required("index").coercedUInt64()
        leafPreimage = try json.decode("leafPreimage")
        siblingPath = try SiblingPath(json: json.required("siblingPath"), height: ProtocolConstants.publicDataTreeHeight)
    }
}
