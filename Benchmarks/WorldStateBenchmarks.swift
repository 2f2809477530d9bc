import Field
import Glibc
import Protocol
import Storage
import TemporaryFiles
import WorldState

/// The five trees in RocksDB, as the archiver writes them.
func worldStateBenchmarks() -> [BenchmarkRow] {
    var report = Report()
    do { try WorldStateBenchmarks.run(&report) } catch { print("world-state: \(error)") }
    return report.rows
}

private struct Report {
    var rows: [BenchmarkRow] = []

    /// Wall and processor milliseconds (all threads). On a busy machine the second says what the first would be on a
    /// quiet one, halved where two threads work.
    typealias Time = (wall: Double, processor: Double)

    mutating func add(
        _ name: String, _ value: Double, _ unit: String, target: Double? = nil, reference: Double? = nil, note: String = ""
    ) {
        let words = [reference.map { "reference \($0) \(unit)" }, note.isEmpty ? nil : note].compactMap { $0 }.joined(separator: "; ")
        rows.append(BenchmarkRow("world", name, value, unit, target: target, reference: words.isEmpty ? nil : words))
    }

    static func milliseconds(runs: Int, _ body: () throws -> Void) rethrows -> Double { try timed(runs: runs, body).wall }

    static func timed(runs: Int, _ body: () throws -> Void) rethrows -> Time {
        var best = (wall: Double.infinity, processor: Double.infinity)
        for _ in 0..<runs {
            let wall = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID)
            try body()
            best = (min(best.wall, now(CLOCK_MONOTONIC) - wall), min(best.processor, now(CLOCK_PROCESS_CPUTIME_ID) - processor))
        }
        return best
    }

    static func processorNote(_ milliseconds: Double) -> String { "processor time \((milliseconds * 10).rounded() / 10) ms" }

    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
    }
}

/// The five trees in RocksDB, as the archiver writes them. A full transaction has 64 note hashes, 64 nullifiers and
/// 64 writes to new slots.
private enum WorldStateBenchmarks {
    static func run(_ report: inout Report) throws {
        let directory = try TemporaryDirectory("benchmark")
        let database = try directory.open()
        let store = try WorldStateStore(database, genesis: GenesisState())
        var random = SplitMix(state: 4)

        try measure("empty chain", store, [1, 8, 64], [13, 61, 776], [2.8, 7.8, 69], &random, &report)
        var total = 0.0
        for _ in 0..<28 {
            let block = try block(fullTxs: 20, on: store, &random)
            total += try Report.milliseconds(runs: 1) { try store.sync(block) }
        }
        report.add("28 blocks of 20 full transactions, a block", total / 28, "ms")
        try measure("after 560 full transactions", store, [1, 8, 32, 64], [44, 240, 671, 964], [26, 105, 213, 273], &random, &report, targets: [8: 60, 64: 240])
        try forks(store, &random, &report)
        for count in [8, 64] { try store.sync(try block(fullTxs: count, on: store, &random)) }
        report.add("disk after these 30 blocks, as it lies", directory.megabytes, "MB", target: 314.0 / 3, reference: 314)
        report.add("memory of RocksDB (tables in memory, block cache)", Double(database.memoryBytes) / 1e6, "MB", note: "resident \(residentMegabytes) MB of this process")
        try store.finalise(29)
        let pruning = try Report.milliseconds(runs: 1) { try store.prune(to: 28) }
        report.add("prune 27 blocks, a block", pruning / 27, "ms")
        try database.compact()
        report.add("disk then, compacted", directory.megabytes, "MB")
    }

    static func measure(
        _ state: String, _ store: WorldStateStore, _ sizes: [Int], _ syncReference: [Double], _ unwindReference: [Double],
        _ random: inout SplitMix, _ report: inout Report, targets: [Int: Double] = [:]
    ) throws {
        for (position, count) in sizes.enumerated() {
            let tip = try store.status.latest
            var sync = (wall: Double.infinity, processor: Double.infinity)
            var unwind = sync
            let runs: UInt32 = count > 16 ? 3 : 5
            for _ in 0..<runs {
                let block = try block(fullTxs: count, on: store, &random)
                let up = try Report.timed(runs: 1) { try store.sync(block) }
                sync = (min(sync.wall, up.wall), min(sync.processor, up.processor))
            }
            for back in 1...runs {
                let down = try Report.timed(runs: 1) { try store.unwind(to: tip + runs - back) }
                unwind = (min(unwind.wall, down.wall), min(unwind.processor, down.processor))
            }
            report.add("sync a block of \(count) full transactions, \(state)", sync.wall, "ms", target: targets[count], reference: syncReference[position], note: Report.processorNote(sync.processor))
            report.add("unwind it", unwind.wall, "ms", target: count == 64 && !targets.isEmpty ? 60 : nil, reference: unwindReference[position], note: Report.processorNote(unwind.processor))
        }
    }

    static func forks(_ store: WorldStateStore, _ random: inout SplitMix, _ report: inout Report) throws {
        let database = store.database
        report.add("create a fork", try Report.milliseconds(runs: 20) { _ = try WorldStateFork(database) }, "ms", reference: 2.9)
        let notes = random.fields(64)
        let nullifiers = random.fields(64).map { LeafValue(key: $0) }
        let writes = random.fields(64).map { LeafValue(key: $0, value: .one) }
        func onFork(_ name: String, target: Double? = nil, reference: Double, _ body: (WorldStateFork) throws -> Void) throws {
            var best = (wall: Double.infinity, processor: Double.infinity)
            for _ in 0..<10 {
                let fork = try WorldStateFork(database)
                let one = try Report.timed(runs: 1) { try body(fork) }
                best = (min(best.wall, one.wall), min(best.processor, one.processor))
            }
            report.add("fork: " + name, best.wall, "ms", target: target, reference: reference, note: Report.processorNote(best.processor))
        }
        try onFork("append 64 notes", reference: 1.4) { try $0.append(notes, to: .noteHash) }
        try onFork("batch of 64 nullifiers with witnesses", reference: 36) { _ = try $0.batchInsert(nullifiers, into: .nullifier, subtreeDepth: 6) }
        try onFork("64 public writes with witnesses", reference: 64) { _ = try $0.sequentialInsert(writes, into: .publicData) }
        try onFork("indexed tree, height 40, batch of 64 random leaves, one thread", target: 4, reference: 16.1) { try $0.batchInsertWithoutWitness(nullifiers, into: .nullifier) }
        let fork = try WorldStateFork(database)
        let slots = random.fields(1000)
        report.add("fork: one storage read", try Report.milliseconds(runs: 5) { for slot in slots { _ = try fork.publicDataValue(slot) } } / 1000, "ms", reference: 0.088)
        let view = try WorldStateView(database)
        let indices = (0..<1000).map { _ in random.next() % 36_000 }
        report.add("sibling path of a nullifier", try Report.milliseconds(runs: 5) { for index in indices { _ = try view.siblingPath(.nullifier, index) } } / 1000, "ms")
    }

    /// A block of full transactions with the state it leads to.
    static func block(fullTxs count: Int, on store: WorldStateStore, _ random: inout SplitMix) throws -> BlockEffects {
        let txs = (0..<count).map { _ in
            TxLeaves(
                noteHashes: random.fields(64), nullifiers: random.fields(64),
                publicDataWrites: random.fields(64).map { PublicDataWrite(leafSlot: $0, value: .one) })
        }
        let messages = random.fields(16)
        let fork = try WorldStateFork(store.database)
        try fork.append(messages, to: .l1ToL2Message)
        try fork.append(txs.flatMap(\.noteHashes), to: .noteHash)
        try fork.batchInsertWithoutWitness(txs.flatMap(\.nullifiers).map { LeafValue(key: $0) }, into: .nullifier)
        try fork.sequentialInsertWithoutWitness(txs.flatMap(\.publicDataWrites).map { LeafValue(key: $0.leafSlot, value: $0.value) }, into: .publicData)
        return BlockEffects(messages: messages, txs: txs, headerHash: random.field(), state: try fork.stateReference())
    }

    static var residentMegabytes: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return (words.dropFirst().first.flatMap { Int($0) } ?? 0) * 4096 / 1_000_000
    }
}

private struct SplitMix {
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
}

extension TemporaryDirectory {
    fileprivate func open() throws -> Database { try Database(path + "/db", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState) }

    /// Of all files below the directory.
    fileprivate var megabytes: Double { Double(Self.bytes(path)) / 1e6 }

    private static func bytes(_ path: String) -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        if status.st_mode & S_IFMT == S_IFDIR { return entries(path).reduce(0) { $0 + bytes(path + "/" + $1) } }
        // What is allocated, not what is reserved: RocksDB reserves log space ahead.
        return Int(status.st_blocks) * 512
    }
}
