import Bytes
import ConformanceKit
import Field
import Glibc
import Protocol
import TemporaryFiles
import Testing

/// `quetzal-replay` on a data directory, as `aztec replay` runs it.
@Suite struct ReplayProgramTests {
    struct Run {
        var status: Int32
        var lines: [String]
    }

    private let files: TemporaryDirectory

    init() throws { files = try TemporaryDirectory("replay") }

    private func run(_ arguments: [String]) throws -> Run {
        let output = files.path + "/output"
        unlink(output)
        let process = try ChildProcess(ChildProcess.siblingDirectory + "/quetzal-replay", arguments, environment: ["PATH=/usr/bin:/bin"], output: output)
        while process.poll() == nil { usleep(5_000) }
        let status = process.poll() ?? -1
        let text = String(decoding: try Vectors.load(output), as: UTF8.self)
        return Run(status: status & 0x7f == 0 ? status >> 8 : -1, lines: text.split(separator: "\n").map(String.init))
    }

    private func write(_ name: String, _ lines: [String]) throws -> String {
        let path = files.path + "/" + name
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        defer { close(file) }
        let bytes = Array(lines.joined(separator: "\n").utf8)
        #expect(Glibc.write(file, bytes, bytes.count) == bytes.count)
        return path
    }

    private func transactions(_ chain: GoldenChain, leavingOut hash: TxHash? = nil) throws -> String {
        // Hashes are given for every other one.
        try write("txs.jsonl", chain.blocks.flatMap(\.txs).enumerated().compactMap { index, tx in
            let own = tx.hash()
            if own == hash { return nil }
            return "{\(index % 2 == 0 ? "\"hash\":\"\(own.hex)\"," : "")\"tx\":\"\(tx.serialized.hex)\"}"
        })
    }

    @Test func theRecordedChainComesOutAgain() throws {
        guard let chain = try GoldenChain.load(applied: 15) else { return }
        let run = try run(["--data-directory", chain.dataDirectory, "--transactions", transactions(chain), "--no-validators"])
        #expect(run.status == 0, "\(run.lines)")
        #expect(run.lines.count == 16 && run.lines.prefix(15).enumerated().allSatisfy { $1.hasPrefix("block \($0 + 1)  ok  ") })
        // With validators: the chain was recorded without them.
        let strict = try self.run(["--data-directory=\(chain.dataDirectory)", "--transactions=\(files.path)/txs.jsonl", "--from=1", "--to=1"])
        #expect(strict.status == 1 && strict.lines.contains { $0.contains("verdict") })
    }

    @Test func differencesAndGapsAreToldApart() throws {
        guard let chain = try GoldenChain.load(applied: 3) else { return }
        var block = chain.blocks[1].block
        block.body.txEffects[1].transactionFee += 1
        let blocks = try write("blocks.jsonl", ["{\"hex\":\"\(block.serialized.hex)\"}", "{\"hex\":\"\(chain.blocks[3].block.serialized.hex)\",\"l1ToL2Messages\":\(messages(chain.blocks[3]))}"])
        let common = ["--data-directory", chain.dataDirectory, "--transactions", try transactions(chain), "--no-validators"]
        // Block 4 is not stored, but the state before it is.
        var run = try run(common + ["--blocks", blocks, "--from", "4"])
        #expect(run.status == 0 && run.lines.first?.hasPrefix("block 4  ok") == true, "\(run.lines)")
        run = try self.run(common + ["--blocks", blocks, "--to", "2"])
        #expect(run.status == 1 && run.lines.contains { $0.contains("transaction 1") && $0.contains("transactionFee") }, "\(run.lines)")
        // Beyond the tip, and blocks that the file does not have.
        for range in [["--to", "4"], ["--from", "4"]] {
            run = try self.run(common + range)
            #expect(run.status == 2 && run.lines.contains { $0.contains("block 4 is not stored; the newest one is 3") }, "\(run.lines)")
        }
        run = try self.run(common + ["--blocks", blocks, "--from", "5"])
        #expect(run.status == 2 && run.lines.contains { $0.contains("holds none of those") }, "\(run.lines)")
        let missing = chain.blocks[1].block.body.txEffects[0].txHash
        run = try self.run(["--data-directory", chain.dataDirectory, "--transactions", transactions(chain, leavingOut: missing), "--no-validators"])
        #expect(run.status == 2 && run.lines.contains { $0.contains("block 2 was not executed") && $0.contains(missing.hex) }, "\(run.lines)")
    }

    @Test func anotherTransactionUnderAHashIsFound() throws {
        guard let chain = try GoldenChain.load(applied: 2) else { return }
        let txs = chain.blocks[1].included
        let file = try write("swapped.jsonl", [(0, 1), (1, 0), (2, 2), (3, 3)].map {
            "{\"hash\":\"\(txs[$0].hash().hex)\",\"tx\":\"\(txs[$1].serialized.hex)\"}"
        })
        let run = try run(["--data-directory", chain.dataDirectory, "--transactions", file, "--from", "2"])
        #expect(run.status == 2 && run.lines.contains { $0.contains("transaction 0") && $0.contains("has the hash \(txs[1].hash().hex)") }, "\(run.lines)")
    }

    private func messages(_ given: GoldenChain.Block) -> String { "[" + given.messages.map { "\"\($0.hex)\"" }.joined(separator: ",") + "]" }

    @Test func badArgumentsAndFilesAreNamed() throws {
        let empty = try write("empty.jsonl", []), broken = try write("broken.jsonl", ["{\"tx\":\"0x00\"}"])
        let cases: [([String], String)] = [
            ([], "--data-directory"), (["--data-directory", "/nowhere"], "--transactions"),
            (["--data-directory", "/nowhere", "--transactions", empty], "holds no chain database"),
            (["--data-directory", "/nowhere", "--transactions", "/nowhere/txs"], "/nowhere/txs: No such file"),
            (["--data-directory", "/nowhere", "--transactions", broken], "broken.jsonl, line 1"),
            (["--from", "x"], "no block number"), (["--from", "0"], "no block number"), (["--to"], "needs a value"), (["--what"], "unknown option"),
            (["--data-directory", "d", "--transactions", "t", "--from", "5", "--to", "4"], "--from 5 is after --to 4"),
        ]
        for (arguments, expected) in cases {
            let run = try run(arguments)
            #expect(run.status == 2 && run.lines.contains { $0.contains(expected) }, "\(arguments): \(run.lines)")
        }
        #expect(try run(["--help"]).status == 0)
    }
}
