public import Bytes

/// How far the pools followed the chain: block numbers, 0 = genesis.
public struct FollowedPosition: BinaryCodable, Equatable, Sendable {
    public var latest: UInt64
    public var proven: UInt64
    public var finalized: UInt64
    /// Slot of the newest block.
    public var slot: UInt64

    public init(latest: UInt64, proven: UInt64, finalized: UInt64, slot: UInt64) {
        self.latest = latest
        self.proven = proven
        self.finalized = finalized
        self.slot = slot
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        latest = try reader.readUInt64("latest block")
        proven = try reader.readUInt64("proven block")
        finalized = try reader.readUInt64("finalised block")
        slot = try reader.readUInt64("slot")
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(latest)
        writer.write(proven)
        writer.write(finalized)
        writer.write(slot)
    }
}
