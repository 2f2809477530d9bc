public import JSON

/// The L1 block that a block was published in.
public struct L1PublishedData: Hashable, Sendable {
    public var blockNumber: UInt64
    /// Seconds since 1970.
    public var timestamp: UInt64
    /// As the L1 node wrote it.
    public var blockHash: String

    public init(blockNumber: UInt64, timestamp: UInt64, blockHash: String) {
        self.blockNumber = blockNumber
        self.timestamp = timestamp
        self.blockHash = blockHash
    }
}

extension L1PublishedData: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("blockNumber")
        writer.decimalText(blockNumber)
        writer.key("timestamp")
        writer.decimalText(timestamp)
        writer.member("blockHash", blockHash)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        blockNumber = try json.required("blockNumber").coercedUInt64()
        timestamp = try json.required("timestamp").coercedUInt64()
        blockHash = try json.decode("blockHash")
    }
}
