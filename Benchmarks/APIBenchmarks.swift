import Archive
import Bytes
import Field
import Glibc
import HTTPServer
import JSON
import NodeAPI
import Protocol
import Storage
import TemporaryFiles

/// `node_getBlock` over HTTP from a load tool in the same process, so that server and tool share the machine's cores.
func apiBenchmarks() -> [BenchmarkRow] {
    let count = 50
    do {
        let directory = try TemporaryDirectory("bench")
        defer { withExtendedLifetime(directory) {} }
        let database = try Database(directory.path, mode: .primary, columnFamilies: DatabaseChain.columnFamilies)
        let archive = Archive(database)
        for number in 1...count {
            let batch = WriteBatch()
            try archive.append(ArchivedBlock(block: block(number), l1: L1BlockReference(number: 1, timestamp: 1, hash: .zero), signatures: []), to: batch)
            try database.write(batch)
        }
        let chain = try DatabaseChain(database)
        let bodies = (1...count).map { "{\"jsonrpc\":\"2.0\",\"id\":\($0),\"method\":\"node_getBlock\",\"params\":[\($0)]}" }
        let sizes = try (1...count).map { try chain.block($0)?.jsonBytes.count ?? 0 }
        let size = "\(sizes.reduce(0, +) / count) bytes"
        return try [(8 << 20, "ready-made answers"), (0, "every answer read, decoded and printed")].flatMap { cache, how in
            let result = try load(chain, cacheBytes: cache, bodies: bodies)
            guard result.failures == 0 else { return [BenchmarkRow("api", "node_getBlock failed", Double(result.failures), "failures", target: 0)] }
            let name = "node_getBlock, \(size), \(how)"
            return [
                BenchmarkRow("api", name, result.rate, "requests/s", target: cache > 0 ? 20_000 : nil, lowerIsBetter: false),
                BenchmarkRow("api", name + ", p50", result.percentile(0.5), "ms"),
                BenchmarkRow("api", name + ", p99", result.percentile(0.99), "ms", target: cache > 0 ? 10 : nil),
            ]
        }
    } catch {
        return [BenchmarkRow("api", "no figures: \(error)", 0, "")]
    }
}

private func load(_ chain: DatabaseChain, cacheBytes: Int, bodies: [String]) throws -> LoadClient.Result {
    let facts = NodeFacts(
        l1ChainId: 31337, rollupVersion: 1, l1Contracts: L1ContractAddresses(), vkTreeRoot: ProtocolContracts.vkTreeRoot.hex,
        protocolContractTreeRoot: ProtocolContracts.treeRoot.hex,
        schedule: EpochSchedule(l1GenesisTime: 0, slotDuration: 36, epochDuration: 32, ethereumSlotDuration: 12, proofSubmissionWindow: 64))
    let dispatcher = NodeAPI(chain: chain, facts: facts, cacheBytes: cacheBytes).publicDispatcher
    let headers = facts.versionHeaders
    let endpoint = RPCEndpoint(versionHeaders: { headers }) { body in
        let answer = dispatcher.answer(body)
        return .init(status: answer.status, body: answer.body, isBare: answer.isBare)
    }
    var options = HTTPServer.Options(port: 0)
    options.loopbackOnly = true
    let server = try HTTPServer(options, handler: { endpoint.handle($0) })
    defer { server.stop() }
    var warm = LoadClient(port: server.port, bodies: bodies)
    warm.seconds = 0.5
    _ = warm.run()
    return LoadClient(port: server.port, bodies: bodies).run()
}

/// Every other block is empty, as on a quiet network; the others carry two txs of ordinary size.
private func block(_ number: Int) -> L2Block {
    var next = Fr(UInt64(number)) * Fr(0x9e37_79b9_7f4a_7c15)
    func field() -> Fr {
        next = next * next + 7
        return next
    }
    func list(_ count: Int) -> [Fr] { (0..<count).map { _ in field() } }
    var header = BlockHeader.zero
    header.globalVariables.blockNumber = Fr(UInt64(number))
    let effects = number % 2 == 0 ? [] : (0..<2).map { _ in
        TxEffect(
            txHash: TxHash(field()), transactionFee: 1000, noteHashes: list(4), nullifiers: list(4), l2ToL1Msgs: list(1),
            publicDataWrites: (0..<3).map { _ in PublicDataWrite(leafSlot: field(), value: field()) },
            privateLogs: (0..<2).map { _ in PrivateLog(emitted: list(18)) })
    }
    return L2Block(archive: AppendOnlyTreeSnapshot(root: field(), nextAvailableLeafIndex: UInt32(number + 1)), header: header, body: Body(txEffects: effects))
}
