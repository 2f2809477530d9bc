import Blobs
import ConformanceKit
import Field
import Glibc
import Protocol
import PublicExecution

/// Public transactions through the whole pipeline of one executor: bytes, hash, execution against RocksDB, effects, and
/// their share of a block's roots. Inputs are the recorded scenarios («avm» set) and loops with 6 million gas.
func executionBenchmarks() -> [BenchmarkRow] {
    guard let directory = vectorDirectory("avm") else { return [] }
    var rows: [BenchmarkRow] = []
    do {
        let kzg = try KZG()
        for scenario in ExecutionRow.recorded {
            let rowsWanted = scenario.rows.filter { BenchmarkOptions.shared.includes($0.name) }
            if rowsWanted.isEmpty { continue }
            try ExecutionScenario(scenario.file, in: directory).run(Set(rowsWanted.map(\.label))) { recorded in
                for row in rowsWanted where row.label == recorded.label {
                    rows += row.rows(try PipelineBenchmark(recorded: recorded, kzg: kzg).run())
                }
            }
        }
        for (row, bytecode) in ExecutionRow.loops where BenchmarkOptions.shared.includes(row.name) {
            try ExecutionScenario("recursion", in: directory).run(["self-call-full"], replaced: bytecode) { recorded in
                rows += row.rows(try PipelineBenchmark(recorded: recorded, kzg: kzg, runs: 9).run())
            }
        }
        if BenchmarkOptions.shared.includes("block of 64 token transfers") {
            try ExecutionScenario("token-lifecycle", in: directory).run(["Token/transfer_in_public"]) { recorded in
                let best = try PipelineBenchmark(recorded: recorded, kzg: kzg).blocks(40)
                rows.append(BenchmarkRow("execution", "block of 64 token transfers, bytes to roots", best, "ms", target: 64 * 1.7))
            }
        }
    } catch {
        print("execution: \(error)")
    }
    return rows
}

/// A set of golden data, or nil with a note.
func vectorDirectory(_ set: String) -> String? {
    let root = getenv("QUETZAL_VECTORS").map { String(cString: $0) } ?? "../shared/vectors"
    guard Vectors.isDirectory("\(root)/\(set)") else {
        print("no golden data at \(root)/\(set): set QUETZAL_VECTORS; skipped")
        return nil
    }
    return "\(root)/\(set)"
}

/// A line of «One public transaction» in reference-figures.md.
struct ExecutionRow {
    var name: String
    var label: String
    /// Milliseconds of the reference without the transaction hash.
    var reference: Double
    var target: Double?
    /// Of loops: what is counted a second, and how many millions of it are asked for.
    var rate: (name: String, target: Double?, reference: Double)?

    /// The transaction hash of the reference.
    static let referenceHash = 15.6

    func rows(_ times: PipelineTimes) -> [BenchmarkRow] {
        let wanted = target ?? (reference + Self.referenceHash) / 20
        var rows = [
            BenchmarkRow(
                "execution", name, times.total, "ms", target: wanted,
                reference: "reference \(reference) + \(Self.referenceHash) ms; \(times.columns)")
        ]
        if let rate {
            rows.append(BenchmarkRow(
                "execution", "\(name): \(rate.name)", Double(times.instructions) / times.execute / 1e3, "M/s", target: rate.target,
                reference: "reference \(rate.reference) M/s", lowerIsBetter: false))
        }
        return rows
    }

    static let recorded: [(file: String, rows: [ExecutionRow])] = [
        ("token-lifecycle", [
            ExecutionRow(name: "token constructor", label: "token/constructor", reference: 60),
            ExecutionRow(name: "token mint", label: "Token/mint_to_public", reference: 18.7),
            ExecutionRow(name: "token transfer", label: "Token/transfer_in_public", reference: 17.7, target: 1.7),
            ExecutionRow(name: "token transfer that reverts", label: "Token/transfer-too-much", reference: 16.6),
        ]),
        ("amm-flow", [
            ExecutionRow(name: "AMM add (218,181 gas here, 168,247 there)", label: "AMM/add_liquidity", reference: 51),
            ExecutionRow(name: "AMM swap", label: "AMM/swap_exact_tokens_for_tokens", reference: 42, target: 2.9),
            ExecutionRow(name: "AMM remove", label: "AMM/remove_liquidity", reference: 64),
        ]),
        ("avmtest-bulk", [ExecutionRow(name: "AvmTest bulk", label: "AvmTest/bulk_testing", reference: 72, target: 4.4)]),
        ("limits", [
            ExecutionRow(name: "64 note hashes", label: "note-hashes-64", reference: 82),
            ExecutionRow(name: "63 nullifiers", label: "nullifiers-64", reference: 165),
            ExecutionRow(name: "63 storage writes", label: "writes-63", reference: 94),
            ExecutionRow(name: "32 app calls (144,288 gas here, 157,344 there)", label: "32-app-calls", reference: 93),
        ]),
        ("gadgets", [
            ExecutionRow(name: "SHA-256 of 2,048 bytes", label: "AvmGadgetsTest/sha256_hash_2048", reference: 200, target: 11),
            ExecutionRow(name: "Keccak-f1600", label: "AvmGadgetsTest/keccak_f1600", reference: 15.7),
            ExecutionRow(name: "Poseidon2 of 10", label: "AvmGadgetsTest/poseidon2_hash", reference: 15.7),
            ExecutionRow(name: "Pedersen of 10", label: "AvmGadgetsTest/pedersen_hash", reference: 167),
        ]),
        ("recursion", [
            ExecutionRow(name: "self-recursion, 1M gas", label: "self-call-1000000", reference: 931),
            ExecutionRow(name: "self-recursion, 6M gas", label: "self-call-full", reference: 9038),
        ]),
        ("program-state-opcodes", [ExecutionRow(name: "log of huge stated size", label: "log-huge-size", reference: 113_600)]),
    ]

    /// Programs that use up 6 million gas.
    static let loops: [(ExecutionRow, [UInt8])] = [
        (ExecutionRow(
            name: "add-subtract loop, 6M gas", label: "", reference: 201, rate: ("instructions", 45, 1.4)),
            set8(1, 4, 7) + set8(2, 4, 3) + [0x00, 0, 1, 2, 3, 0x02, 0, 3, 2, 1] + [0x24, 0, 0, 1, 0, 0, 0, 10]),
        (ExecutionRow(name: "jump loop, 6M gas", label: "", reference: 322, rate: ("jumps", 120, 6.2)), [0x23, 0, 0, 0, 0]),
        (ExecutionRow(name: "field multiplication loop, 6M gas", label: "", reference: 226, rate: ("instructions", nil, 1.4)),
            set8(1, 0, 7) + set8(2, 0, 3) + [0x04, 0, 1, 2, 3, 0x04, 0, 3, 2, 1] + [0x23, 0, 0, 0, 10]),
        (ExecutionRow(name: "storage read loop, 6M gas", label: "", reference: 1178), [0x2f, 0, 0, 5, 0, 6, 0x23, 0, 0, 0, 0]),
    ]

    private static func set8(_ address: UInt8, _ tag: UInt8, _ value: UInt8) -> [UInt8] { [0x27, 0, address, tag, value] }
}
