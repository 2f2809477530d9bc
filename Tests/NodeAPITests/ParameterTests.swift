import Field
import FuzzKit
import JSON
import NodeAPI
import Protocol
import Synchronization
import Testing

/// A chain at genesis without trees: enough to see what parameters do.
final class EmptyChain: ChainReader {
    let counter = Mutex(ChainGeneration())
    let calls = Mutex(0)

    func pinned<T>(_ body: () throws(RPCFailure) -> T) throws(RPCFailure) -> T { try body() }
    var generation: ChainGeneration { counter.withLock { $0 } }
    func latestNumber() -> Int { 0 }
    func provenNumber() -> Int { 0 }
    func block(_ number: Int) -> L2Block? {
        calls.withLock { $0 += 1 }
        return number == 7 ? L2Block(archive: .zero, header: .zero, body: .empty) : nil
    }

    func publishedBlock(_ number: Int) -> PublishedL2Block? { nil }
    func header(_ number: Int) -> BlockHeader? { nil }
    func blockHash(_ number: Int) -> Fr? { nil }
    func initialHeader() -> BlockHeader { .zero }
    func txEffect(_ hash: TxHash) -> (effect: TxEffect, block: Int, blockHash: Fr, index: Int)? { nil }
    func logs(tag: Fr) -> [TxScopedL2Log] { [] }
    func contractClass(_ id: Fr) -> (contractClass: ContractClassPublic, block: Int)? { nil }
    func contract(_ address: AztecAddress, at number: Int) -> ContractInstanceWithAddress? { nil }
    func l1ToL2MessageIndex(_ leaf: Fr) -> UInt64? { leaf == Fr(10) ? 3 : nil }
    func l1Timestamp() -> UInt64? { nil }
    func manaBaseFee(slot: UInt64) -> Fr? { nil }
    func stateHeights() -> (latest: Int, finalised: Int, oldest: Int) { (0, 0, 0) }
    func state(at number: Int) throws(RPCFailure) -> any TreeReader { throw .failed("no trees") }
}

let emptyFacts = NodeFacts(
    l1ChainId: 1, rollupVersion: 2, l1Contracts: L1ContractAddresses(), vkTreeRoot: "0x00", protocolContractTreeRoot: "0x00",
    schedule: EpochSchedule(l1GenesisTime: 0, slotDuration: 1, epochDuration: 1, ethereumSlotDuration: 1, proofSubmissionWindow: 1))

@Suite struct ParameterRules {
    let chain = EmptyChain()
    let api: NodeAPI

    init() { api = NodeAPI(chain: chain, facts: emptyFacts, cacheBytes: 1 << 20) }

    /// Result text, or `code message`.
    func call(_ method: String, _ parameters: String) -> String {
        let namespace = method.contains("_") ? method : "node_" + method
        let dispatcher = method.hasPrefix("nodeAdmin") ? api.adminDispatcher : api.publicDispatcher
        let body = dispatcher.answer(Array("{\"method\":\"\(namespace)\",\"params\":\(parameters)}".utf8)).body
        guard let root = try? JSONDocument.parse(body).root else { return "no JSON" }
        if let error = root["error"] { return "\(error["code"]!.int!) \(error["message"]!.string!)" }
        guard let result = root["result"] else { return "none" }
        var writer = JSONWriter()
        writer.value(result)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func blockNumbers() {
        #expect(call("getBlock", "[\"latest\"]") == "none" && call("getBlock", "[\"0x7\"]").hasPrefix("{\"archive\"") && call("getBlock", "[\" 7e0 \"]").hasPrefix("{"))
        #expect(call("getBlock", "[1.5]") == "-32701 Expected integer, received float (0)" && call("getBlock", "[\"1.5\"]") == "-32701 Expected integer, received float (0)")
        for bad in ["null", "\"x\"", "{}", "true", "[7]"] { #expect(call("getBlock", "[\(bad)]") == "-32701 Invalid input (0)") }
        #expect(call("getBlock", "[]") == "-32701 Array must contain at least 1 element(s) ()")
        #expect(call("getBlock", "[1e300]") == "none" && call("getBlock", "[\"\"]") == "none")
        #expect(call("getBlockHeader", "[-1]") == "-32702 Invalid start: -1" && call("getBlockHeader", "[null]").hasPrefix("{\"lastArchive\""))
    }

    @Test func numbers() {
        #expect(call("getBlocks", "[\"1\",\"2\"]") == "-32701 Expected number, received string (0). Expected number, received string (1)")
        #expect(call("getBlocks", "[1]") == "-32701 Array must contain at least 2 element(s) ()")
        #expect(call("getBlocks", "[0,0]") == "[]" && call("getBlocks", "[-3,1]") == "-32702 Invalid start: -3" && call("getBlocks", "[1,0.5]") == "-32702 Invalid limit: 0.5")
        #expect(call("getPrivateLogs", "[-1e300,1e300]") == "[]")
    }

    @Test func fields() {
        #expect(call("isL1ToL2MessageSynced", "[\"10\"]") == "true" && call("isL1ToL2MessageSynced", "[\"0xa\"]") == "true" && call("isL1ToL2MessageSynced", "[\"0xA\"]") == "true")
        #expect(call("isL1ToL2MessageSynced", "[\"0x10\"]") == "false")
        #expect(call("isL1ToL2MessageSynced", "[\"ab\"]") == "-32702 Tried to create a Fr from an invalid string: ab")
        #expect(call("isL1ToL2MessageSynced", "[\"\"]") == "-32702 Tried to create a Fr from an invalid string: ")
        #expect(call("isL1ToL2MessageSynced", "[\"0x\"]") == "-32702 Invalid hex-encoded string: \"0x\"")
        #expect(call("isL1ToL2MessageSynced", "[\"zz\"]") == "-32701 Not a valid hex string (0)" && call("isL1ToL2MessageSynced", "[10]") == "-32701 Expected string, received number (0)")
        #expect(call("isL1ToL2MessageSynced", "[\"0x1\(String(repeating: "0", count: 64))\"]").hasPrefix("-32702"))
        #expect(call("isL1ToL2MessageSynced", "[\"\(String(repeating: "9", count: 80))\"]").hasPrefix("-32702"))
        #expect(call("getLogsByTags", "[\"x\"]") == "-32701 Expected array, received string (0)" && call("getLogsByTags", "[[\"0x1\",5,\"g\"]]") == "-32701 Expected string, received number (0.1). Not a valid hex string (0.2)")
    }

    @Test func addressesHashesAndTrees() {
        #expect(call("getContract", "[\"0x12\"]") == "-32701 Not a valid instance (0)")
        #expect(call("getContract", "[\"zz\"]") == "-32701 Not a valid instance (0). Not a valid hex string (0)")
        #expect(call("getContract", "[\"\(String(repeating: "0", count: 64))\"]") == "none")
        #expect(call("getTxReceipt", "[\"0x123\"]") == "-32702 Attempted to read beyond buffer length. Start index: 0, Num bytes to read: 32, Buffer length: 1")
        let hash = String(repeating: "ff", count: 32)
        #expect(call("getTxReceipt", "[\"\(hash)aa\"]") == "{\"txHash\":\"0x\(hash)\",\"status\":\"dropped\",\"error\":\"Tx dropped by P2P node.\"}")
        #expect(call("findLeavesIndexes", "[1,5,[]]") == "-32701 Invalid enum value. Expected 0 | 1 | 2 | 3 | 4, received '5' (1)")
        #expect(call("findLeavesIndexes", "[1,\"0\",[]]") == "-32701 Invalid enum value. Expected 0 | 1 | 2 | 3 | 4, received '0' (1)")
        #expect(call("findLeavesIndexes", "[1,null,[]]") == "-32701 Expected 0 | 1 | 2 | 3 | 4, received null (1)")
        #expect(call("getNoteHashSiblingPath", "[1,\"x\"]") == "-32702 Cannot convert x to a BigInt" && call("getNoteHashSiblingPath", "[1,null]") == "-32701 Invalid input (1)")
        #expect(call("getNoteHashSiblingPath", "[1,1.5]") == "-32702 The number 1.5 cannot be converted to a BigInt because it is not an integer")
        #expect(call("getNoteHashSiblingPath", "[1,\"0\"]") == "-32702 Block 1 not yet synced" && call("getNoteHashSiblingPath", "[-2,\"0\"]") == "-32702 Invalid block number to get world state for: -2")
    }

    @Test func filters() {
        #expect(call("getPublicLogs", "[5]") == "-32701 Expected object, received number (0)")
        #expect(call("getPublicLogs", "[{\"fromBlock\":null,\"txHash\":null}]") == "-32701 Expected string, received null (0.txHash). Invalid input (0.fromBlock)")
        #expect(call("getPublicLogs", "[{\"afterLog\":{\"blockNumber\":0,\"txIndex\":0,\"logIndex\":0}}]") == "-32702 Invalid block number: 0")
        #expect(call("getPublicLogs", "[{\"afterLog\":{}}]") == "-32701 Required (0.afterLog.blockNumber). Required (0.afterLog.txIndex). Required (0.afterLog.logIndex)")
        #expect(call("getPublicLogs", "[{\"other\":1,\"fromBlock\":\"0x3\"}]") == "{\"logs\":[],\"maxLogsHit\":false}")
        #expect(call("getPublicLogs", "[{\"fromBlock\":10,\"toBlock\":5}]") == "{\"logs\":[],\"maxLogsHit\":true}")
    }

    @Test func laterPartsAndAdmin() {
        #expect(call("sendTx", "[{}]") == "-32701 Required (0.data). Required (0.clientIvcProof). Required (0.contractClassLogs). Required (0.publicFunctionCalldata)")
        #expect(call("sendTx", "[\"0x00\"]") == "-32701 Expected object, received string (0)")
        #expect(call("getPendingTxs", "[]").contains("needs the transaction pool") && call("p2p_getPeers", "[null]") == "[]" && call("p2p_getPeers", "[1]") == "-32701 Expected boolean, received number (0)")
        #expect(call("nodeAdmin_setConfig", "[{\"maxTxsPerBlock\":\"x\"}]") == "-32701 Expected number, received string (0.maxTxsPerBlock)" && call("nodeAdmin_setConfig", "[{\"nonsense\":1}]") == "none")
        #expect(call("nodeAdmin_flushTxs", "[]") == "-32702 Sequencer is not initialized" && call("nodeAdmin_pauseSync", "[]").contains("does not have yet"))
        #expect(call("nodeAdmin_rollbackTo", "[5]") == "-32702 Target L2 block 5 must be less than current L2 block 0")
        #expect(call("registerContractFunctionSignatures", "[\"\(String(repeating: "0", count: 64))\",[\"f()\"]]") == "none")
    }

    @Test func answersAreKeptUntilTheChainMoves() {
        func blockReads() -> Int { chain.calls.withLock { $0 } }
        _ = call("getBlock", "[7]")
        _ = call("getBlock", "[7]")
        #expect(blockReads() == 1)
        chain.counter.withLock { $0.head += 1 }
        _ = call("getBlock", "[7]")
        #expect(blockReads() == 1, "a named block outlives a new head")
        chain.counter.withLock { $0.history += 1 }
        _ = call("getBlock", "[7]")
        #expect(blockReads() == 2, "a reorg takes everything away")
        _ = call("getBlock", "[-1]")
        _ = call("getBlock", "[-1]")
        #expect(blockReads() == 4, "an absent result is not kept")
        for number in 0..<10_000 { _ = call("getBlockHeader", "[0,\(number)]") }
        #expect(api.cacheStatistics.bytes <= 1 << 20)
    }

    /// Whatever is sent is answered with JSON, and accepted calls do not trap.
    @Test func fuzz() {
        var state: UInt64 = 11
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let values = ["null", "1", "-1", "0.5", "1e400", "123456789012345678901234567890", "\"latest\"", "\"0x1\"", "\"\"", "\"zz\"", "[]", "[[]]", "{}", "true",
                      "\"\(String(repeating: "0", count: 64))\"", "[\"0x5\",\"7\"]", "{\"fromBlock\":1e308,\"toBlock\":-5}", "{\"afterLog\":{\"blockNumber\":1e15,\"txIndex\":1e308,\"logIndex\":9e15}}"]
        let methods = ["getBlock", "getBlocks", "getBlockHeader", "getPublishedBlocks", "findLeavesIndexes", "getNullifierSiblingPath", "getPublicStorageAt", "getPublicLogs",
                       "getContractClassLogs", "getLogsByTags", "getTxReceipt", "getTxEffect", "getContract", "getContractClass", "getPrivateLogs", "sendTx", "isValidTx",
                       "getL2ToL1MessageMembershipWitness", "getL1ToL2MessageMembershipWitness", "nodeAdmin_setConfig", "nodeAdmin_rollbackTo", "p2p_getAttestationsForSlot"]
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let parameters = (0..<random(4)).map { _ in values[random(values.count)] }.joined(separator: ",")
            #expect(call(methods[random(methods.count)], "[\(parameters)]") != "no JSON")
        }
    }

    /// Whole bodies, altered as text: every one is answered, with JSON.
    @Test func fuzzedBodies() {
        var fuzz = Fuzz(seed: 151)
        let field = "\"0x\(String(repeating: "0a", count: 32))\""
        let seeds = [
            #"{"jsonrpc":"2.0","id":1,"method":"node_getBlock","params":["latest"]}"#, #"[{"id":2,"method":"node_getBlocks","params":[1,2]},{"id":3,"method":"node_getBlockNumber"}]"#,
            #"{"method":"node_getLogsByTags","params":[[\#(field),"7"]]}"#, #"{"method":"node_findLeavesIndexes","params":["0x7",1,[\#(field)]]}"#,
            #"{"method":"node_getPublicLogs","params":[{"txHash":\#(field),"fromBlock":1,"toBlock":2,"afterLog":{"blockNumber":1,"txIndex":2,"logIndex":3}}]}"#,
            #"{"method":"node_getContract","params":[\#(field)]}"#, #"{"method":"node_getNoteHashSiblingPath","params":[1,"0"]}"#, #"{"method":"node_getL2ToL1MessageMembershipWitness","params":[1,\#(field)]}"#,
        ].map { Array($0.utf8) }
        var results = 0
        for round in 0..<Fuzz.rounds(short: 10_000) {
            let answer = api.publicDispatcher.answer(fuzz.alteredText(seeds[round % seeds.count]))
            guard let root = try? JSONDocument.parse(answer.body).root else {
                Issue.record("no JSON: \(String(decoding: answer.body.prefix(200), as: UTF8.self))")
                return
            }
            if root["result"] != nil { results += 1 }
        }
        #expect(results > 100)
    }
}
