import ConformanceKit
import JSON
import Protocol

/// Brings the recorded node's transactions into the pool of the node under test, the way users do.
final class RecordedPool {
    private let recording: Recording
    /// Pending at the end of the recording; nil if it does not say.
    private let pending: Set<String>?
    private var taken: Set<String> = []

    init(_ recording: Recording) {
        self.recording = recording
        let line = recording.transcript?.lines.last { $0.function == "getPendingTxs" && $0.moment == .end && $0.node == "full" && $0.status == 200 }
        pending = line.flatMap { try? JSONDocument.parse(Array($0.response.utf8)) }?.root["result"].map { result in
            Set(result.elements.compactMap { $0["txHash"]?.string })
        }
    }

    /// At genesis: those that a block will hold and that are valid already. The pool has to mark them as mined, then.
    func sendMined(to node: NodeUnderTest) throws {
        let mined = Set(recording.blocks.flatMap { $0.root["txs"]?.elements.compactMap { $0.string ?? $0["hash"]?.string } ?? [] })
        for sent in recording.sent where sent.refusal == nil && sent.hash.map(mined.contains) == true { _ = try send(sent, to: node) }
    }

    /// At the end: those that were still pending. Returns why the pools differ, if they do.
    func sendPending(to node: NodeUnderTest) throws -> String? {
        guard let pending else { return "the recording does not say what was pending" }
        var refusals: [String] = []
        for sent in recording.sent {
            guard let hash = sent.hash, pending.contains(hash), !taken.contains(hash) else { continue }
            if let refusal = try send(sent, to: node) { refusals.append(refusal) }
        }
        let missing = pending.subtracting(taken).count
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
