public import Bytes
public import Field
import Hashing

/// A message from L1. Its hash is over its fields, not over its binary form.
public struct L1ToL2Message: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var sender: L1Actor
    public var recipient: L2Actor
    public var content: Fr
    public var secretHash: Fr
    /// Global index of the leaf.
    public var index: Fr

    public init(sender: L1Actor, recipient: L2Actor, content: Fr, secretHash: Fr, index: Fr) {
        self.sender = sender
        self.recipient = recipient
        self.content = content
        self.secretHash = secretHash
        self.index = index
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        sender = try L1Actor(from: &reader)
        recipient = try L2Actor(from: &reader)
        content = try Fr(from: &reader)
        secretHash = try Fr(from: &reader)
        index = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        sender.write(to: &writer)
        recipient.write(to: &writer)
        content.write(to: &writer)
        secretHash.write(to: &writer)
        index.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        sender.append(to: &fields)
        recipient.append(to: &fields)
        fields.append(content)
        fields.append(secretHash)
        fields.append(index)
    }

    /// The leaf of the message in the inbox and in the L1→L2 tree.
    public func hash() -> Fr { SHA256.truncatedToField(toFields()) }
}
