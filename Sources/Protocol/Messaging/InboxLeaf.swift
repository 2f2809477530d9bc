public import Bytes
public import Field

/// A message of the inbox: leaf and global index. Block n takes the indices `[(n−1)·16, n·16)`.
public struct InboxLeaf: Hashable, Sendable, BinaryCodable {
    public var index: UInt64
    public var leaf: Fr

    public init(index: UInt64, leaf: Fr) {
        self.index = index
        self.leaf = leaf
    }

    static let messagesPerBlock = UInt64(ProtocolConstants.numberOfL1L2MessagesPerRollup)

    /// Number of the block that takes the message.
    public var blockNumber: UInt64 { Self.blockNumber(ofIndex: index) }

    public static func blockNumber(ofIndex index: UInt64) -> UInt64 { index / messagesPerBlock + UInt64(ProtocolConstants.initialL2BlockNumber) }

    /// Indices of the messages that block `number` (from 1) takes.
    public static func indices(ofBlock number: UInt64) -> Range<UInt64> {
        let start = (number - UInt64(ProtocolConstants.initialL2BlockNumber)) * messagesPerBlock
        return start..<(start + messagesPerBlock)
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        index = try reader.readWideInteger("message index")
        leaf = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        writer.writeWide(index)
        leaf.write(to: &writer)
    }
}
