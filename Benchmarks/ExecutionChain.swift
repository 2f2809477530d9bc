import Archive
import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import WorldState

/// A chain database in the state of a recorded scenario («avm» set), grown by blocks of our own making: `write` steps and
/// executed transactions become blocks, so that what is read comes out of RocksDB as on a node.
final class ExecutionChain {
    private let directory: TemporaryDirectory
    let database: Database
    private let store: WorldStateStore
    let classes = ClassCache()
    /// Written by steps, not in a block yet.
    private var pending = TxLeaves(noteHashes: [], nullifiers: [], publicDataWrites: [])

    /// `strangers`: so many other leaves are in each tree, as on a chain that has been used.
    init(strangers: Int = 16_384) throws {
        directory = try TemporaryDirectory("execution")
        database = try Database(
            directory.path + "/db", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState + ArchiveSchema.columnFamilies)
        store = try WorldStateStore(database, genesis: GenesisState())
        var random = BenchmarkRandom(state: 11)
        for _ in 0..<strangers / 4096 { try append((0..<64).map { _ in random.fullTransaction() }) }
    }

    var tip: UInt32 { get throws { try store.status.latest } }

    func register(_ contractClass: ContractClassPublic, _ instance: ContractInstanceWithAddress) throws {
        let batch = WriteBatch()
        Archive(database).putGenesisContract(contractClass, commitment: .zero, instance: instance, to: batch)
        try database.write(batch)
    }

    /// A block with these transactions. `headerHash`: its leaf in the archive, if that matters.
    func append(_ txs: [TxLeaves], headerHash: Fr? = nil) throws {
        let fork = try WorldStateFork(database, at: try tip)
        try fork.apply(messages: [], txs: txs)
        try store.sync(BlockEffects(messages: [], txs: txs, headerHash: headerHash ?? Fr(UInt64(try tip) + 1), state: try fork.stateReference()))
    }

    /// A `write` step of a scenario.
    func write(_ step: JSONElement) throws {
        let leaves = try step.required("leaves").elements.map { try $0.hexBytes() }
        func field(_ bytes: ArraySlice<UInt8>) throws -> Fr {
            guard let field = Fr(canonical: bytes) else { throw Vectors.Failure("\(step.path): no field element") }
            return field
        }
        switch try step.required("tree").requireString() {
        case "NULLIFIER_TREE": pending.nullifiers += try leaves.map { try field($0[...]) }
        case "PUBLIC_DATA_TREE":
            pending.publicDataWrites += try leaves.map { PublicDataWrite(leafSlot: try field($0.prefix(32)), value: try field($0.dropFirst(32))) }
        case "NOTE_HASH_TREE": pending.noteHashes += try leaves.map { try field($0[...]) }
        default: break
        }
    }

    /// Makes a block of what the steps wrote.
    func flush() throws {
        var txs: [TxLeaves] = []
        while !pending.nullifiers.isEmpty || !pending.noteHashes.isEmpty || !pending.publicDataWrites.isEmpty {
            txs.append(TxLeaves(
                noteHashes: Array(pending.noteHashes.prefix(64)), nullifiers: Array(pending.nullifiers.prefix(64)),
                publicDataWrites: pending.publicDataWrites))
            pending.noteHashes.removeFirst(min(64, pending.noteHashes.count))
            pending.nullifiers.removeFirst(min(64, pending.nullifiers.count))
            pending.publicDataWrites = []
        }
        if !txs.isEmpty { try append(txs) }
    }

    func base() throws -> StoredBase { try StoredBase(database, classes: classes) }
}

/// A recorded transaction and all it needs.
struct RecordedTx {
    var label: String
    var bytes: [UInt8]
    var globals: GlobalVariables
    var options: ExecutionOptions
    var chain: ExecutionChain
}

/// Plays a scenario up to the transactions that are wanted.
struct ExecutionScenario {
    let root: JSONElement
    private let document: JSONDocument
    private let directory: String

    /// `directory` is that of the set «avm».
    init(_ name: String, in directory: String) throws {
        document = try Vectors.json("\(directory)/scenarios/\(name).json.gz")
        root = document.root
        self.directory = directory
    }

    /// Calls `body` with each transaction whose label is wanted, the state being that before it. `replaced`: bytecode for
    /// every class instead of its own.
    func run(_ wanted: Set<String>, replaced: [UInt8]? = nil, _ body: (RecordedTx) throws -> Void) throws {
        let chain = try ExecutionChain()
        var globals = try GlobalVariables(exactly: try root.required("globals").required("bufferHex").hexBytes())
        let options = ExecutionOptions(skipsFeeEnforcement: try root.required("flags").required("skipFeeEnforcement").bool ?? false)
        let executor = TransactionExecutor()
        let listed = root["contractInstances"]?.elements.map { $0 } ?? []
        var left = wanted
        for step in try root.required("steps").elements {
            if left.isEmpty { break }
            switch try step.required("op").requireString() {
            case "registerInstance":
                let place = try step.required("instance").int ?? -1
                guard listed.indices.contains(place) else { throw Vectors.Failure("no instance \(place)") }
                try register(listed[place], in: chain, replaced)
            case "write": try chain.write(step)
            case "newBlock": globals = try GlobalVariables(exactly: try step.required("globals").required("bufferHex").hexBytes())
            case "simulateTx":
                try chain.flush()
                let label = step["label"]?.string ?? ""
                let bytes = try step.required("tx").hexBytes()
                if left.remove(label) != nil {
                    try body(RecordedTx(label: label, bytes: bytes, globals: globals, options: options, chain: chain))
                }
                let tx = try Tx(exactly: bytes)
                if let executed = try? executor.execute(tx, hash: TxHash(.zero), globals: globals, base: try chain.base(), options: options) {
                    try chain.append([TxLeaves(executed.effect)])
                }
            default: break
            }
        }
        if let label = left.first { throw Vectors.Failure("no transaction «\(label)»") }
    }

    private func register(_ element: JSONElement, in chain: ExecutionChain, _ replaced: [UInt8]?) throws {
        let id: Fr = try element.decode("currentContractClassId")
        let address = AztecAddress(try element.decode("address") as Fr)
        let instance = ContractInstance(
            salt: try element.decode("salt"), deployer: AztecAddress(try element.decode("deployer") as Fr), currentContractClassId: id,
            originalContractClassId: try element.decode("originalContractClassId"),
            initializationHash: try element.decode("initializationHash"), publicKeys: .default)
        for parts in try root.required("contractClasses").elements where try parts.decode("id") as Fr == id {
            let bytecode = try replaced ?? parts["packedBytecode"]?.hexBytes()
                ?? Vectors.load("\(directory)/\(parts.required("packedBytecodeFile").requireString())")
            let contractClass = ContractClassPublic(
                id: id, artifactHash: try parts.decode("artifactHash"), privateFunctionsRoot: try parts.decode("privateFunctionsRoot"),
                packedBytecode: bytecode)
            return try chain.register(contractClass, ContractInstanceWithAddress(instance: instance, address: address))
        }
    }
}

extension JSONElement {
    func hexBytes() throws -> [UInt8] {
        guard let bytes = Hex.decode(try requireString()) else { throw Vectors.Failure("\(path) is no hex string") }
        return bytes
    }
}

struct BenchmarkRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func field() -> Fr { Fr(unchecked: Limbs4(next(), next(), next(), next() % 0x3064_4e72_e131_a029)) }
    mutating func fields(_ count: Int) -> [Fr] { (0..<count).map { _ in field() } }

    mutating func fullTransaction() -> TxLeaves {
        TxLeaves(noteHashes: fields(64), nullifiers: fields(64), publicDataWrites: fields(64).map { PublicDataWrite(leafSlot: $0, value: field()) })
    }
}
