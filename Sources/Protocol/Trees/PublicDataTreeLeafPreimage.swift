public import Bytes
public import Field
import Hashing
public import JSON

/// A leaf of the public data tree with its pointer to the next larger slot. Index and key stand in the other order
/// than in the nullifier tree.
public struct PublicDataTreeLeafPreimage: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var slot: Fr
    public var value: Fr
    public var nextIndex: UInt64
    public var nextKey: Fr

    public init(slot: Fr, value: Fr, nextIndex: UInt64, nextKey: Fr) {
        self.slot = slot
        self.value = value
        self.nextIndex = nextIndex
        self.nextKey = nextKey
    }

    public static let zero = PublicDataTreeLeafPreimage(slot: .zero, value: .zero, nextIndex: 0, nextKey: .zero)

    public var leaf: PublicDataTreeLeaf { PublicDataTreeLeaf(slot: slot, value: value) }

    /// The node of the leaf; an absent leaf is 0 instead.
    public func hash() -> Fr { IndexedLeaf.publicData(slot: slot, value: value, nextIndex: nextIndex, nextSlot: nextKey) }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        slot = try Fr(from: &reader)
        value = try Fr(from: &reader)
        nextIndex = try reader.readWideInteger("next index")
        nextKey = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        slot.write(to: &writer)
        value.write(to: &writer)
        writer.writeWide(nextIndex)
        nextKey.write(to: &writer)
    }

    /// The inputs of the hash, in its order.
    public func append(to fields: inout [Fr]) {
        fields.append(slot)
        fields.append(value)
        fields.append(Fr(nextIndex))
        fields.append(nextKey)
    }
}

extension PublicDataTreeLeafPreimage: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("leaf", leaf)
        writer.member("nextKey", nextKey)
        writer.key("nextIndex")
        writer.decimalText(nextIndex)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        let leaf = try json.decode("leaf", PublicDataTreeLeaf.self)
        slot = leaf.slot
        value = leaf.value
        nextKey = try json.decode("nextKey")
        nextIndex = try json.required("nextIndex").coercedUInt64()
    }
}
