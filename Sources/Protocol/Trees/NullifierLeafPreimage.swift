public import Bytes
public import Field
import Hashing
public import JSON

/// A leaf of the nullifier tree with its pointer to the next larger nullifier.
public struct NullifierLeafPreimage: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var nullifier: Fr
    public var nextKey: Fr
    public var nextIndex: UInt64

    public init(nullifier: Fr, nextKey: Fr, nextIndex: UInt64) {
        self.nullifier = nullifier
        self.nextKey = nextKey
        self.nextIndex = nextIndex
    }

    public static let zero = NullifierLeafPreimage(nullifier: .zero, nextKey: .zero, nextIndex: 0)

    public var leaf: NullifierLeaf { NullifierLeaf(nullifier: nullifier) }

    /// The node of the leaf; an absent leaf is 0 instead.
    public func hash() -> Fr { IndexedLeaf.nullifier(nullifier, nextNullifier: nextKey, nextIndex: nextIndex) }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        nullifier = try Fr(from: &reader)
        nextKey = try Fr(from: &reader)
        nextIndex = try reader.readWideInteger("next index")
    }

    public func write(to writer: inout ByteWriter) {
        nullifier.write(to: &writer)
        nextKey.write(to: &writer)
        writer.writeWide(nextIndex)
    }

    /// The inputs of the hash, in its order.
    public func append(to fields: inout [Fr]) {
        fields.append(nullifier)
        fields.append(nextKey)
        fields.append(Fr(nextIndex))
    }
}

extension NullifierLeafPreimage: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("leaf", leaf)
        writer.member("nextKey", nextKey)
        writer.key("nextIndex")
        writer.decimalText(nextIndex)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        nullifier = try json.decode("leaf", NullifierLeaf.self).nullifier
        nextKey = try json.decode("nextKey")
        nextIndex = try json.required("nextIndex").coercedUInt64()
    }
}
