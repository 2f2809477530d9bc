import Field
import Protocol
import Storage
import TemporaryFiles
import Testing
import WorldState

@Suite struct ForkTests {
    let scratch = try! TemporaryDirectory("trees")

    /// Random insertions under nested checkpoints; what was reverted must leave no trace, what was committed must
    /// equal a fork on which only that was done, without witnesses.
    @Test func checkpointsNest() throws {
        var random = Random(state: 5)
        let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
        var model = Model()
        for _ in 0..<2 {
            let block = random.block(on: model)
            try store.sync(block)
            model.apply(block)
        }
        for _ in 0..<(3 * rounds) {
            let fork = try WorldStateFork(store.database)
            var kept: [Change] = []
            var marks: [Int] = []
            for _ in 0..<60 {
                switch random.below(9) {
                case 0 where marks.count < 20:
                    try fork.createCheckpoint()
                    marks.append(kept.count)
                case 1 where !marks.isEmpty:
                    try fork.commitCheckpoint()
                    marks.removeLast()
                case 2 where !marks.isEmpty:
                    try fork.revertCheckpoint()
                    kept.removeLast(kept.count - marks.removeLast())
                default:
                    let change = random.change()
                    do {
                        try change.apply(to: fork, withWitness: true, &random)
                        kept.append(change)
                    } catch let error as WorldStateError where error.kind == .insertion {}
                }
                #expect(fork.checkpointDepth == marks.count)
            }
            let replay = try WorldStateFork(store.database)
            for change in kept { try change.apply(to: replay, withWitness: false, &random) }
            #expect(try fork.snapshot() == replay.snapshot())
            for tree in [TreeID.nullifier, .publicData] {
                let size = try fork.snapshot(tree).size
                for index in 0..<size {
                    let leaf = try fork.leafPreimage(tree, index)
                    #expect(try leaf == replay.leafPreimage(tree, index))
                    if let leaf, leaf != .empty { #expect(try fork.leafIndices(tree, [leaf.key]) == [index]) }
                }
                #expect(try fork.siblingPath(tree, size / 2) == replay.siblingPath(tree, size / 2))
            }
            while fork.checkpointDepth > 0 { try fork.revertCheckpoint() }
            #expect(throws: WorldStateError.self) { try fork.revertCheckpoint() }
            #expect(throws: WorldStateError.self) { try fork.commitCheckpoint() }
        }
    }

    /// A batch, its serial form and the block of the same leaves agree; each witness opens to the root of its moment.
    @Test func witnessesOpen() throws {
        var random = Random(state: 6)
        let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
        let fork = try WorldStateFork(store.database)
        let leaves = (0..<40).map { _ in LeafValue(key: random.field()) } + [.empty, .empty]
        var current = try fork.snapshot(.nullifier).root
        let witness = try fork.batchInsert(leaves, into: .nullifier, subtreeDepth: 6)
        #expect(witness.sorted.count == 42 && witness.lowLeaves.count == 42 && witness.subtreePath.count == 34)
        for (position, low) in witness.lowLeaves.enumerated() where low != .filler(.nullifier) {
            #expect(root(hash(low.leaf, .nullifier), at: low.index, low.path) == current)
            let (leaf, place) = witness.sorted[position]
            #expect(low.leaf.key < leaf.key && (low.leaf.nextIndex == 0 || leaf.key < low.leaf.nextKey))
            var after = low.leaf
            after.nextIndex = 128 + UInt64(place)
            after.nextKey = leaf.key
            current = root(hash(after, .nullifier), at: low.index, low.path)
        }
        let single = try WorldStateFork(store.database)
        for leaf in leaves where !leaf.key.isZero { _ = try single.sequentialInsert([leaf], into: .nullifier) }
        for leaf in leaves where !leaf.key.isZero {
            let there = try #require(try single.leaf(.nullifier, key: leaf.key)), here = try #require(try fork.leaf(.nullifier, key: leaf.key))
            #expect(there.preimage == here.preimage)
        }
        #expect(try single.snapshot(.nullifier).root == fork.snapshot(.nullifier).root)
    }

    @Test func aForkDiesWithItsBlock() throws {
        var random = Random(state: 7)
        let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
        var model = Model()
        for _ in 0..<4 {
            let block = random.block(on: model)
            try store.sync(block)
            model.apply(block)
        }
        let genesis = try WorldStateFork(store.database, at: 0)
        let old = try WorldStateFork(store.database, at: 1)
        let middle = try WorldStateFork(store.database, at: 3)
        let tip = try WorldStateFork(store.database)
        let view = try WorldStateView(store.database)
        try store.unwind(to: 3)
        try store.finalise(3)
        try store.prune(to: 3)
        for gone in [old, tip] {
            let error = #expect(throws: WorldStateError.self) { try gone.append([.one], to: .noteHash) }
            #expect(error?.kind == .forkNotFound)
        }
        #expect(throws: WorldStateError.self) { try view.siblingPath(.nullifier, 0) }
        try middle.append([.one], to: .noteHash)
        try genesis.append([.one], to: .noteHash)
        #expect(try genesis.snapshot(.noteHash).size == 1)
        try middle.close()
        #expect(throws: WorldStateError.self) { try middle.snapshot(.noteHash) }
        #expect(throws: WorldStateError.self) { try WorldStateFork(store.database, at: 4) }
        #expect(throws: WorldStateError.self) { try WorldStateFork(store.database, at: 2) }
    }
}

enum Change {
    case append(TreeID, [Fr])
    case batch(TreeID, [LeafValue])
    case sequential(TreeID, [LeafValue])

    func apply(to fork: WorldStateFork, withWitness: Bool, _ random: inout Random) throws {
        switch (self, withWitness) {
        case (.append(let tree, let leaves), _): try fork.append(leaves, to: tree)
        case (.batch(let tree, let leaves), true): _ = try fork.batchInsert(leaves, into: tree, subtreeDepth: 0)
        case (.batch(let tree, let leaves), false): try fork.batchInsertWithoutWitness(leaves, into: tree)
        case (.sequential(let tree, let leaves), true): _ = try fork.sequentialInsert(leaves, into: tree)
        case (.sequential(let tree, let leaves), false): try fork.sequentialInsertWithoutWitness(leaves, into: tree)
        }
    }
}

extension Random {
    /// Keys from a small set, so that they meet each other.
    mutating func change() -> Change {
        let tree: TreeID = chance(1, in: 2) ? .nullifier : .publicData
        let leaves = (0..<below(6)).map { _ in
            chance(1, in: 6) ? LeafValue.empty : LeafValue(key: Fr(UInt64(100 + below(300))), value: tree == .nullifier ? .zero : Fr(next() % 4))
        }
        return switch below(3) {
        case 0: .append(chance(1, in: 2) ? .noteHash : .l1ToL2Message, (0..<below(5)).map { _ in chance(1, in: 4) ? .zero : field() })
        case 1: .batch(tree, leaves)
        default: .sequential(tree, leaves)
        }
    }
}
