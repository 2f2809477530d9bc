public import JSON

/// Which logs to return: all conditions at once.
public struct LogFilter: Hashable, Sendable {
    public var txHash: TxHash?
    public var fromBlock: Int?
    /// Exclusive.
    public var toBlock: Int?
    public var afterLog: LogId?
    public var contractAddress: AztecAddress?

    public init(txHash: TxHash? = nil, fromBlock: Int? = nil, toBlock: Int? = nil, afterLog: LogId? = nil, contractAddress: AztecAddress? = nil) {
        self.txHash = txHash
        self.fromBlock = fromBlock
        self.toBlock = toBlock
        self.afterLog = afterLog
        self.contractAddress = contractAddress
    }
}

extension LogFilter: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("txHash", ifPresent: txHash)
        writer.member("fromBlock", ifPresent: fromBlock)
        writer.member("toBlock", ifPresent: toBlock)
        writer.member("afterLog", ifPresent: afterLog)
        writer.member("contractAddress", ifPresent: contractAddress)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        txHash = try json.decodeIfPresent("txHash")
        fromBlock = try json.ifPresent("fromBlock") { element throws(JSONError) in try element.coercedInteger() }
        toBlock = try json.ifPresent("toBlock") { element throws(JSONError) in try element.coercedInteger() }
        afterLog = try json.decodeIfPresent("afterLog")
        contractAddress = try json.decodeIfPresent("contractAddress")
    }
}
