public import JSON

extension TxEffect: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("revertCode", revertCode)
        writer.member("txHash", txHash)
        writer.member("transactionFee", transactionFee)
        writer.member("noteHashes", noteHashes)
        writer.member("nullifiers", nullifiers)
        writer.member("l2ToL1Msgs", l2ToL1Msgs)
        writer.member("publicDataWrites", publicDataWrites)
        writer.member("privateLogs", privateLogs)
        writer.member("publicLogs", publicLogs)
        writer.member("contractClassLogs", contractClassLogs)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        revertCode = try json.decode("revertCode")
        txHash = try json.decode("txHash")
        transactionFee = try json.decode("transactionFee")
        noteHashes = try json.decodeArray("noteHashes")
        nullifiers = try json.decodeArray("nullifiers")
        l2ToL1Msgs = try json.decodeArray("l2ToL1Msgs")
        publicDataWrites = try json.decodeArray("publicDataWrites")
        privateLogs = try json.decodeArray("privateLogs")
        publicLogs = try json.decodeArray("publicLogs")
        contractClassLogs = try json.decodeArray("contractClassLogs")
        if let violation { throw JSONError("tx effect: \(violation)", at: json) }
    }
}
