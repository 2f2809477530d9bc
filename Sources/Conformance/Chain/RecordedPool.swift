import ConformanceKit
import JSON
import Protocol

/// Brings the recorded node's transactions into the pool of the node under test, the way users do.
final class RecordedPool {
    private let recording: Recording
    /// Pending at the end of the recording, in its order; nil if it does not say.
    private let pending: [String]?
    private var taken: Set<String> = []
    private var differs: String?

    init(_ recording: Recording) {
        self.recording = recording
        let line = recording.transcript?.lines.last { $0.function == "getPendingTxs" && $0.moment == .end && $0.node == "full" && $0.status == 200 }
        pending = line.flatMap { try? JSONDocument.parse(Array($0.response.utf8)) }?.root["result"].map { result in
            result.elements.compactMap { $0["txHash"]?.string }
        }
    }

    /// Those that a later block will hold and that are valid already. The pool has to mark them as mined, then, and to forget
    /// them when their block is final.
    func sendMined(after block: Int, to node: NodeUnderTest) throws {
        let later = recording.blocks.filter { ($0.root["number"]?.int ?? 0) > block }
        let mined = Set(later.flatMap { $0.root["txs"]?.elements.compactMap { $0.string ?? $0["hash"]?.string } ?? [] }).subtracting(taken)
        for sent in recording.sent where sent.refusal == nil && sent.hash.map(mined.contains) == true {
            guard let refusal = try send(sent, to: node), block > 0 else { continue }
            // The fee of the moment is known a little after the blocks.
            try? node.wait("\(sent.label) to be taken (\(refusal))", seconds: 10) { try send(sent, to: node) == nil }
        }
    }

    /// Why the pool cannot answer as the recorded one: it refused, at the moments of this run, what that one had taken.
    func lacks(_ line: RPCTranscript.Line) -> String? {
        if let differs { return differs }
        guard let result = try? JSONDocument.parse(Array(line.response.utf8)).root["result"] else { return nil }
        let answered = result.isObject ? [result["txHash"]?.string] : result.elements.map { $0["txHash"]?.string }
        return answered.compactMap { $0 }.allSatisfy(taken.contains) ? nil : "a mined transaction of the answer was not valid before the last block"
    }

    /// At the end: those that were still pending, in the order of the recorded pool's list, since ours keeps the older first
    /// among equals (note 07 §11.1 leaves their order open).
    func sendPending(to node: NodeUnderTest) throws { differs = try difference(afterSendingTo: node) }

    private func difference(afterSendingTo node: NodeUnderTest) throws -> String? {
        guard let pending else { return "the recording does not say what was pending" }
        var refusals: [String] = []
        for hash in pending where !taken.contains(hash) {
            guard let sent = recording.sent.first(where: { $0.hash == hash }) else { continue }
            if let refusal = try send(sent, to: node) { refusals.append(refusal) }
        }
        let missing = pending.count { !taken.contains($0) }
        guard missing == 0 else { return "\(missing) transactions that were pending are not taken: \(refusals.first ?? "they are not recorded")" }
        // The API sees the pool's database a little later.
        try? node.wait("pending transactions", seconds: Follow.patience) { try node.call("node_getPendingTxCount").root["result"]?.int == pending.count }
        return nil
    }

    /// Returns the node's error.
    private func send(_ sent: Recording.Sent, to node: NodeUnderTest) throws -> String? {
        var writer = JSONWriter()
        writer.beginArray()
        writer.value(sent.tx)
        writer.endArray()
        let answer = try node.call("node_sendTx", String(decoding: writer.bytes, as: UTF8.self)).root
        if let error = answer["error"] { return error["message"]?.string ?? "refused" }
        if let hash = sent.hash { taken.insert(hash) }
        return nil
    }
}
