import Bytes
import Field
import JSON
import Protocol
import PublicExecution

/// Methods about the transaction pool («note 08 §3.1, §3.5»).
extension NodeAPI {
    static let poolMethods: [Method] = pendingMethods + [
        Method(name: "getTxByHash", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let wanted = parameters.transactionHash(0)
            try parameters.finish()
            guard let hash = wanted.hash, let bytes = try api.pool("getTxByHash").transaction(hash) else { return false }
            try api.write(bytes, hash, to: &writer)
            return true
        },
        Method(name: "getTxsByHash", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let wanted = parameters.transactionHashes(0)
            try parameters.finish()
            let pool = try api.pool("getTxsByHash")
            var total = 0
            writer.beginArray()
            for hash in wanted.compactMap(\.hash) {
                guard let bytes = try pool.transaction(hash) else { continue }
                total += bytes.count
                guard total <= api.transactions.maximumAnswerBytes else { throw api.tooMuch }
                try api.write(bytes, hash, to: &writer)
            }
            writer.endArray()
            return true
        },
        Method(name: "sendTx", parameters: 1, waits: true) { api, parameters, _ throws(RPCFailure) in
            let object = parameters.object(0, required: txMembers)
            try parameters.finish()
            let tx = try transaction(object)
            guard let submitter = api.transactions.submitter else { throw .missing("sendTx", "the transaction pool") }
            switch try api.validate(tx, "sendTx", isSimulation: false, skipsFeeEnforcement: false) {
            case .valid: break
            case .invalid(let reasons), .skipped(let reasons): throw .failed("Invalid tx: \(reasons.joined(separator: ", "))")
            }
            try submitter.submit(tx)
            return false
        },
        Method(name: "isValidTx", parameters: 2, optional: 1, waits: true) { api, parameters, writer throws(RPCFailure) in
            let object = parameters.object(0, required: txMembers)
            let options = parameters.optionalObject(1)
            let isSimulation = parameters.optionalBool(options?["isSimulation"], "1.isSimulation") ?? false
            let skipsFees = parameters.optionalBool(options?["skipFeeEnforcement"], "1.skipFeeEnforcement") ?? false
            try parameters.finish()
            writer.value(try api.validate(transaction(object), "isValidTx", isSimulation: isSimulation, skipsFeeEnforcement: skipsFees))
            return true
        },
    ]

    /// In namespace `p2p` too.
    static let pendingMethods: [Method] = [
        Method(name: "getPendingTxs", parameters: 0) { api, _, writer throws(RPCFailure) in
            var total = 0
            var failure: RPCFailure?
            writer.beginArray()
            try api.pool("getPendingTxs").eachPending { hash, bytes in
                total += bytes.count
                guard total <= api.transactions.maximumAnswerBytes else {
                    failure = api.tooMuch
                    return false
                }
                do throws(RPCFailure) { try api.write(bytes, hash, to: &writer) } catch { failure = error }
                return failure == nil
            }
            if let failure { throw failure }
            writer.endArray()
            return true
        },
        Method(name: "getPendingTxCount", parameters: 0) { api, _, writer throws(RPCFailure) in
            writer.value(try api.pool("getPendingTxCount").pendingCount())
            return true
        },
    ]

    private func pool(_ method: String) throws(RPCFailure) -> any PoolReader {
        guard let pool = transactions.pool else { throw .missing(method, "the transaction pool") }
        return pool
    }

    private var tooMuch: RPCFailure { .failed("The transactions are more than \(transactions.maximumAnswerBytes) bytes, which this node does not put in one answer") }

    static func transaction(_ object: JSONElement?) throws(RPCFailure) -> Tx {
        guard let object else { preconditionFailure("finish throws without an object") }
        do { return try Tx(json: object) } catch { throw .failed("\(error)") }
    }

    /// The pool's transactions print with their hash.
    private func write(_ bytes: [UInt8], _ hash: TxHash, to writer: inout JSONWriter) throws(RPCFailure) {
        let tx: Tx
        do { tx = try Tx(exactly: bytes) } catch { throw .failed("The pool holds a damaged transaction \(hash): \(error)") }
        tx.write(to: &writer, cached: Tx.CachedMembers(hash: hash))
    }

    /// All rules, reasons of all. The proof comes last, and is not looked at when the transaction fails without it.
    func validate(_ tx: Tx, _ method: String, isSimulation: Bool, skipsFeeEnforcement: Bool) throws(RPCFailure) -> TxValidationResult {
        guard let checker = transactions.checker else { throw .missing(method, "transaction validation") }
        let result = try chain.pinned { () throws(RPCFailure) in
            var globals = GlobalVariables.zero
            globals.chainId = Fr(UInt64(facts.l1ChainId))
            globals.version = Fr(UInt64(facts.rollupVersion))
            globals.blockNumber = Fr(UInt64(try chain.latestNumber() + 1))
            if !skipsFeeEnforcement { globals.gasFees = try currentBaseFees() }
            return try checker.validate(tx, globals: globals, enforcesFees: !skipsFeeEnforcement)
        }
        if isSimulation { return result }
        if case .invalid = result { return result }
        switch transactions.proofs {
        case .unchecked: return result
        case .refused: throw .failed(NoProofChecker.reason)
        case .verified(let verifier):
            guard try !verifier.verify(tx) else { return result }
            guard case .skipped(let reasons) = result else { return .invalid(reason: ["Invalid proof"]) }
            return .invalid(reason: reasons + ["Invalid proof"])
        }
    }
}
