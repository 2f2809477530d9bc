import Archive
import Bytes
import Field
import Glibc
import JSON
import NodeAPI
import Protocol
import Storage
import TemporaryFiles
import WorldState

/// A recording of `chain/`, put into a database of its own without an archiver.
struct Recording {
    let directory: String
    let path: String
    let database: Database
    let archive: Archive
    let world: WorldStateStore
    let contracts: JSONDocument
    var messages: [MessageRecord] = []
    var blocks: [ArchivedBlock] = []

    /// nil when the golden data is not here.
    static func directory(_ name: String) -> String? {
        let root = getenv("QUETZAL_VECTORS").map { String(cString: $0) } ?? "../shared/vectors"
        for base in [root, "../../shared/vectors"] {
            let path = "\(base)/chain/\(name)"
            if access(path + "/l1-contracts.json", R_OK) == 0 { return path }
        }
        print("golden data for \(name) is not here: passed silently")
        return nil
    }

    static func text(_ path: String) -> [UInt8] {
        guard let pipe = popen(path.hasSuffix(".gz") ? "zcat '\(path)'" : "cat '\(path)'", "r") else { return [] }
        defer { pclose(pipe) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    static func lines(_ path: String) -> [[UInt8]] { text(path).split(separator: 10).map(Array.init) }

    init(_ directory: String) throws {
        self.directory = directory
        path = try TemporaryDirectory.make("api")
        database = try Database(path + "/chain", mode: .primary, columnFamilies: DatabaseChain.columnFamilies)
        archive = Archive(database)
        contracts = try JSONDocument.parse(Self.text(directory + "/l1-contracts.json"))
        let genesis = try JSONDocument.parse(Self.text(directory + "/genesis.json")).root
        let writes = try genesis["prefilledPublicData"]!.elements.map { PublicDataWrite(leafSlot: try $0.decode("slot"), value: try $0.decode("value")) }
        world = try WorldStateStore(database, genesis: GenesisState(prefilledPublicData: writes))
        try readMessages()
        try readBlocks()
        try putProtocolContracts()
    }

    func remove() { TemporaryDirectory.remove(path) }

    private mutating func readMessages() throws {
        let inbox = contracts.root["addresses"]!["inboxAddress"]!.string!
        for line in Self.lines(directory + "/l1/blocks.jsonl.gz") {
            let root = try JSONDocument.parse(line).root
            if root["orphan"]?.bool == true { continue }
            for receipt in root["receipts"]!.elements {
                for log in receipt["logs"]!.elements where log["address"]!.string!.lowercased() == inbox {
                    let data = Hex.decode(log["data"]!.string!)!
                    let index = data[24..<32].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    messages.append(MessageRecord(
                        index: index, leaf: Fr(hex: log["topics"]![2]!.string!)!, rollingHash: Array(data[32..<48]), l1BlockNumber: 0, l1BlockHash: .zero))
                }
            }
        }
    }

    private mutating func readBlocks() throws {
        for line in Self.lines(directory + "/l2-blocks.jsonl.gz") {
            let root = try JSONDocument.parse(line).root
            let block = try L2Block(exactly: Hex.decode(root["hex"]!.string!)!)
            let published = try PublishedL2Block(json: root["published"]!)
            let hash = try Bytes32(exactly: Hex.decode(published.l1.blockHash)!)
            blocks.append(ArchivedBlock(
                block: block, l1: L1BlockReference(number: published.l1.blockNumber, timestamp: published.l1.timestamp, hash: hash),
                signatures: published.signatures))
        }
    }

    private func putProtocolContracts() throws {
        let batch = WriteBatch()
        for contract in ProtocolContracts.all {
            archive.putGenesisContract(contract.contractClass(), commitment: contract.bytecodeCommitment, instance: contract.instance, to: batch)
        }
        try database.write(batch)
    }

    /// Writes the messages and blocks `range`, each block in one batch as the archiver does.
    func sync(_ range: Range<Int>, proven: Int? = nil) throws {
        if range.lowerBound == 0 {
            let batch = WriteBatch()
            for message in messages { archive.put(message, to: batch) }
            try database.write(batch)
        }
        for block in blocks[range] {
            let batch = WriteBatch()
            let number = UInt64(block.block.number!)
            let prepared = try world.prepare(BlockEffects(block.block, messages: archive.messageLeaves(forBlock: number)))
            try world.write(prepared, into: batch)
            try archive.append(block, to: batch)
            try database.write(batch)
        }
        let batch = WriteBatch()
        if let proven { archive.setProven(UInt64(proven), to: batch) }
        try database.write(batch)
    }

    var facts: NodeFacts {
        get throws {
            let root = contracts.root
            let config = root["config"]!
            return NodeFacts(
                l1ChainId: root["chainId"]!.int!, rollupVersion: root["rollupVersion"]!.int!, l1Contracts: try root.decode("addresses"),
                vkTreeRoot: ProtocolContracts.vkTreeRoot.hex, protocolContractTreeRoot: ProtocolContracts.treeRoot.hex,
                schedule: EpochSchedule(
                    l1GenesisTime: root["l1GenesisTime"]!.uint64!, slotDuration: config["aztecSlotDuration"]!.uint64!,
                    epochDuration: config["aztecEpochDuration"]!.uint64!, ethereumSlotDuration: config["ethereumSlotDuration"]!.uint64!,
                    proofSubmissionWindow: config["aztecProofSubmissionWindow"]!.uint64!))
        }
    }
}
