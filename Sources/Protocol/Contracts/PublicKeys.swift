public import Bytes
public import Field
public import JSON

/// The four master public keys of an account (note 01 §12).
public struct PublicKeys: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var masterNullifierPublicKey: Point
    public var masterIncomingViewingPublicKey: Point
    public var masterOutgoingViewingPublicKey: Point
    public var masterTaggingPublicKey: Point

    public init(
        masterNullifierPublicKey: Point, masterIncomingViewingPublicKey: Point, masterOutgoingViewingPublicKey: Point, masterTaggingPublicKey: Point
    ) {
        self.masterNullifierPublicKey = masterNullifierPublicKey
        self.masterIncomingViewingPublicKey = masterIncomingViewingPublicKey
        self.masterOutgoingViewingPublicKey = masterOutgoingViewingPublicKey
        self.masterTaggingPublicKey = masterTaggingPublicKey
    }

    public static let zero = PublicKeys(masterNullifierPublicKey: .zero, masterIncomingViewingPublicKey: .zero, masterOutgoingViewingPublicKey: .zero, masterTaggingPublicKey: .zero)
    public static let byteCount = 256

    public init(from reader: inout ByteReader) throws(DecodingError) {
        masterNullifierPublicKey = try Point(from: &reader)
        masterIncomingViewingPublicKey = try Point(from: &reader)
        masterOutgoingViewingPublicKey = try Point(from: &reader)
        masterTaggingPublicKey = try Point(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        masterNullifierPublicKey.write(to: &writer)
        masterIncomingViewingPublicKey.write(to: &writer)
        masterOutgoingViewingPublicKey.write(to: &writer)
        masterTaggingPublicKey.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        masterNullifierPublicKey.append(to: &fields)
        masterIncomingViewingPublicKey.append(to: &fields)
        masterOutgoingViewingPublicKey.append(to: &fields)
        masterTaggingPublicKey.append(to: &fields)
    }
}

extension PublicKeys: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("masterNullifierPublicKey", masterNullifierPublicKey)
        writer.member("masterIncomingViewingPublicKey", masterIncomingViewingPublicKey)
        writer.member("masterOutgoingViewingPublicKey", masterOutgoingViewingPublicKey)
        writer.member("masterTaggingPublicKey", masterTaggingPublicKey)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        masterNullifierPublicKey = try json.decode("masterNullifierPublicKey")
        masterIncomingViewingPublicKey = try json.decode("masterIncomingViewingPublicKey")
        masterOutgoingViewingPublicKey = try json.decode("masterOutgoingViewingPublicKey")
        masterTaggingPublicKey = try json.decode("masterTaggingPublicKey")
    }
}
