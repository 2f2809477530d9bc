import Field
import Protocol
import Storage
import Synchronization
import TemporaryFiles
import Testing
import WorldState

/// Readers in secondary instances while the writer applies, unwinds and prunes: whatever they are told is of one block.
@Suite struct ReaderTests {
    let scratch = try! TemporaryDirectory("trees")

    @Test func everyReadIsOfOneBlock() throws {
        let primary = try scratch.open(writeBuffer: 256 << 10)
        let store = try WorldStateStore(primary, genesis: GenesisState())
        let state = Shared()
        concurrently {
            writeAll(store, state)
        } _: {
            // One reader in another instance, one in the writer's own process.
            concurrently {
                readElsewhere(primary.path, state)
            } _: {
                readBeside(primary, state)
            }
        }
        #expect(state.failures == [])
        #expect(state.answers > 50)
    }

    func writeAll(_ store: WorldStateStore, _ state: Shared) {
        do { try write(store) } catch { state.report("writer: \(error)") }
        state.finish()
    }

    func readElsewhere(_ path: String, _ state: Shared) {
        do {
            let secondary = try Database(
                path, mode: .secondary(scratch: scratch.path + "/reader"), columnFamilies: ColumnFamilyOptions.worldState)
            var random = Random(state: 100)
            while true {
                try secondary.catchUp()
                try readOnce(secondary, &random, state)
                if state.isFinished { return }
            }
        } catch { state.report("reader: \(error)") }
    }

    func readBeside(_ primary: Database, _ state: Shared) {
        do {
            var random = Random(state: 200)
            while true {
                try readOnce(primary, &random, state)
                if state.isFinished { return }
            }
        } catch { state.report("reader beside the writer: \(error)") }
    }

    func write(_ store: WorldStateStore) throws {
        var random = Random(state: 10)
        var models = [Model()]
        for step in 0..<(40 * rounds) {
            let status = try store.status
            if step % 5 == 4, status.latest > status.finalised + 1 {
                let target = status.latest - 1 - UInt32(random.below(Int(status.latest - status.finalised - 1)))
                try store.unwind(to: target)
                models.removeLast(models.count - 1 - Int(target))
            } else if step % 11 == 10, status.latest > status.finalised + 3 {
                try store.finalise(status.latest - 2)
                if status.latest - 2 > status.oldest { try store.prune(to: status.latest - 2) }
            } else {
                let block = random.block(on: models.last!)
                try store.sync(block)
                models.append(models.last!)
                models[models.count - 1].apply(block)
            }
        }
    }

    /// Opens a block and checks every answer against the root it pinned.
    func readOnce(_ database: Database, _ random: inout Random, _ state: Shared) throws {
        guard let status = try WorldStateView.status(of: database) else { return }
        let oldest = max(status.oldest, 1)
        let block = status.latest < oldest ? 0 : oldest + UInt32(random.below(Int(status.latest - oldest + 1)))
        do throws(WorldStateError) {
            let view = try WorldStateView(database, at: block)
            for _ in 0..<4 {
                for tree in [TreeID.nullifier, .publicData] {
                    let index = random.next() % view.pinned[tree].size
                    // Two reads, each of the pinned block, must fit together.
                    let leaf = try view.leafPreimage(tree, index)
                    let path = try view.siblingPath(tree, index)
                    if leaf == nil || root(hash(leaf!, tree), at: index, path) != view.pinned[tree].root {
                        state.report("leaf \(index) of \(tree) at block \(block) does not open")
                    }
                    let key = random.field()
                    let low = try view.lowLeaf(tree, key)
                    let below = try view.leafPreimage(tree, low.index)
                    if below == nil || below!.key >= key || (below!.nextIndex != 0 && key >= below!.nextKey) {
                        state.report("low leaf of \(key) in \(tree) at block \(block)")
                    }
                    state.count(3)
                }
            }
            let fork = try WorldStateFork(database, at: block)
            _ = try fork.batchInsert([LeafValue(key: random.field())], into: .nullifier, subtreeDepth: 0)
            state.count(1)
        } catch {
            // Unwound or pruned meanwhile: said so.
            guard error.kind == .missingBlock || error.kind == .forkNotFound else { throw error }
        }
    }
}

final class Shared: Sendable {
    private let state = Mutex((finished: false, answers: 0, failures: [String]()))
    var isFinished: Bool { state.withLock { $0.finished } }
    var answers: Int { state.withLock { $0.answers } }
    var failures: [String] { state.withLock { $0.failures } }
    func finish() { state.withLock { $0.finished = true } }
    func count(_ more: Int) { state.withLock { $0.answers += more } }
    func report(_ failure: String) { state.withLock { $0.failures.append(failure) } }
}
