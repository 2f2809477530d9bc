import Archive
import Glibc
import JSON
import NodeAPI
import Storage
import Testing

/// The recorded JSON-RPC answers of a running network, from the part where it stood still.
@Suite struct Transcripts {
    /// Methods whose answer needs the tx pool, execution, P2P or the moment.
    static let later: Set<String> = [
        "sendTx", "getPendingTxs", "getPendingTxCount", "getTxByHash", "getTxsByHash", "simulatePublicCalls", "isValidTx", "getValidatorsStats",
        "getEncodedEnr", "getNodeInfo", "getNodeVersion", "getCurrentBaseFees", "getPeers", "getAttestationsForSlot",
    ]

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
        var atEnd = false
        for line in Recording.lines(directory + "/rpc-transcript.jsonl.gz") {
            let row = try JSONDocument.parse(line).root
            guard let request = row["request"]?.string, let expected = row["response"]?.string else { continue }
            // Once the full node's tips are asked for without a label, nothing moves any more.
            if row["label"] == nil, row["node"]?.string == "full" { atEnd = true }
            guard atEnd, row["node"]?.string == "full" else { continue }
            let method = (try? JSONDocument.parse(request))?.root["method"]?.string ?? ""
            let isAdmin = method.hasPrefix("nodeAdmin_")
            let function = method.split(separator: "_").last.map(String.init) ?? ""
            let isSchemaError = expected.contains("\"code\":-32701")
            if Self.later.contains(function), !isSchemaError { continue }
            if ["pauseSync", "resumeSync", "startSnapshotUpload"].contains(function) { continue }
            let dispatcher = isAdmin && row["label"]?.string != "protocol" ? api.adminDispatcher : api.publicDispatcher
            // Twice: the second answer comes out of the cache.
            for _ in 0..<2 {
                let answer = dispatcher.answer(Array(request.utf8))
                let got = String(decoding: answer.body, as: UTF8.self)
                compared += 1
                if got != expected || answer.status != row["status"]?.int {
                    let same = zip(expected.utf8, got.utf8).prefix { $0 == $1 }.count
                    let from = max(0, same - 40)
                    wrong.append("\(request.prefix(200))\n   expected \(row["status"]?.int ?? 0) …\(expected.dropFirst(from).prefix(160))\n   got      \(answer.status) …\(got.dropFirst(from).prefix(160))")
                }
                if row["headers"] != nil { #expect(answer.isBare == (row["headers"]?["access-control-allow-origin"] == nil), "CORS header of \(request.prefix(100))") }
            }
        }
        for text in wrong.prefix(20) { print(text) }
        #expect(wrong.count == 0, "\(wrong.count) of \(compared) answers differ")
        #expect(compared > 100)
        print("\(name): \(compared) answers compared; cache \(api.cacheStatistics)")
    }
}
