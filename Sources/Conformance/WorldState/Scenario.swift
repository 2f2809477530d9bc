import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import Storage
import TemporaryFiles
import WorldState

/// Runs the operations of one file on a world state of its own.
final class Scenario {
    let file: String
    let root: JSONElement
    let reopening: Bool
    let genesis: GenesisState
    /// Hash → its place in the file's table; paths are compared as lists of places.
    let places: [Fr: Int]
    let directory: TemporaryDirectory
    var store: WorldStateStore!
    var forks: [String: WorldStateFork] = [:]
    /// What the insertion without witnesses came to.
    var withoutWitness: TreeSnapshot?
    /// Ids of the blocks that make up the chain, block 1 first.
    var chain: [String] = []

    init(_ root: JSONElement, file: String, reopening: Bool) throws {
        self.root = root
        self.file = file
        self.reopening = reopening
        directory = try TemporaryDirectory("world-state")
        genesis = GenesisState(prefilledPublicData: try root.member("prefill").elements.map { try $0.write() })
        var places: [Fr: Int] = [:]
        for (place, hash) in (root["hashes"]?.elements.map { $0 } ?? []).enumerated() { places[try hash.field()] = place }
        self.places = places
        try open()
    }

    func open() throws { store = try WorldStateStore(directory.open(), genesis: genesis) }

    /// Closes the database and opens it again. Forks live in a process: not while one is open. Neither is a refused
    /// block remembered by a new process, so not while there is one.
    func reopen() throws {
        guard reopening, forks.isEmpty, !store.hasRefusedBlock else { return }
        store = nil
        try open()
    }

    func run(_ report: inout ConformanceReport) throws {
        let start = try root.member("genesis")
        report.check(file: file, case: "genesis", expected: try start.member("trees").canonical, got: Answer.trees(try store.snapshot(at: 0)))
        report.check(
            file: file, case: "genesis header", expected: try start.member("headerHash").field(), got: try genesis.compute().headerHash)
        for (number, element) in try root.member("ops").elements.enumerated() {
            let name = try element.member("op").string ?? "?"
            let label = "op \(number) \(name) \(element["on"]?.string ?? element["block"]?.string ?? element["method"]?.string ?? "")"
            do {
                let answer = try perform(name, element)
                if let message = element["error"]?.string {
                    report.fail(file: file, case: label, expected: "error: \(message)", got: answer)
                } else if name == "getLeafValue", isPadding(answer), isPadding(try element.member("ok").canonical) {
                    report.pass()
                } else {
                    report.check(file: file, case: label, expected: try element.member("ok").canonical, got: answer)
                }
            } catch let error as WorldStateError {
                if let message = element["error"]?.string { checkMessage(message, error.message) ; report.pass() } else {
                    report.fail(file: file, case: label, expected: "success", got: "\(error)")
                }
            }
            // What must hold after the call, whether it succeeded or not.
            if let trees = element["trees"] {
                let status = try store.status
                report.check(file: file, case: label + ": trees", expected: trees.canonical, got: Answer.trees(try store.snapshot(at: status.latest)))
            }
            if let status = element["status"] {
                report.check(file: file, case: label + ": status", expected: status.canonical, got: Answer.status(try store.status))
            }
        }
        if let final = root["finalStateReference"] {
            let view = try WorldStateView(store.database)
            report.check(file: file, case: "final state", expected: try final.bytes(), got: try view.stateReference().serialized)
        }
    }

    /// Padding may be read as the zero leaf or as absent.
    private func isPadding(_ answer: String) -> Bool {
        let zero = Answer.field(.zero)
        return answer == "null" || answer == zero || answer == Answer.list([zero, zero])
    }

    /// Texts are informational; differing ones are listed when asked for.
    private func checkMessage(_ expected: String, _ got: String) {
        guard Self.listsMessages, !expected.hasPrefix(got.prefix(40)) else { return }
        print("message differs: «\(expected)» here «\(got)»")
    }

    static let listsMessages = CommandLine.arguments.contains("--messages")

    func perform(_ name: String, _ op: JSONElement) throws -> String {
        switch name {
        case "sync", "unwindBlocks", "removeHistoricalBlocks", "setFinalised": try performOnChain(name, op)
        case "rpc": try NodeReads(scenario: self).answer(op)
        case "fork", "closeFork", "createCheckpoint", "commitCheckpoint", "revertCheckpoint", "appendLeaves", "batchInsert",
            "sequentialInsert", "updateArchive":
            try performOnFork(name, op)
        default: try performRead(name, op)
        }
    }

    // MARK: Canonical chain

    private func performOnChain(_ name: String, _ op: JSONElement) throws -> String {
        try reopen()
        switch name {
        case "sync":
            let id = try op.member("block").string ?? ""
            try store.sync(try effects(id))
            chain.append(id)
        case "unwindBlocks":
            defer { if let tip = try? store.status.latest { chain.removeLast(max(0, chain.count - Int(tip))) } }
            try store.unwind(to: try op.member("to").blockNumber())
        case "removeHistoricalBlocks": try store.prune(to: try op.member("to").blockNumber())
        default: try store.finalise(try op.member("to").blockNumber())
        }
        let status = try store.status
        guard name != "setFinalised" else { return "{\"status\":\(Answer.status(status))}" }
        let snapshot = try store.snapshot(at: status.latest)
        return "{\"status\":\(Answer.status(status)),\"meta\":\(Answer.meta(status, snapshot))}"
    }

    func block(_ id: String) throws -> JSONElement { try root.member("blocks").member(id) }

    private func effects(_ id: String) throws -> BlockEffects {
        let block = try block(id)
        let messages = try block.member("messages").fields()
        // The second pass goes through the serialized block where there is one.
        if reopening, let bytes = block["l2Block"] {
            var effects = BlockEffects(try L2Block(exactly: bytes.bytes()), messages: messages)
            effects.headerHash = try block.member("headerHash").field()
            return effects
        }
        let txs = try block.member("txs").elements.map { tx in
            TxLeaves(
                noteHashes: try tx.member("noteHashes").fields(), nullifiers: try tx.member("nullifiers").fields(),
                publicDataWrites: try tx.member("publicDataWrites").elements.map { try $0.write() })
        }
        let header = try BlockHeader(exactly: try block.member("header").bytes())
        return BlockEffects(messages: messages, txs: txs, headerHash: try block.member("headerHash").field(), state: header.state)
    }
}
