public import Bytes

/// The envelope of a gossiped object.
public struct P2PMessage: Hashable, Sendable, BinaryCodable {
    /// Milliseconds since 1970.
    public var publishTime: UInt64
    public var id: Bytes32
    public var payload: [UInt8]

    public init(publishTime: UInt64, id: Bytes32, payload: [UInt8]) {
        self.publishTime = publishTime
        self.id = id
        self.payload = payload
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        publishTime = try reader.readUInt64("publish time")
        id = try Bytes32(from: &reader)
        payload = Array(try reader.read(reader.readCount(maximum: Int(UInt32.max), "payload length"), "payload"))
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(publishTime)
        id.write(to: &writer)
        writer.write(UInt32(payload.count))
        writer.write(payload)
    }
}
