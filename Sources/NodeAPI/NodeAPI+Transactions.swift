import Field
import JSON
import Protocol

extension NodeAPI {
    static let transactionMethods: [Method] = [
        Method(name: "getTxReceipt", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let wanted = parameters.transactionHash(0)
            try parameters.finish()
            // Before the look at the chain: between the two it may be mined, but not fall out of both.
            let isPending = if let hash = wanted.hash { try api.transactions.pool?.isPending(hash) ?? false } else { false }
            if let hash = wanted.hash, let found = try api.chain.txEffect(hash) {
                writer.value(TxReceipt.mined(found.effect, blockHash: L2BlockHash(found.blockHash), blockNumber: found.block))
            } else if isPending, let hash = wanted.hash {
                writer.value(TxReceipt.pending(hash))
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
        Method(name: "simulatePublicCalls", parameters: 2, optional: 1, waits: true) { api, parameters, writer throws(RPCFailure) in
            let object = parameters.object(0, required: txMembers)
            let skipsFees = parameters.optionalBool(1) ?? false
            try parameters.finish()
            let tx = try transaction(object)
            try api.simulate(tx, skipsFeeEnforcement: skipsFees).write(to: &writer, simulationOf: tx)
            return true
        },
    ]

    static let txMembers = ["data", "clientIvcProof", "contractClassLogs", "publicFunctionCalldata"]
}
