import Archive
import Bytes
import ConformanceKit
import Field
import JSON
import NodeAPI
import Protocol
import Storage
import Synchronization
import Testing

/// A pool of some transactions that takes what it is given.
private final class SmallPool: PoolReader, TxSubmitter {
    private let txs: Mutex<[(hash: TxHash, bytes: [UInt8])]>
    init(_ txs: [Tx] = []) { self.txs = Mutex(txs.map { ($0.hash(), $0.serialized) }) }

    func pendingCount() throws(RPCFailure) -> Int { txs.withLock { $0.count } }
    func eachPending(_ body: (_ hash: TxHash, _ bytes: [UInt8]) -> Bool) throws(RPCFailure) {
        for tx in txs.withLock({ $0 }) where !body(tx.hash, tx.bytes) { return }
    }
    func transaction(_ hash: TxHash) throws(RPCFailure) -> [UInt8]? { txs.withLock { $0.first { $0.hash == hash }?.bytes } }
    func isPending(_ hash: TxHash) throws(RPCFailure) -> Bool { try transaction(hash) != nil }
    func submit(_ tx: Tx) throws(RPCFailure) { txs.withLock { $0.append((tx.hash(), tx.serialized)) } }
}

private struct FixedVerifier: TxProofVerifier {
    var accepts: Bool
    func verify(_ tx: Tx) throws(RPCFailure) -> Bool { accepts }
}

/// The methods about transactions, on the recorded network: its transactions, its answers.
@Suite struct PoolMethods {
    /// `txs`: those submitted in the recording.
    private func recorded(_ body: (Recording, [RPCTranscript.Line], [Tx]) throws -> Void) throws {
        guard let directory = Recording.directory("main") else { return }
        let recording = try Recording(directory)
        defer { recording.remove() }
        let lines = try RPCTranscript(directory + "/rpc-transcript.jsonl.gz").lines
        let txs = try lines.filter { $0.function == "sendTx" && $0.status == 200 }.compactMap { line -> Tx? in
            try JSONDocument.parse(Array(line.request.utf8)).root["params"]?[0].map { try Tx(json: $0) }
        }
        try body(recording, lines, txs)
    }

    private func api(_ recording: Recording, _ services: TransactionServices) throws -> NodeAPI {
        NodeAPI(chain: try DatabaseChain(recording.database), facts: try recording.facts, transactions: services)
    }

    private func post(_ api: NodeAPI, _ request: String) -> String { String(decoding: api.publicDispatcher.answer(Array(request.utf8)).body, as: UTF8.self) }
    private func ask(_ api: NodeAPI, _ method: String, _ parameters: String = "[]") -> String { post(api, "{\"method\":\"node_\(method)\",\"params\":\(parameters)}") }

    /// A pending transaction prints as the reference prints it.
    @Test func printsPendingTransactionsAsRecorded() throws {
        try recorded { recording, lines, txs in
            var compared = 0
            for line in lines where ["getPendingTxs", "p2p_getPendingTxs"].contains(line.function) && line.response.utf8.count > 1_000 && line.response.utf8.count < 20_000_000 {
                let root = try JSONDocument.parse(Array(line.response.utf8)).root
                guard let result = root["result"], result.isArray, result.elements.allSatisfy({ $0["txHash"] != nil && $0["cachedId"] == nil && $0["calldataMap"] == nil }) else { continue }
                let pool = SmallPool(try result.elements.map { try Tx(json: $0) })
                let api = try api(recording, TransactionServices(pool: pool))
                #expect(post(api, line.request) == line.response ? true : false, "line \(line.number)")
                #expect(ask(api, "getPendingTxCount") == "{\"result\":\(result.count)}")
                let hash = try pool.pendingHash(0)
                #expect(ask(api, "getTxByHash", "[\"\(hash.hex)\"]") == "{\"result\":\(text(of: result[0]))}" ? true : false)
                #expect(ask(api, "getTxsByHash", "[[\"\(TxHash(Fr(1)).hex)\",\"\(hash.hex)\"]]") == "{\"result\":[\(text(of: result[0]))]}" ? true : false)
                #expect(ask(api, "getTxReceipt", "[\"\(hash.hex)\"]") == "{\"result\":{\"txHash\":\"\(hash.hex)\",\"status\":\"pending\",\"error\":\"\"}}")
                #expect(ask(api, "getTxByHash", "[\"\(TxHash(Fr(1)).hex)\"]") == "{}")
                compared += 1
                if compared == 2 { break }
            }
            #expect(compared > 0)
            guard !txs.isEmpty else { Issue.record("no transaction was submitted"); return }
            var services = TransactionServices(pool: SmallPool([txs[0]]))
            services.maximumAnswerBytes = 100
            #expect(ask(try api(recording, services), "getPendingTxs").contains("more than 100 bytes"))
        }
    }

    private func text(of element: JSONElement?) -> String {
        var writer = JSONWriter()
        if let element { writer.value(element) }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The recorded answers of `isValidTx` at the recording's end, which rest on the chain as it stood then.
    @Test func validatesAsRecorded() throws {
        try recorded { recording, lines, _ in
            try recording.sync(0..<recording.blocks.count, proven: recording.blocks.count)
            // The newest fee that the recording names for this moment.
            let batch = WriteBatch()
            recording.archive.setL1Head(L1HeadFacts(number: 1, timestamp: 1_795_493_000, manaBaseFees: [.init(slot: 1, feePerL2Gas: Fr(0x3fc))]), to: batch)
            try recording.database.write(batch)
            let api = try api(recording, TransactionServices(checker: DatabaseTxChecker(recording.database), proofs: .unchecked))
            var compared = 0
            for line in lines where line.function == "isValidTx" && line.moment == .end {
                let got = post(api, line.request)
                if got != line.response { print("line \(line.number) «\(line.label ?? "")»: \(line.response.prefix(300))\n   got \(got.prefix(300))") }
                #expect(got == line.response)
                compared += 1
            }
            #expect(compared >= 10)
        }
    }

    @Test func sendingIsValidatingAndStoring() throws {
        try recorded { recording, lines, txs in
            // The first of the network: on the state that it was sent to.
            try recording.sync(0..<3, proven: 1)
            let batch = WriteBatch()
            recording.archive.setL1Head(L1HeadFacts(number: 1, timestamp: 1_795_493_000, manaBaseFees: [.init(slot: 1, feePerL2Gas: Fr(1))]), to: batch)
            try recording.database.write(batch)
            guard let line = lines.first(where: { $0.function == "sendTx" && $0.status == 200 }), let tx = txs.first else { Issue.record("nothing was sent"); return }
            let checker = DatabaseTxChecker(recording.database)
            let pool = SmallPool()
            var api = try api(recording, TransactionServices(pool: pool, submitter: pool, checker: checker, proofs: .unchecked))
            let validity = post(api, line.request.replacing("node_sendTx", with: "node_isValidTx"))
            let answer = post(api, line.request)
            if validity.contains("\"valid\"") {
                let stored = try pool.transaction(tx.hash())
                #expect(answer == line.response && stored == tx.serialized)
            } else {
                #expect(answer.contains("Invalid tx: "))
            }
            // Without a verifier nothing is taken, and the reason is named.
            api = try self.api(recording, TransactionServices(pool: pool, submitter: pool, checker: checker))
            #expect(post(api, line.request).contains(validity.contains("\"valid\"") ? "cannot verify transaction proofs" : "Invalid tx"))
            let simulated = line.request.replacing("node_sendTx", with: "node_isValidTx").dropLast(2) + ",{\"isSimulation\":true,\"skipFeeEnforcement\":null}]}"
            #expect(!post(api, String(simulated)).contains("cannot verify"))
            let mistyped = line.request.replacing("node_sendTx", with: "node_isValidTx").dropLast(2) + ",{\"isSimulation\":\"yes\"}]}"
            #expect(post(api, String(mistyped)).contains("Expected boolean, received string"))
            if validity.contains("\"valid\"") {
                api = try self.api(recording, TransactionServices(pool: pool, submitter: pool, checker: checker, proofs: .verified(FixedVerifier(accepts: false))))
                #expect(post(api, line.request).contains("Invalid tx: Invalid proof"))
            }
            #expect(post(try self.api(recording, TransactionServices()), line.request).contains("needs the transaction pool"))
        }
    }
}

extension SmallPool {
    func pendingHash(_ index: Int) throws -> TxHash {
        var hashes: [TxHash] = []
        try eachPending { hash, _ in
            hashes.append(hash)
            return true
        }
        return hashes[index]
    }
}
