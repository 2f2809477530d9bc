import Archive
import Blobs
import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import WorldState

/// The recorded chain of the set `blocks` in a database of its own.
final class GoldenChain {
    struct Block {
        var block: L2Block
        var messages: [Fr]
        /// Offered, in order; some were dropped or left over.
        var txs: [Tx]

        /// Those in the block, in its order.
        var included: [Tx] {
            let byHash = Dictionary(txs.map { ($0.hash(), $0) }) { first, _ in first }
            return block.body.txEffects.compactMap { byHash[$0.txHash] }
        }
    }

    let blocks: [Block]
    let database: Database
    let store: WorldStateStore
    let archive: Archive
    private let directory: TemporaryDirectory
    /// Laid out as a node's.
    var dataDirectory: String { directory.path }

    static let kzg = Result { try KZG() }

    /// nil when the golden data is not there. The first `count` blocks are applied.
    static func load(applied count: Int) throws -> GoldenChain? {
        guard let path = Golden.directory("blocks") else { return nil }
        return try GoldenChain(path, applied: count)
    }

    private init(_ path: String, applied count: Int) throws {
        directory = try TemporaryDirectory("execution")
        database = try Database(
            directory.path + "/chain", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState + ArchiveSchema.columnFamilies)
        let chain = try Vectors.json(path + "/chain.json.gz").root
        store = try WorldStateStore(database, genesis: GenesisState(prefilledPublicData: chain.required("prefilledPublicData").elements.map {
            PublicDataWrite(leafSlot: try $0.decode("slot"), value: try $0.decode("value"))
        }))
        archive = Archive(database)
        let batch = WriteBatch()
        for contract in ProtocolContracts.all {
            archive.putGenesisContract(contract.contractClass(), commitment: contract.bytecodeCommitment, instance: contract.instance, to: batch)
        }
        try database.write(batch)
        blocks = try Vectors.files(in: path).filter { Vectors.name($0).hasPrefix("block-") }.map { file in
            let root = try Vectors.json(file).root
            func bytes(_ element: JSONElement) throws -> [UInt8] {
                guard let bytes = Hex.decode(try element.requireString()) else { throw Vectors.Failure("no hex") }
                return bytes
            }
            return Block(
                block: try L2Block(exactly: bytes(root.required("blockHex"))), messages: try root.required("l1ToL2Messages").decodeArray(),
                txs: try root.required("txs").elements.map { try Tx(exactly: bytes($0.required("tx"))) })
        }
        for block in blocks.prefix(count) { try apply(block) }
    }

    func apply(_ given: Block) throws {
        let prepared = try store.prepare(BlockEffects(given.block, messages: given.messages))
        let batch = WriteBatch()
        try store.write(prepared, into: batch)
        let l1 = L1BlockReference(number: UInt64(prepared.number), timestamp: 0, hash: .zero)
        for (position, leaf) in given.messages.enumerated() {
            let index = UInt64(prepared.number - 1) * MessageRecord.messagesPerBlock + UInt64(position)
            archive.put(MessageRecord(index: index, leaf: leaf, rollingHash: Array(repeating: 0, count: 16), l1BlockNumber: 1, l1BlockHash: .zero), to: batch)
        }
        try archive.append(ArchivedBlock(block: given.block, l1: l1, signatures: []), to: batch)
        try database.write(batch)
    }

    /// Takes the newest block back.
    func unwind() throws {
        let batch = WriteBatch()
        try archive.removeLatest(to: batch)
        _ = try store.unwindTip(into: batch)
        try database.write(batch)
    }
}
