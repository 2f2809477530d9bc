import Field
import Glibc
import Protocol
import Storage
import TemporaryFiles
import Testing
import WorldState

@Suite struct FaultTests {
    let scratch = try! TemporaryDirectory("trees")

    /// The log cut at any byte, as a kill or a power loss may leave it, opens at a state that some step ended with.
    @Test func aCutLogOpensAtAWholeStep() throws {
        var random = Random(state: 8)
        var states: [[String: [[UInt8]: [UInt8]]]] = []
        var chain = [Model()]
        do {
            let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
            states.append(try dump(store.database))
            func forward() throws {
                let block = random.block(on: chain.last!)
                try store.sync(block)
                chain.append(chain.last!)
                chain[chain.count - 1].apply(block)
                states.append(try dump(store.database))
            }
            for _ in 0..<6 { try forward() }
            for target in [5, 4] as [UInt32] {
                try store.unwind(to: target)
                chain.removeLast()
                states.append(try dump(store.database))
            }
            for _ in 0..<2 { try forward() }
            try store.finalise(4)
            states.append(try dump(store.database))
            for target in [2, 3] as [UInt32] {
                try store.prune(to: target)
                states.append(try dump(store.database))
            }
        }
        let source = scratch.path + "/db"
        let log = try #require(TemporaryDirectory.entries(source).filter { $0.hasSuffix(".log") }.last)
        var status = stat()
        stat(source + "/" + log, &status)
        var seen = Set<Int>()
        for round in 0..<(20 * rounds) {
            let copy = "copy\(round)"
            try copyDirectory(source, scratch.path + "/" + copy)
            truncate(scratch.path + "/\(copy)/\(log)", random.below(Int(status.st_size) + 1))
            do {
                let database = try scratch.open(copy)
                let state = try dump(database)
                // Cut before genesis there is nothing at all.
                let place = try #require(state.values.allSatisfy { $0.isEmpty } ? -1 : states.firstIndex(of: state))
                seen.insert(place)
                // And the node goes on from there.
                let store = try WorldStateStore(database, genesis: GenesisState())
                if try store.status.latest == 6 { #expect(try store.snapshot(at: 6) == chain[6].snapshot || place <= 6) }
                try store.unwind(to: try max(store.status.finalised, store.status.latest - min(store.status.latest, 1)))
            } catch let error as WorldStateError where error.kind == .refused {}
            TemporaryDirectory.remove(scratch.path + "/" + copy)
        }
        #expect(seen.count > 5)
    }

    /// Whatever bytes a record holds, every operation answers or throws; nothing traps, nothing runs away.
    @Test func corruptRecordsAreNamed() throws {
        var random = Random(state: 9)
        var model = Model()
        do {
            let store = try WorldStateStore(scratch.open(), genesis: GenesisState())
            for _ in 0..<4 {
                let block = random.block(on: model)
                try store.sync(block)
                model.apply(block)
            }
            try store.finalise(2)
        }
        let next = random.block(on: model)
        var refusals = 0
        for round in 0..<(40 * rounds) {
            let copy = "copy\(round)"
            try copyDirectory(scratch.path + "/db", scratch.path + "/" + copy)
            do {
                let database = try scratch.open(copy)
                let name = ColumnFamilyOptions.worldState.map(\.name)[round % 4]
                let records = try dump(database)[name]!
                let batch = WriteBatch()
                for key in records.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) where records.count < 40 || random.chance(1, in: 4) {
                    batch.put(key, random.mutated(records[key]!), in: database.columnFamily(name))
                }
                try database.write(batch)
                refusals += exercise(database, next, &random)
            }
            TemporaryDirectory.remove(scratch.path + "/" + copy)
        }
        #expect(refusals > 100)
    }

    /// Number of refusals.
    func exercise(_ database: Database, _ block: BlockEffects, _ random: inout Random) -> Int {
        var refused = 0
        func attempt(_ body: () throws -> Void) {
            do { try body() } catch let error as WorldStateError {
                #expect(!error.message.isEmpty)
                refused += 1
            } catch { Issue.record("\(error)") }
        }
        for number in [nil, 0, 2, 4] as [UInt32?] {
            attempt {
                let view = try WorldStateView(database, at: number)
                for tree in TreeID.allCases {
                    let index = random.next() % 700
                    attempt { _ = try view.siblingPath(tree, index) }
                    attempt { _ = try view.leafIndices(tree, [random.field(), Fr(UInt64(random.below(200)))]) }
                    attempt { _ = try view.blockNumbers(tree, ofLeaves: [index]) }
                    if tree.isIndexed {
                        attempt { _ = try view.leafPreimage(tree, index) }
                        attempt { _ = try view.lowLeaf(tree, random.field()) }
                    } else {
                        attempt { _ = try view.leafValue(tree, index) }
                    }
                }
            }
        }
        attempt {
            let fork = try WorldStateFork(database)
            attempt { _ = try fork.batchInsert([LeafValue(key: random.field()), LeafValue(key: 300)], into: .nullifier, subtreeDepth: 1) }
            attempt { _ = try fork.sequentialInsert([LeafValue(key: random.field(), value: 1)], into: .publicData) }
        }
        attempt {
            let store = try WorldStateStore(database, genesis: GenesisState())
            attempt { try store.sync(block) }
            store.discard()
            attempt { try store.unwind(to: 3) }
            attempt { try store.prune(to: 2) }
            attempt { try store.finalise(3) }
            attempt { try store.prune(to: 3) }
        }
        return refused
    }

    func copyDirectory(_ source: String, _ target: String) throws {
        mkdir(target, 0o755)
        for name in TemporaryDirectory.entries(source) where name != "LOCK" {
            let input = try #require(fopen(source + "/" + name, "r"))
            let output = try #require(fopen(target + "/" + name, "w"))
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = fread(&buffer, 1, buffer.count, input)
                if count == 0 { break }
                fwrite(buffer, 1, count, output)
            }
            fclose(input)
            fclose(output)
        }
    }
}

extension Random {
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        switch below(5) {
        case 0: bytes.removeLast(below(bytes.count + 1))
        case 1: bytes += (0..<below(40)).map { _ in UInt8(truncatingIfNeeded: next()) }
        case 2: bytes = (0..<bytes.count).map { _ in UInt8(truncatingIfNeeded: next()) }
        case 3: bytes = [UInt8](repeating: 0xff, count: bytes.count)
        default: if !bytes.isEmpty { bytes[below(bytes.count)] ^= 1 << UInt8(below(8)) }
        }
        return bytes
    }
}
