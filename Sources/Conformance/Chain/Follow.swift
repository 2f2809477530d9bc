import ConformanceKit
import Glibc
import JSON
import TemporaryFiles

/// One run: start at the head before the first block, ask what was recorded at genesis, send the recorded transactions as far
/// as they are valid before they are mined, let the L1 go on to the moment of the transcript, ask that, go on to the end,
/// compare every block, stop, compare every root and the committees in the database, and execute every block again from its
/// transactions.
struct Follow {
    let recording: Recording
    let source: BlobSource
    /// Seconds for each step of the node; a busy machine needs them.
    static let patience = 120.0

    init(_ recording: Recording, _ source: BlobSource) {
        self.recording = recording
        self.source = source
    }

    var file: String { "\(recording.name) (\(source))" }

    func run(_ report: inout ConformanceReport) throws {
        let directory = try TemporaryDirectory("chain")
        let l1 = try HostedL1(recording.directory, head: recording.l1BeforeFirst)
        let node = try NodeUnderTest(recording, source, l1: l1.port, in: directory.path)
        defer { node.process.stop() }

        try node.wait("answer", seconds: Self.patience) { try node.latest() != nil }
        try compareTranscript(.genesis, node, &report)
        let pool = RecordedPool(recording)
        try pool.sendMined(after: 0, to: node)
        if let before = recording.l1BeforeTip {
            // Most transactions rest on a block: those of the last one can be sent only now, and stay in the pool until it is final.
            try l1.setHead(before)
            try reach(recording.tipOfTranscript - 1, node, atEnd: false)
            try pool.sendMined(after: recording.tipOfTranscript - 1, to: node)
        }

        try l1.setHead(recording.l1OfTranscript ?? l1.last)
        try reach(recording.tipOfTranscript, node, atEnd: recording.beyond.isEmpty)
        waitForBaseFee(node)
        try pool.sendPending(to: node)
        try compareTranscript(.end, node, &report, pool)
        for line in recording.transcript?.lines ?? [] where line.moment == .running {
            if case .leftOut(let reason) = line.verdict { report.skip("RPC lines: " + reason) }
        }

        if !recording.beyond.isEmpty {
            try l1.setHead(l1.last)
            try reach(recording.tip, node, atEnd: true)
        }
        try BlockComparison(recording: recording, file: file).run(node, &report)
        try compareFinal(node, &report)
        node.process.stop()
        try StoredRoots(recording: recording, file: file).run(node.dataDirectory, &report)
        try RecordedCommittees(recording)?.checkStored(node.dataDirectory, file: file, &report)
        try Reexecution(recording, file: file, dataDirectory: node.dataDirectory).run(&report)
        try compareReplay(node.dataDirectory, in: directory.path, &report)
    }

    /// `aztec replay` over the whole chain.
    private func compareReplay(_ dataDirectory: String, in directory: String, _ report: inout ConformanceReport) throws {
        let known = Set(recording.sent.compactMap(\.hash))
        let isComplete = recording.blocks.allSatisfy { $0.root["txs"]?.elements.allSatisfy { known.contains($0.string ?? $0["hash"]?.string ?? "") } ?? true }
        guard let transactions = recording.transactionsPath, isComplete else { return report.skip("aztec replay: the recording does not have all transactions") }
        let arguments = ["replay", "--data-directory", dataDirectory, "--transactions", transactions]
        let process = try ChildProcess(ChildProcess.siblingDirectory + "/aztec", arguments, environment: ["PATH=/usr/bin:/bin"], output: directory + "/replay.log")
        let end = ChildProcess.now + Self.patience
        while process.poll() == nil, ChildProcess.now < end { usleep(20_000) }
        let text = String(decoding: (try? Vectors.load(process.outputPath)) ?? [], as: UTF8.self)
        let blocks = text.split(separator: "\n").count { $0.hasPrefix("block ") && $0.contains("  ok  ") }
        report.check(file: file, case: "aztec replay, blocks", expected: recording.tip, got: blocks)
        report.check(file: file, case: "aztec replay, exit status", expected: 0, got: process.poll())
        if let last = text.split(separator: "\n").last { print("aztec replay: \(last)") }
    }

    /// Waits for the tip, and at the end of the L1 for the proven and finalised tips, which come after it.
    private func reach(_ tip: Int, _ node: NodeUnderTest, atEnd: Bool) throws {
        try node.wait("block \(tip)", seconds: Self.patience) { try node.latest() == tip }
        guard atEnd else { return }
        let proven = recording.final.root["tips"]?["proven"]?["number"]?.int
        try node.wait("proven tip \(proven ?? 0)", seconds: Self.patience) {
            try proven == nil || node.call("node_getL2Tips").root["result"]?["proven"]?["number"]?.int == proven
        }
        let finalised = recording.final.root["worldState"]?["finalisedBlockNumber"]?.int
        try? node.wait("finalised world state", seconds: 10) {
            try node.call("node_getWorldStateSyncStatus").root["result"]?["finalisedBlockNumber"]?.int == finalised
        }
    }

    /// Simulations show the fee of the moment. It is written when a head was followed to its end, after the blocks.
    private func waitForBaseFee(_ node: NodeUnderTest) {
        let line = recording.transcript?.lines.last { $0.function == "getCurrentBaseFees" && $0.moment == .end && $0.status == 200 }
        guard let expected = line.flatMap({ try? JSONDocument.parse($0.response).root["result"]?.text }) else { return }
        try? node.wait("base fee", seconds: 10) { try node.call("node_getCurrentBaseFees").root["result"]?.text == expected }
    }

    /// Tips and world state at the end; the latest only where the recorded nodes read the whole chain.
    private func compareFinal(_ node: NodeUnderTest, _ report: inout ConformanceReport) throws {
        let tips = try node.call("node_getL2Tips"), status = try node.call("node_getWorldStateSyncStatus")
        for (name, expected) in recording.final.root["tips"]?.members.map({ ($0.key, $0.value) }) ?? [] {
            if name == "latest", !recording.beyond.isEmpty { continue }
            report.check(file: file, case: "\(name) tip", expected: expected.text, got: tips.root["result"]?[name]?.text ?? "none")
        }
        report.check(file: file, case: "number of the tip", expected: recording.tip, got: tips.root["result"]?["latest"]?["number"]?.int ?? -1)
        for (name, expected) in recording.final.root["worldState"]?.members.map({ ($0.key, $0.value) }) ?? [] {
            if name.hasPrefix("latest"), !recording.beyond.isEmpty { continue }
            report.check(file: file, case: "world state, \(name)", expected: expected.text, got: status.root["result"]?[name]?.text ?? "none")
        }
    }
}

extension JSONElement {
    /// One text for equal values in equal order.
    var text: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
