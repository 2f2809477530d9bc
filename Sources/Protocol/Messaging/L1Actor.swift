public import Bytes
public import Field

/// Sender of a message from L1.
public struct L1Actor: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var sender: EthAddress
    public var chainId: UInt32

    public init(sender: EthAddress, chainId: UInt32) {
        self.sender = sender
        self.chainId = chainId
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        sender = try EthAddress(from: &reader)
        chainId = try reader.readUInt32("chain id")
    }

    public func write(to writer: inout ByteWriter) {
        sender.write(to: &writer)
        writer.write(chainId)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(sender.field)
        fields.append(Fr(UInt64(chainId)))
    }
}
