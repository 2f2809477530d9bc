public import Bytes
public import JSON

/// A log found by its tag, with what a client needs to place it.
public struct TxScopedL2Log: Hashable, Sendable, BinaryCodable {
    public enum Log: Hashable, Sendable {
        case privateLog(PrivateLog)
        case publicLog(PublicLog)
    }

    public var txHash: TxHash
    /// Index in the note hash tree at which the tx's notes start.
    public var dataStartIndexForTx: UInt32
    /// Index among the logs of its kind in the tx.
    public var logIndexInTx: UInt32
    public var blockNumber: UInt32
    public var log: Log

    public init(txHash: TxHash, dataStartIndexForTx: UInt32, logIndexInTx: UInt32, blockNumber: UInt32, log: Log) {
        self.txHash = txHash
        self.dataStartIndexForTx = dataStartIndexForTx
        self.logIndexInTx = logIndexInTx
        self.blockNumber = blockNumber
        self.log = log
    }

    public var isFromPublic: Bool { if case .publicLog = log { true } else { false } }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        txHash = try TxHash(from: &reader)
        dataStartIndexForTx = try reader.readUInt32("data start index")
        logIndexInTx = try reader.readUInt32("log index")
        blockNumber = try reader.readUInt32("block number")
        let isFromPublic = try reader.readUInt8("log kind") != 0
        log = isFromPublic ? .publicLog(try PublicLog(from: &reader)) : .privateLog(try PrivateLog(from: &reader))
    }

    public func write(to writer: inout ByteWriter) {
        txHash.write(to: &writer)
        writer.write(dataStartIndexForTx)
        writer.write(logIndexInTx)
        writer.write(blockNumber)
        writer.write(UInt8(isFromPublic ? 1 : 0))
        switch log {
        case .privateLog(let log): log.write(to: &writer)
        case .publicLog(let log): log.write(to: &writer)
        }
    }
}

extension TxScopedL2Log: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("txHash", txHash)
        writer.member("dataStartIndexForTx", dataStartIndexForTx)
        writer.member("logIndexInTx", logIndexInTx)
        writer.member("blockNumber", blockNumber)
        switch log {
        case .privateLog(let log): writer.member("log", log)
        case .publicLog(let log): writer.member("log", log)
        }
        writer.endObject()
    }

    /// What kind of log it is shows in its members: only public logs have an address, and private ones refuse it.
    public init(json: JSONElement) throws(JSONError) {
        txHash = try json.decode("txHash")
        dataStartIndexForTx = try json.required("dataStartIndexForTx").plainUInt32()
        logIndexInTx = try json.required("logIndexInTx").plainUInt32()
        blockNumber = try json.required("blockNumber").plainUInt32()
        let log = try json.required("log")
        self.log = log["contractAddress"] == nil ? .privateLog(try log.decode()) : .publicLog(try log.decode())
    }
}
