import Bytes
import Field
import Protocol

/// A stored L1→L2 message (note 05 §7).
public struct MessageRecord: BinaryCodable, Equatable, Sendable {
    public var index: UInt64
    public var leaf: Fr
    /// 16 bytes.
    public var rollingHash: [UInt8]
    public var l1BlockNumber: UInt64
    public var l1BlockHash: Bytes32

    public static let messagesPerBlock: UInt64 = 16

    /// The L2 block whose tree holds it.
    public var l2Block: UInt64 { index / Self.messagesPerBlock + 1 }

    public init(index: UInt64, leaf: Fr, rollingHash: [UInt8], l1BlockNumber: UInt64, l1BlockHash: Bytes32) {
        self.index = index
        self.leaf = leaf
        self.rollingHash = rollingHash
        self.l1BlockNumber = l1BlockNumber
        self.l1BlockHash = l1BlockHash
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        index = try reader.readUInt64("message index")
        leaf = try Fr(from: &reader)
        rollingHash = Array(try reader.read(16, "rolling hash"))
        l1BlockNumber = try reader.readUInt64("L1 block")
        l1BlockHash = try Bytes32(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(index)
        leaf.write(to: &writer)
        writer.write(rollingHash)
        writer.write(l1BlockNumber)
        l1BlockHash.write(to: &writer)
    }
}
