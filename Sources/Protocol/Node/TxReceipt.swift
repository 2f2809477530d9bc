public import JSON

/// The answer of `node_getTxReceipt` (note 02 §8).
public struct TxReceipt: Hashable, Sendable {
    public var txHash: TxHash
    public var status: TxStatus
    public var error: String
    public var transactionFee: BigInteger?
    public var blockHash: L2BlockHash?
    public var blockNumber: Int?

    public init(
        txHash: TxHash, status: TxStatus, error: String = "", transactionFee: BigInteger? = nil, blockHash: L2BlockHash? = nil, blockNumber: Int? = nil
    ) {
        self.txHash = txHash
        self.status = status
        self.error = error
        self.transactionFee = transactionFee
        self.blockHash = blockHash
        self.blockNumber = blockNumber
    }

    /// A tx in a block.
    public static func mined(_ effect: TxEffect, blockHash: L2BlockHash, blockNumber: Int) -> TxReceipt {
        TxReceipt(
            txHash: effect.txHash, status: TxStatus(effect.revertCode), transactionFee: BigInteger(effect.transactionFee), blockHash: blockHash,
            blockNumber: blockNumber)
    }

    /// A tx in the pool.
    public static func pending(_ txHash: TxHash) -> TxReceipt { TxReceipt(txHash: txHash, status: .pending) }

    /// A tx the node knows nothing about.
    public static func dropped(_ txHash: TxHash) -> TxReceipt {
        TxReceipt(txHash: txHash, status: .dropped, error: "Tx dropped by P2P node.")
    }
}

extension TxReceipt: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("txHash", txHash)
        writer.member("status", status)
        writer.member("error", error)
        writer.member("transactionFee", ifPresent: transactionFee)
        writer.member("blockHash", ifPresent: blockHash)
        writer.member("blockNumber", ifPresent: blockNumber)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        txHash = try json.decode("txHash")
        status = try json.decode("status")
        error = try json.decode("error")
        transactionFee = try json.decodeIfPresent("transactionFee")
        blockHash = try json.decodeIfPresent("blockHash")
        blockNumber = try json.ifPresent("blockNumber") { element throws(JSONError) in try element.plainNonNegative() }
    }
}
