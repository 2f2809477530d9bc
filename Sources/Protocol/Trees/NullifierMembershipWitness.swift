public import Field
public import JSON

/// A nullifier's leaf, or the low leaf of one that is absent, and the way to the root.
public struct NullifierMembershipWitness: Hashable, Sendable, FieldEncodable {
    public var index: UInt64
    public var leafPreimage: NullifierLeafPreimage
    public var siblingPath: SiblingPath

    public init(index: UInt64, leafPreimage: NullifierLeafPreimage, siblingPath: SiblingPath) {
        self.index = index
        self.leafPreimage = leafPreimage
        self.siblingPath = siblingPath
    }

    public func append(to fields: inout [Fr]) {
        fields.append(Fr(index))
        leafPreimage.append(to: &fields)
        fields.append(contentsOf: siblingPath.nodes)
    }
}

extension NullifierMembershipWitness: JSONEncodable, JSONDecodable {
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
        siblingPath = try SiblingPath(json: json.required("siblingPath"), height: ProtocolConstants.nullifierTreeHeight)
    }
}
