import Field
import Protocol
import Storage
import TemporaryFiles
import Testing
import WorldState

/// The chain under random blocks, unwinds, finality and pruning, against the model and against itself.
@Suite struct ChainTests {
    let scratch = try! TemporaryDirectory("trees")

    @Test func syncIsRebuild() throws {
        var random = Random(state: 1)
        let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
        var model = Model()
        #expect(try store.snapshot(at: 0) == model.snapshot)
        for number in 1...(6 * rounds) {
            let block = random.block(on: model)
            model.apply(block)
            let prepared = try store.sync(block)
            #expect(prepared.number == UInt32(number))
            #expect(try store.snapshot(at: UInt32(number)) == model.snapshot)
        }
        // Every leaf, path, low leaf and index as the model has them.
        let view = try WorldStateView(store.database)
        for tree in [TreeID.nullifier, .publicData] {
            let leaves = model.leaves(tree)
            for _ in 0..<60 {
                let index = random.below(leaves.count)
                let leaf = leaves[index]
                let witness = try #require(try view.witness(tree, UInt64(index)))
                #expect(witness.leaf == leaf)
                #expect(root(hash(leaf, tree), at: UInt64(index), witness.path) == view.pinned[tree].root)
                if leaf != .empty { #expect(try view.leafIndices(tree, [leaf.key]) == [UInt64(index)]) }
                let key = random.field()
                let low = try view.lowLeaf(tree, key)
                #expect(!low.alreadyPresent)
                let below = leaves[Int(low.index)]
                #expect(below.key < key && (below.nextIndex == 0 || key < below.nextKey))
            }
            #expect(try view.leafPreimage(tree, UInt64(leaves.count)) == nil)
        }
        for (index, note) in model.notes.enumerated().prefix(200) {
            #expect(try view.leafValue(.noteHash, UInt64(index)) == note)
            if !note.isZero { #expect(try view.leafIndices(.noteHash, [note, .zero], from: 0) == [UInt64(index), nil]) }
        }
    }

    @Test func unwindIsNeverHappened() throws {
        var random = Random(state: 2)
        let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
        var models = [Model()]
        var dumps = [try dump(store.database)]
        func forward() throws {
            let block = random.block(on: models.last!)
            try store.sync(block)
            var next = models.last!
            next.apply(block)
            models.append(next)
            dumps.append(try dump(store.database))
        }
        for _ in 0..<(8 * rounds) {
            for _ in 0..<(1 + random.below(3)) { try forward() }
            let target = random.below(models.count)
            if target < models.count - 1 { try store.unwind(to: UInt32(target)) }
            models.removeLast(models.count - 1 - target)
            dumps.removeLast(dumps.count - 1 - target)
            var now = try dump(store.database)
            // The oldest block stays 1 once there was one; the heights are compared apart.
            let heights = Array("m".utf8)
            now["tree_blocks"]![heights] = nil
            var then = dumps.last!
            then["tree_blocks"]![heights] = nil
            #expect(now == then)
            #expect(try store.status.latest == UInt32(target))
        }
    }

    @Test func historyReadsTheSameAfterPruning() throws {
        var random = Random(state: 3)
        let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
        var models = [Model()]
        for _ in 0..<10 {
            let block = random.block(on: models.last!)
            try store.sync(block)
            models.append(models.last!)
            models[models.count - 1].apply(block)
        }
        func check(_ block: Int) throws {
            let view = try WorldStateView(store.database, at: UInt32(block))
            #expect(try view.snapshot() == models[block].snapshot)
            for tree in [TreeID.nullifier, .publicData] {
                let leaves = models[block].leaves(tree)
                for _ in 0..<25 {
                    let index = UInt64(random.below(leaves.count))
                    let witness = try #require(try view.witness(tree, index))
                    #expect(witness.leaf == leaves[Int(index)])
                    #expect(root(hash(witness.leaf, tree), at: index, witness.path) == view.pinned[tree].root)
                    let key = random.field()
                    let low = leaves[Int(try view.lowLeaf(tree, key).index)]
                    #expect(low.key < key && (low.nextIndex == 0 || key < low.nextKey))
                }
            }
            for tree in [TreeID.noteHash, .l1ToL2Message, .archive] {
                let leaves = tree == .noteHash ? models[block].notes : tree == .archive ? models[block].archive : models[block].messages
                for (index, leaf) in leaves.enumerated().shuffled(&random).prefix(10) {
                    #expect(try view.leafValue(tree, UInt64(index)) == leaf)
                    #expect(root(leaf, at: UInt64(index), try view.siblingPath(tree, UInt64(index))) == view.pinned[tree].root)
                }
            }
        }
        for block in 0...10 { try check(block) }
        try store.finalise(8)
        try store.prune(to: 6)
        try store.database.compact()
        for block in [0, 6, 7, 8, 9, 10] { try check(block) }
        for block in 1...5 { #expect(throws: WorldStateError.self) { try WorldStateView(store.database, at: UInt32(block)) } }
        // The blocks of pruned leaves are still known.
        let size = models[3].snapshot[.noteHash].size
        if size > 0 {
            let expected = (1...3).first { models[$0].snapshot[.noteHash].size >= size }.map { UInt32($0) }
            #expect(try WorldStateView(store.database).blockNumbers(.noteHash, ofLeaves: [size - 1]) == [expected])
        }
        try store.unwind(to: 8)
        for block in [0, 6, 7, 8] { try check(block) }
        let refused = #expect(throws: WorldStateError.self) { try store.unwind(to: 7) }
        #expect(refused?.kind == .refused)
        // And on from there.
        models.removeLast(2)
        for _ in 0..<3 {
            let block = random.block(on: models.last!)
            try store.sync(block)
            models.append(models.last!)
            models[models.count - 1].apply(block)
        }
        for block in [0, 6, 8, 9, 11] { try check(block) }
    }

    @Test func aRefusedBlockLeavesNoTrace() throws {
        var random = Random(state: 4)
        let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
        var model = Model()
        for _ in 0..<3 {
            let block = random.block(on: model)
            try store.sync(block)
            model.apply(block)
        }
        let before = try dump(store.database)
        var wrong = random.block(on: model)
        wrong.state.partial.nullifierTree.root = .one
        let mismatch = #expect(throws: WorldStateError.self) { try store.sync(wrong) }
        #expect(mismatch?.kind == .stateMismatch)
        #expect(mismatch?.message.contains("NullifierTree") == true)
        #expect(throws: WorldStateError.self) { try store.unwind(to: 2) }
        var twice = random.block(on: model)
        twice.txs = [TxLeaves(noteHashes: [], nullifiers: [7777, 7777], publicDataWrites: [])]
        #expect(throws: WorldStateError.self) { try store.sync(twice) }
        twice.txs = [TxLeaves(noteHashes: [], nullifiers: [5], publicDataWrites: [])]
        #expect(throws: WorldStateError.self) { try store.sync(twice) }
        #expect(try dump(store.database) == before)
        store.discard()
        try store.unwind(to: 2)
        #expect(try store.status.latest == 2)
    }

    @Test func anotherGenesisIsRefused() throws {
        do { _ = try WorldStateStore(scratch.open(), genesis: GenesisState()) }
        let other = GenesisState(prefilledPublicData: [PublicDataWrite(leafSlot: 1000, value: 2000)])
        let refused = #expect(throws: WorldStateError.self) { try WorldStateStore(scratch.open(), genesis: other) }
        #expect(refused?.kind == .genesis)
        #expect(refused?.message.contains(scratch.path) == true)
        _ = try WorldStateStore(scratch.open("other"), genesis: other)
    }
}

extension Sequence {
    func shuffled(_ random: inout Random) -> [Element] {
        var all = Array(self)
        for place in all.indices.dropFirst() { all.swapAt(place, random.below(place + 1)) }
        return all
    }
}
