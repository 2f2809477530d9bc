import Archive
import ConformanceKit
import Glibc
import JSON
import NodeAPI
import Storage
import Testing
import WorldState

/// The recorded JSON-RPC answers of a running network, from the part where it stood still.
@Suite struct Transcripts {
    @Test(arguments: ["main", "two-blobs"]) func answersAsRecorded(_ name: String) throws {
        guard let directory = Recording.directory(name) else { return }
        let recording = try Recording(directory)
        defer { recording.remove() }
        let tips = try JSONDocument.parse(Recording.text(directory + "/final.json")).root
        let count = recording.blocks.count
        try recording.sync(0..<count, proven: tips["tips"]?["proven"]?["number"]?.int ?? count)
        let api = NodeAPI(chain: try DatabaseChain(recording.database), facts: try recording.facts)
        var compared = 0
        var wrong: [String] = []
        let transcript = try RPCTranscript(directory + "/rpc-transcript.jsonl.gz")
        for line in transcript.lines where line.moment == .end && line.label != "http" && line.verdict == .comparable && line.function != "simulatePublicCalls" {
            let (request, expected) = (line.request, line.response)
            let dispatcher = line.isAdmin ? api.adminDispatcher : api.publicDispatcher
            // Twice: the second answer comes out of the cache.
            for _ in 0..<2 {
                let answer = dispatcher.answer(Array(request.utf8))
                let got = String(decoding: answer.body, as: UTF8.self)
                compared += 1
                if got != expected || answer.status != line.status {
                    let same = zip(expected.utf8, got.utf8).prefix { $0 == $1 }.count
                    let from = max(0, same - 40)
                    wrong.append("\(request.prefix(200))\n   expected \(line.status) …\(expected.dropFirst(from).prefix(160))\n   got      \(answer.status) …\(got.dropFirst(from).prefix(160))")
                }
                if let headers = line.headers {
                    #expect(answer.isBare == !headers.contains { $0.name == "access-control-allow-origin" }, "CORS header of \(request.prefix(100))")
                }
            }
        }
        for text in wrong.prefix(20) { print(text) }
        #expect(wrong.count == 0, "\(wrong.count) of \(compared) answers differ")
        #expect(compared > 100)
        print("\(name): \(compared) answers compared; cache \(api.cacheStatistics)")
    }

    /// Before the first block.
    @Test func answersAtGenesis() throws {
        guard let directory = Recording.directory("main") else { return }
        let recording = try Recording(directory)
        defer { recording.remove() }
        let api = NodeAPI(chain: try DatabaseChain(recording.database), facts: try recording.facts)
        var compared = 0
        for line in try RPCTranscript(directory + "/rpc-transcript.jsonl.gz").lines where line.moment == .genesis && line.verdict == .comparable {
            let answer = api.publicDispatcher.answer(Array(line.request.utf8))
            #expect(String(decoding: answer.body, as: UTF8.self) == line.response && answer.status == line.status)
            compared += 1
        }
        #expect(compared > 15)
    }

    /// A reader beside the writer: sees whole blocks after `catchUp`, tells a new head from a reorg.
    @Test func followsTheWriter() throws {
        guard let directory = Recording.directory("main") else { return }
        let recording = try Recording(directory)
        defer { recording.remove() }
        try recording.sync(0..<5, proven: 2)
        let chain = try DatabaseChain.following(recording.path + "/chain", scratch: recording.path + "/reader")
        let api = NodeAPI(chain: chain, facts: try recording.facts)
        func ask(_ method: String, _ parameters: String = "[]") -> String {
            String(decoding: api.publicDispatcher.answer(Array("{\"method\":\"node_\(method)\",\"params\":\(parameters)}".utf8)).body, as: UTF8.self)
        }
        #expect(ask("getBlockNumber") == "{\"result\":5}" && ask("getProvenBlockNumber") == "{\"result\":2}")
        let third = ask("getBlock", "[3]")
        let before = chain.generation
        try recording.sync(5..<8)
        #expect(ask("getBlockNumber") == "{\"result\":5}", "a reader stands still until it catches up")
        #expect(try chain.catchUp() && chain.generation.history == before.history && chain.generation.head > before.head)
        #expect(ask("getBlockNumber") == "{\"result\":8}" && ask("getBlock", "[3]") == third)
        #expect(try !chain.catchUp(), "nothing new is no news")
        let sixth = ask("getBlock", "[6]")
        #expect(sixth.hasPrefix("{\"result\":{\"archive\""))
        for _ in 0..<3 {
            let batch = WriteBatch()
            _ = try recording.world.unwindTip(into: batch)
            try recording.archive.removeLatest(to: batch)
            try recording.database.write(batch)
        }
        #expect(try chain.catchUp() && chain.generation.history > before.history)
        #expect(ask("getBlockNumber") == "{\"result\":5}" && ask("getBlock", "[6]") == "{}" && ask("getBlock", "[3]") == third)
        #expect(ask("getNullifierSiblingPath", "[6,\"0\"]").contains("Block 6 not yet synced"))
    }
}
