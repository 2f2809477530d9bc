import Field
import JSON
import Protocol

extension NodeAPI {
    static let transactionMethods: [Method] = [
        Method(name: "getTxReceipt", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let wanted = parameters.transactionHash(0)
            try parameters.finish()
            if let hash = wanted.hash, let found = try api.chain.txEffect(hash) {
                writer.value(TxReceipt.mined(found.effect, blockHash: L2BlockHash(found.blockHash), blockNumber: found.block))
            } else {
                writer.beginObject()
                writer.key("txHash")
                writer.hex(wanted.bytes)
                writer.member("status", "dropped")
                writer.member("error", "Tx dropped by P2P node.")
                writer.endObject()
            }
            return true
        },
        Method(name: "getTxEffect", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let wanted = parameters.transactionHash(0)
            try parameters.finish()
            guard let hash = wanted.hash, let found = try api.chain.txEffect(hash) else { return false }
            writer.value(IndexedTxEffect(data: found.effect, l2BlockNumber: found.block, l2BlockHash: found.blockHash.hex, txIndexInBlock: found.index))
            return true
        },
        Method(name: "getPendingTxs", parameters: 0) { _, _, _ throws(RPCFailure) in throw .missing("getPendingTxs", "the transaction pool") },
        Method(name: "getPendingTxCount", parameters: 0) { _, _, _ throws(RPCFailure) in throw .missing("getPendingTxCount", "the transaction pool") },
        Method(name: "getTxByHash", parameters: 1) { _, parameters, _ throws(RPCFailure) in
            _ = parameters.transactionHash(0)
            try parameters.finish()
            throw .missing("getTxByHash", "the transaction pool")
        },
        Method(name: "getTxsByHash", parameters: 1) { _, parameters, _ throws(RPCFailure) in
            _ = parameters.transactionHashes(0)
            try parameters.finish()
            throw .missing("getTxsByHash", "the transaction pool")
        },
        Method(name: "sendTx", parameters: 1) { _, parameters, _ throws(RPCFailure) in
            _ = parameters.object(0, required: txMembers)
            try parameters.finish()
            throw .missing("sendTx", "the transaction pool")
        },
        Method(name: "simulatePublicCalls", parameters: 2, optional: 1, waits: true) { api, parameters, writer throws(RPCFailure) in
            let object = parameters.object(0, required: txMembers)
            let skipsFees = parameters.optionalBool(1) ?? false
            try parameters.finish()
            guard let object else { preconditionFailure("finish throws without an object") }
            let tx: Tx
            do { tx = try Tx(json: object) } catch { throw .failed("\(error)") }
            try api.simulate(tx, skipsFeeEnforcement: skipsFees).write(to: &writer, simulationOf: tx)
            return true
        },
        Method(name: "isValidTx", parameters: 2, optional: 1) { _, parameters, _ throws(RPCFailure) in
            _ = parameters.object(0, required: txMembers)
            try parameters.finish()
            throw .missing("isValidTx", "transaction validation")
        },
    ]

    static let txMembers = ["data", "clientIvcProof", "contractClassLogs", "publicFunctionCalldata"]
}
