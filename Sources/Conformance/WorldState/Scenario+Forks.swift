import Bytes
import Field
import JSON
import Protocol
import WorldState

extension Scenario {
    func fork(_ op: JSONElement) throws -> WorldStateFork {
        guard let fork = forks[try op.member("on").string ?? ""] else { throw WorldStateError(.forkNotFound, "Fork not found") }
        return fork
    }

    func performOnFork(_ name: String, _ op: JSONElement) throws -> String {
        if name == "fork" {
            let block = op["block"].flatMap { $0.isNull ? nil : $0 }
            forks[try op.member("as").string ?? ""] = try WorldStateFork(store.database, at: try block?.blockNumber())
            return "true"
        }
        let fork = try fork(op)
        switch name {
        case "closeFork":
            defer { forks[op["on"]?.string ?? ""] = nil }
            try fork.close()
        case "createCheckpoint": try fork.createCheckpoint()
        case "commitCheckpoint": try fork.commitCheckpoint()
        case "revertCheckpoint": try fork.revertCheckpoint()
        case "appendLeaves": try fork.append(try op.member("leaves").fields(), to: try op.member("tree").tree())
        case "updateArchive": try fork.updateArchive(try BlockHeader(exactly: try op.member("header").bytes()))
        case "batchInsert": return try batchInsert(op, fork)
        default: return try sequentialInsert(op, fork)
        }
        return "true"
    }

    private func batchInsert(_ op: JSONElement, _ fork: WorldStateFork) throws -> String {
        let tree = try op.member("tree").tree()
        let leaves = try op.member("leaves").elements.map { try $0.leaf(of: tree) }
        try insertTwice(tree, fork) { try fork.batchInsertWithoutWitness(leaves, into: tree) }
        let witness = try fork.batchInsert(leaves, into: tree, subtreeDepth: Int(try op.member("subtreeDepth").index()))
        try requireSame(tree, fork)
        let sorted = Answer.list(witness.sorted.map { Answer.list([Answer.leaf($0.leaf, tree), "\($0.position)"]) })
        let lowLeaves = Answer.list(witness.lowLeaves.map { answer($0, tree) })
        return "{\"sorted\":\(sorted),\"lowLeaves\":\(lowLeaves),\"subtreePath\":\(path(witness.subtreePath))}"
    }

    private func sequentialInsert(_ op: JSONElement, _ fork: WorldStateFork) throws -> String {
        let tree = try op.member("tree").tree()
        let leaves = try op.member("leaves").elements.map { try $0.leaf(of: tree) }
        try insertTwice(tree, fork) { try fork.sequentialInsertWithoutWitness(leaves, into: tree) }
        let witness = try fork.sequentialInsert(leaves, into: tree)
        try requireSame(tree, fork)
        let lowLeaves = Answer.list(witness.lowLeaves.map { answer($0, tree) })
        return "{\"lowLeaves\":\(lowLeaves),\"insertions\":\(Answer.list(witness.insertions.map { answer($0, tree) }))}"
    }

    /// The insertion without witnesses must lead to the same tree: tried under a checkpoint, taken back, remembered.
    private func insertTwice(_ tree: TreeID, _ fork: WorldStateFork, _ insert: () throws -> Void) throws {
        try fork.createCheckpoint()
        do {
            try insert()
            withoutWitness = try fork.snapshot(tree)
        } catch let error as WorldStateError where error.kind == .insertion {
            withoutWitness = nil
        }
        try fork.revertCheckpoint()
    }

    private func requireSame(_ tree: TreeID, _ fork: WorldStateFork) throws {
        guard try withoutWitness == fork.snapshot(tree) else {
            throw FormatError(description: "insertion with and without witnesses differ")
        }
    }

    /// A path as places in the file's table.
    func path(_ path: [Fr]) -> String { Answer.list(path.map { hash in places[hash].map { "\($0)" } ?? Answer.field(hash) }) }

    private func answer(_ witness: LeafWitness, _ tree: TreeID) -> String {
        if witness == .filler(tree) { return "null" }
        return Answer.list(["\(witness.index)", Answer.preimage(witness.leaf, tree), path(witness.path)])
    }
}
