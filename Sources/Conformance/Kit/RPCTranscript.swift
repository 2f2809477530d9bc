import JSON

/// The recorded JSON-RPC exchanges of `vectors/chain`, and which of them a node must answer alike that has no
/// P2P or sequencer.
public struct RPCTranscript {
    /// What the recorded network was doing.
    public enum Moment: Sendable {
        /// Before the first block: the answers are those of an empty chain.
        case genesis
        /// Blocks were being made: no later state has the same answers.
        case running
        /// After everything: the chain stands at its last block.
        case end
    }

    public enum Verdict: Equatable, Sendable {
        case comparable
        /// By a node whose pool holds what the recorded node's did.
        case needsPool
        case leftOut(String)
    }

    public struct Line: Sendable {
        public var number: Int
        public var node: String
        public var label: String?
        public var moment: Moment
        public var httpMethod: String
        public var path: String
        public var request: String
        /// Namespace and name; nil for raw bodies and batches.
        public var method: String?
        public var status: Int
        public var response: String
        public var headers: [(name: String, value: String)]?
        /// The admin port was asked.
        public var isAdmin: Bool
        public var verdict: Verdict

        /// Method name without namespace.
        public var function: String { method?.split(separator: "_").last.map(String.init) ?? "" }
    }

    public var lines: [Line] = []

    /// Why each of these methods cannot be compared: what its answer needs.
    private static let needs: [String: String] = [
        "getAttestationsForSlot": "needs the attestations of the recorded validators",
        "isValidTx": "needs execution and proofs", "getValidatorsStats": "needs the sentinel",
        "getEncodedEnr": "needs P2P", "getNodeInfo": "needs P2P (the node record)", "getPeers": "needs P2P", "getNodeVersion": "names the release",
        "getCurrentBaseFees": "depends on the moment", "startSnapshotUpload": "needs snapshots",
        // Orders from the API to the archiver: no link carries them yet.
        "pauseSync": "needs a way to order the archiver about", "resumeSync": "needs a way to order the archiver about",
    ]

    private static let ofPool: Set<String> = ["sendTx", "getPendingTxs", "getPendingTxCount", "getTxByHash", "getTxsByHash"]

    public init(_ path: String) throws {
        var isAtEnd = false
        for (index, bytes) in try Vectors.lines(path).enumerated() {
            let row = try JSONDocument.parse(Array(bytes)).root
            let label = row["label"]?.string
            let node = row["node"]?.string ?? ""
            // Once the full node is asked without a label, nothing moves any more.
            if row["label"] == nil, node == "full" { isAtEnd = true }
            let request = row["request"]?.string ?? ""
            let method = (try? JSONDocument.parse(Array(request.utf8)))?.root["method"]?.string
            var line = Line(
                number: index + 1, node: node, label: label, moment: label == "at genesis" ? .genesis : isAtEnd ? .end : .running,
                httpMethod: row["httpMethod"]?.string ?? "POST", path: row["path"]?.string ?? "/", request: request, method: method,
                status: row["status"]?.int ?? 0, response: row["response"]?.string ?? "",
                headers: row["headers"].map { $0.members.map { ($0.key, $0.value.string ?? "") } },
                isAdmin: method?.hasPrefix("nodeAdmin_") == true && label != "protocol", verdict: .comparable)
            line.verdict = Self.verdict(line)
            lines.append(line)
        }
    }

    /// An answer without what depends on the moment or on the reference's own code: a simulation names the slot after the
    /// newest L1 block, and an error of one carries a stack trace.
    public static func settled(_ response: String, _ line: Line) -> String {
        guard line.function == "simulatePublicCalls" else { return response }
        var text = response
        if let stack = text.firstRange(of: "\\nStack:") { return String(text[..<stack.lowerBound]) + "\"}}" }
        // The second of two: the first belongs to the historical header.
        guard var place = text.firstRange(of: "\"globalVariables\":") else { return text }
        if let second = text[place.upperBound...].firstRange(of: "\"globalVariables\":") { place = second }
        for name in ["\"slotNumber\":\"0x", "\"timestamp\":\"0x"] {
            guard let found = text[place.upperBound...].firstRange(of: name), let end = text[found.upperBound...].firstIndex(of: "\"") else { continue }
            text.replaceSubrange(found.upperBound..<end, with: "…")
            // Indices do not outlive a change.
            guard let again = text.firstRange(of: "\"globalVariables\":") else { return text }
            place = text[again.upperBound...].firstRange(of: "\"globalVariables\":") ?? again
        }
        return text
    }

    private static func verdict(_ line: Line) -> Verdict {
        if line.moment == .running { return .leftOut("depends on the moment") }
        if line.moment == .end, line.node != "full" { return .leftOut("needs a validator's pool and sequencer") }
        // Bad parameters are refused before anything is needed.
        if line.response.contains("\"code\":-32701") { return .comparable }
        if ofPool.contains(line.function) || (line.function == "getAttestationsForSlot" && line.response.hasSuffix("\"result\":[]}")) { return .needsPool }
        return needs[line.function].map { .leftOut($0) } ?? .comparable
    }
}
