import Archive
import Blobs
import Bytes
import ConformanceKit
import Field
import Glibc
import JSON
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import WorldState

/// Recorded blocks («blocks» set) executed again from the bytes of their transactions, rooted and compared with the
/// recording, as `aztec replay` does it.
func executionBlockBenchmarks() -> [BenchmarkRow] {
    guard let directory = vectorDirectory("blocks") else { return [] }
    do { return try RecordedBlocks(directory).run() } catch {
        print("execution-blocks: \(error)")
        return []
    }
}

private struct RecordedBlocks {
    private let directory: String
    private let temporary: TemporaryDirectory
    private let database: Database
    private let store: WorldStateStore
    private let archive: Archive

    init(_ directory: String) throws {
        self.directory = directory
        let chain = try Vectors.json("\(directory)/chain.json.gz")
        let prefilled = try chain.root.required("prefilledPublicData").elements.map {
            PublicDataWrite(leafSlot: try $0.decode("slot"), value: try $0.decode("value"))
        }
        temporary = try TemporaryDirectory("blocks")
        database = try Database(
            temporary.path + "/db", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState + ArchiveSchema.columnFamilies)
        store = try WorldStateStore(database, genesis: GenesisState(prefilledPublicData: prefilled))
        archive = Archive(database)
        let batch = WriteBatch()
        for contract in try chain.root.required("preloadedProtocolContracts").elements {
            let parts = try contract.required("class")
            let bytecode = try parts["packedBytecode"]?.hexBytes() ?? Vectors.load("\(directory)/\(parts.required("packedBytecodeFile").requireString())")
            let contractClass = ContractClassPublic(
                id: try parts.decode("id"), artifactHash: try parts.decode("artifactHash"), privateFunctionsRoot: try parts.decode("privateFunctionsRoot"),
                packedBytecode: bytecode)
            archive.putGenesisContract(contractClass, commitment: .zero, instance: try contract.decode("instance"), to: batch)
        }
        try database.write(batch)
    }

    func run() throws -> [BenchmarkRow] {
        let kzg = try KZG()
        var rows: [BenchmarkRow] = []
        for number in 1...7 {
            let document = try Vectors.json("\(directory)/block-0\(number).json.gz")
            let block = try L2Block(exactly: try document.root.required("blockHex").hexBytes())
            let messages: [Fr] = try document.root.required("l1ToL2Messages").decodeArray(maximum: ProtocolConstants.numberOfL1L2MessagesPerRollup)
            if number == 7 { rows = try measure(block, messages, document.root, kzg) }
            try append(block, messages)
        }
        return rows
    }

    private func append(_ block: L2Block, _ messages: [Fr]) throws {
        let prepared = try store.prepare(BlockEffects(block, messages: messages))
        let batch = WriteBatch()
        try store.write(prepared, into: batch)
        let l1 = L1BlockReference(number: UInt64(prepared.number), timestamp: block.header.timestamp ?? 0, hash: .zero)
        try archive.append(ArchivedBlock(block: block, l1: l1, signatures: []), to: batch)
        try database.write(batch)
    }

    private func measure(_ block: L2Block, _ messages: [Fr], _ root: JSONElement, _ kzg: KZG) throws -> [BenchmarkRow] {
        let included = Set(block.body.txEffects.map(\.txHash))
        let offered = try root.required("txs").elements.map { try $0.required("tx").hexBytes() }
            .filter { included.contains(try Tx(exactly: $0).hash()) }
        let replay = BlockReplay(database, kzg: kzg, setupAllowList: nil)
        var best = [Double](repeating: .infinity, count: 5)
        for _ in 0..<9 {
            let wall = Clock.wall.now(), processor = PipelineBenchmark.processorTime()
            let txs = try offered.map { try Tx(exactly: $0) }
            let hashes = Tx.hashes(of: txs)
            let prepared = Clock.wall.now()
            guard hashes == block.body.txEffects.map(\.txHash) else { throw PipelineBenchmark.Failure("hashes of block 7") }
            let result = try replay.replay(block, messages: messages, txs: txs)
            if let divergence = result.divergence { throw PipelineBenchmark.Failure("block 7: \(divergence)") }
            let figures = [
                Double(Clock.wall.now() - wall) / 1e6, PipelineBenchmark.processorTime() - processor, Double(prepared - wall) / 1e6,
                Double(result.executionNanoseconds) / 1e6, Double(result.assemblyNanoseconds) / 1e6,
            ]
            best = zip(best, figures).map { min($0, $1) }
        }
        func row(_ name: String, _ value: Double, target: Double? = nil, _ reference: String? = nil) -> BenchmarkRow {
            BenchmarkRow("blocks", name, value, "ms", target: target, reference: reference)
        }
        return [
            row("block 7 (20 txs) re-executed, rooted, checked", best[0], target: 858.0 / 25, "reference 858 ms for execution alone"),
            row("block 7: processor time of both threads", best[1]),
            row("block 7: decode and hash", best[2]),
            row("block 7: execution", best[3]),
            row("block 7: trees, blobs, header", best[4], "reference 110–340 ms and 65–110 ms"),
        ]
    }
}
