public import Bytes
public import JSON

/// Where a public or contract class log stands in the chain.
public struct LogId: Hashable, Comparable, Sendable, BinaryCodable, CustomStringConvertible {
    /// At least 1.
    public var blockNumber: UInt32
    public var txIndex: UInt32
    public var logIndex: UInt32

    public init(blockNumber: UInt32, txIndex: UInt32, logIndex: UInt32) {
        self.blockNumber = blockNumber
        self.txIndex = txIndex
        self.logIndex = logIndex
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        blockNumber = try reader.readUInt32("block number")
        guard blockNumber > 0 else { throw DecodingError("log id: block number 0", at: start) }
        txIndex = try reader.readUInt32("tx index")
        logIndex = try reader.readUInt32("log index")
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(blockNumber)
        writer.write(txIndex)
        writer.write(logIndex)
    }

    public var description: String { "\(blockNumber)-\(txIndex)-\(logIndex)" }

    public static func < (a: LogId, b: LogId) -> Bool {
        (a.blockNumber, a.txIndex, a.logIndex) < (b.blockNumber, b.txIndex, b.logIndex)
    }
}

extension LogId: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("blockNumber", blockNumber)
        writer.member("txIndex", txIndex)
        writer.member("logIndex", logIndex)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        let number = try json.required("blockNumber")
        guard try number.coercedInteger() >= 1 else { throw JSONError("block numbers of logs start at 1", at: number) }
        blockNumber = try Self.member(number)
        txIndex = try Self.member(json.required("txIndex"))
        logIndex = try Self.member(json.required("logIndex"))
    }

    private static func member(_ json: JSONElement) throws(JSONError) -> UInt32 {
        guard let value = UInt32(exactly: try json.coercedInteger()) else { throw json.outOfRange() }
        return value
    }
}
