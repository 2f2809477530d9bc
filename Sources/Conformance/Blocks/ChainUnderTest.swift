import Archive
import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import Storage
import TemporaryFiles
import WorldState

/// The chain database of a recorded chain, with its blocks so far.
final class ChainUnderTest {
    let directory: TemporaryDirectory
    let database: Database
    let store: WorldStateStore
    let archive: Archive

    /// - Parameter path: directory of the set, for bytecode in files of its own.
    init(_ chain: JSONElement, genesis: GenesisState, path: String) throws {
        directory = try TemporaryDirectory("blocks")
        database = try Database(
            directory.path + "/db", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState + ArchiveSchema.columnFamilies)
        store = try WorldStateStore(database, genesis: genesis)
        archive = Archive(database)
        let batch = WriteBatch()
        for contract in chain["preloadedProtocolContracts"]?.elements.map({ $0 }) ?? [] {
            let parts = try contract.required("class")
            let instance: ContractInstanceWithAddress = try contract.decode("instance")
            let contractClass = ContractClassPublic(
                id: try parts.decode("id"), artifactHash: try parts.decode("artifactHash"), privateFunctionsRoot: try parts.decode("privateFunctionsRoot"),
                packedBytecode: try Self.bytecode(parts, path))
            guard try contractClass.derivedId() == contractClass.id else { throw Vectors.Failure("class \(contractClass.id) has other contents") }
            archive.putGenesisContract(contractClass, commitment: try contractClass.bytecodeCommitment(), instance: instance, to: batch)
        }
        try database.write(batch)
    }

    private static func bytecode(_ parts: JSONElement, _ path: String) throws -> [UInt8] {
        if let file = parts["packedBytecodeFile"]?.string { return try Vectors.load(path + "/" + file) }
        let text = try parts.required("packedBytecode").requireString()
        guard let bytes = Hex.decode(text) else { throw Vectors.Failure("packedBytecode is no hex string") }
        return bytes
    }

    /// Adds a block with its messages; returns the trees after it.
    func apply(_ block: L2Block, messages: [Fr]) throws -> WorldStateSnapshot {
        let prepared = try store.prepare(BlockEffects(block, messages: messages))
        let batch = WriteBatch()
        try store.write(prepared, into: batch)
        let l1 = L1BlockReference(number: UInt64(prepared.number), timestamp: block.header.timestamp ?? 0, hash: .zero)
        try archive.append(ArchivedBlock(block: block, l1: l1, signatures: []), to: batch)
        try database.write(batch)
        return try store.snapshot(at: prepared.number)
    }
}
