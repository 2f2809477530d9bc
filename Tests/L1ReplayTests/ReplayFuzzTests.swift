import EventLoop
import FuzzKit
import Glibc
import JSON
import L1Replay
import TemporaryFiles
import Testing

/// The demo's L1: what its port takes from anybody on this machine, and recordings of other people.
@Suite struct ReplayFuzzTests {
    @Test func requestHeads() {
        var fuzz = Fuzz(seed: 161)
        let seeds = ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "GET /eth/v1/beacon/headers/head HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"].map { Array($0.utf8) }
        var whole = 0
        for round in 0..<Fuzz.rounds(short: 10_000) {
            let bytes = fuzz.alteredText(seeds[round % seeds.count])
            guard case .whole(let request, let count) = ReplayRequest.first(of: bytes) else { continue }
            whole += 1
            #expect(count <= bytes.count && request.body.count < count)
        }
        #expect(whole > 500)
    }

    @Test func requests() throws {
        var fuzz = Fuzz(seed: 162)
        let loop = try EventLoop()
        let server = try ReplayServer(try RecordedChain(directory: demo), port: 0, start: 100, speed: nil, loop: loop)
        let rollup = try #require(try JSONDocument.parse(contents(demo + "/l1-contracts.json")).root["addresses"]?["rollupAddress"]?.string)
        let one = String(repeating: "0", count: 63) + "1"
        let posts = [
            #"{"id":1,"method":"eth_getBlockByNumber","params":["0x64",false]}"#, #"[{"id":1,"method":"eth_chainId"},{"id":2,"method":"eth_getBlockReceipts","params":["0x5"]}]"#,
            #"{"id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x50","toBlock":"0x64","topics":[null,["0x9ad613a7ff46b97e0f732b31118d43f39c9ca017bed1efe739b70b0625383589"]]}]}"#,
            #"{"id":1,"method":"eth_call","params":[{"to":"\#(rollup)","data":"0xd03b2bae\#(one)"},"0x50"]}"#, #"{"id":1,"method":"eth_call","params":[{"to":"\#(rollup)","data":"0x754eddb7\#(one)\#(one)"},"latest"]}"#,
            #"{"id":1,"method":"eth_call","params":[{"to":"0xca11bde05977b3631167028862be2a173976ca11","data":"0xbce38bd7\#(String(repeating: "0", count: 64))\#(String(repeating: "0", count: 62))40\#(one)\#(String(repeating: "0", count: 62))20\#(one)\#(String(repeating: "0", count: 62))40\#(one)"},"latest"]}"#,
        ].map { Array($0.utf8) }
        let gets = ["/eth/v1/beacon/headers/head", "/beacon/eth/v1/beacon/blob_sidecars/100?indices=0,1", "/blobsink/eth/v1/beacon/blob_sidecars/0x\(String(repeating: "ab", count: 32))", "/eth/v1/beacon/genesis", "/status"]
        let commands = [#"{"head":90}"#, #"{"advance":-3}"#, #"{"reorg":{"depth":2,"length":3}}"#, #"{"reorg":{"return":true,"head":100}}"#, #"{"speed":2,"pause":true}"#,
            #"{"faults":[{"match":"*","kind":"truncate","keep":0.5,"count":1},{"match":"eth_call","kind":"delay","seconds":1,"skip":1,"count":2}]}"#].map { Array($0.utf8) }
        var answered = 0
        for round in 0..<Fuzz.rounds(short: 5_000) {
            let outcome = switch round % 8 {
            case 0...4: server.handle(method: "POST", target: "/", body: fuzz.alteredText(posts[round / 8 % posts.count]))
            case 5, 6: server.handle(method: "GET", target: fuzz.alteredText(gets[round / 8 % gets.count]), body: [])
            default: server.handle(method: "POST", target: "/control", body: fuzz.alteredText(commands[round / 8 % commands.count]))
            }
            if case .answer(_, _, let body) = outcome, (try? JSONDocument.parse(body)) != nil { answered += 1 }
            if case .later(let seconds, _) = outcome { #expect((0...86_400).contains(seconds)) }
            // Forks of thousands of blocks are slow to make: not many in a row.
            if round % 64 == 63 { try server.control(#"{"reorg":{"return":true,"head":100},"faults":[],"pause":true,"reset_stats":true}"#) }
        }
        #expect(answered > 1000)
    }

    /// A recording of three blocks, one file altered at a time.
    @Test func recordings() throws {
        var fuzz = Fuzz(seed: 163)
        let directory = try TemporaryDirectory("replay", in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
        defer { withExtendedLifetime(directory) {} }
        let folder = directory.path
        mkdir(folder + "/l1", 0o700)
        func write(_ name: String, _ bytes: [UInt8]) {
            let file = open(folder + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            _ = Glibc.write(file, bytes, bytes.count)
            close(file)
        }
        func block(_ number: Int) -> String {
            #"{"block":{"number":"0x\#(number)","hash":"0xa\#(number)","parentHash":"0xa\#(number - 1)","timestamp":"0x6\#(number)","transactions":[{"hash":"0xb\#(number)","blobs":[]}]},"receipts":[{"transactionHash":"0xb\#(number)","logs":[{"address":"0xC","topics":["0xD"]}]}]}"#
        }
        let files: [(name: String, text: [UInt8])] = [
            ("l1/blocks.jsonl", [1, 2, 3].map(block).joined(separator: "\n")), ("l1/calls.jsonl", #"{"n":1,"to":"0xE","data":"0x754eddb7","r":"0x1"}"# + "\n" + #"{"n":2,"to":"0xE","data":"0x754eddb7","e":{"code":3}}"#),
            ("l1-contracts.json", #"{"chainId":7,"l1GenesisTime":5,"config":{"ethereumSlotDuration":12,"aztecSlotDuration":36,"aztecEpochDuration":32},"addresses":{"rollupAddress":"0xE"}}"#),
            ("l1/blob-sidecars.jsonl", #"{"blockHash":"0xa1","response":{"data":[]}}"#),
        ].map { ($0.0, Array($0.1.utf8)) }
        for (name, text) in files { write(name, text) }
        var read = 0, refused = 0
        for round in 0..<Fuzz.rounds(short: 2_000) {
            let (name, text) = files[round % files.count]
            write(name, fuzz.alteredText(text))
            do {
                let chain = try RecordedChain(directory: folder)
                #expect(chain.last - chain.first < 3)
                read += 1
            } catch { refused += 1 }
            write(name, text)
        }
        #expect(read > 100 && refused > 100)
    }

    private func contents(_ path: String) throws -> String {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 1 << 16)
        let count = fread(&text, 1, text.count - 1, file)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
