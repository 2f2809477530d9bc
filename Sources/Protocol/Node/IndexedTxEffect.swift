public import JSON

/// A tx effect with its place in the chain: the answer of `node_getTxEffect`.
public struct IndexedTxEffect: Hashable, Sendable {
    public var data: TxEffect
    public var l2BlockNumber: Int
    /// Text as printed; the reference does not look into it.
    public var l2BlockHash: String
    public var txIndexInBlock: Int

    public init(data: TxEffect, l2BlockNumber: Int, l2BlockHash: String, txIndexInBlock: Int) {
        self.data = data
        self.l2BlockNumber = l2BlockNumber
        self.l2BlockHash = l2BlockHash
        self.txIndexInBlock = txIndexInBlock
    }
}

extension IndexedTxEffect: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("data", data)
        writer.member("l2BlockNumber", l2BlockNumber)
        writer.member("l2BlockHash", l2BlockHash)
        writer.member("txIndexInBlock", txIndexInBlock)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        data = try json.decode("data")
        l2BlockNumber = try json.required("l2BlockNumber").coercedInteger()
        l2BlockHash = try json.decode("l2BlockHash")
        txIndexInBlock = try json.required("txIndexInBlock").coercedInteger()
    }
}
