import ConformanceKit

extension Follow {
    /// Headers that say something about the answer rather than the connection.
    private static func isCompared(_ header: String) -> Bool {
        header == "access-control-allow-origin" || header == "allow" || header == "content-type" || header.hasPrefix("x-aztec-")
    }

    /// Where the chain held back for the transcript has fewer L1 blocks than the recorded nodes had seen, what they knew
    /// of proofs and of the L1's height differs.
    private static let followsL1: Set<String> = ["getL2Tips", "getProvenBlockNumber", "getWorldStateSyncStatus"]

    /// Status, body and telling headers of every recorded answer of `moment`.
    /// `pool`: nil while it is empty here as there.
    func compareTranscript(_ moment: RPCTranscript.Moment, _ node: NodeUnderTest, _ report: inout ConformanceReport, _ pool: RecordedPool? = nil) throws {
        for line in recording.transcript?.lines ?? [] where line.moment == moment {
            if case .leftOut(let reason) = line.verdict {
                report.skip("RPC lines: " + reason)
                continue
            }
            if line.verdict == .needsPool, let reason = pool?.lacks(line) {
                report.skip("RPC lines: \(line.function): \(reason)")
                continue
            }
            if moment == .end, recording.l1OfTranscript != nil, Self.followsL1.contains(line.function) {
                report.skip("RPC lines: the L1 is held back before a block that the recorded nodes could not read")
                continue
            }
            let probe = line.isAdmin ? node.admin : node.api
            let headers = line.httpMethod == "POST" && line.path == "/" ? ["Content-Type": "application/json"] : [:]
            let answer = try probe.request(line.httpMethod, line.path, Array(line.request.utf8), headers)
            let name = "RPC line \(line.number): \(line.httpMethod) \(line.path) \(line.request.prefix(150))"
            let body = String(decoding: answer.body, as: UTF8.self)
            if answer.status == line.status, RPCTranscript.settled(body, line) == RPCTranscript.settled(line.response, line) {
                report.pass()
            } else {
                let (expected, got) = Self.window(RPCTranscript.settled(line.response, line), RPCTranscript.settled(body, line))
                report.fail(file: file, case: name, expected: "\(line.status) \(expected)", got: "\(answer.status) \(got)")
            }
            guard let recorded = line.headers else { continue }
            let expected = recorded.filter { Self.isCompared($0.name) }.map { "\($0.name): \($0.value)" }.sorted()
            let got = answer.headers.filter { Self.isCompared($0.name) }.map { "\($0.name): \($0.value)" }.sorted()
            report.check(file: file, case: "headers of " + name, expected: expected.joined(separator: "; "), got: got.joined(separator: "; "))
        }
    }

    /// Both texts from a little before where they part.
    private static func window(_ expected: String, _ got: String) -> (String, String) {
        let same = zip(expected.utf8, got.utf8).prefix { $0 == $1 }.count
        let from = max(0, same - 40)
        func cut(_ text: String) -> String { (from > 0 ? "…" : "") + String(decoding: text.utf8.dropFirst(from).prefix(160), as: UTF8.self) }
        return (cut(expected), cut(got))
    }
}
