public import Bytes
public import Field

/// Recipient of a message from L1.
public struct L2Actor: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var recipient: AztecAddress
    /// Version of the rollup.
    public var version: UInt32

    public init(recipient: AztecAddress, version: UInt32) {
        self.recipient = recipient
        self.version = version
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        recipient = try AztecAddress(from: &reader)
        version = try reader.readUInt32("rollup version")
    }

    public func write(to writer: inout ByteWriter) {
        recipient.write(to: &writer)
        writer.write(version)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(recipient.field)
        fields.append(Fr(UInt64(version)))
    }
}
