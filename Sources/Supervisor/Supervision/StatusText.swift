import Glibc
import IPC
import Topology

/// `aztec status` and the body of `aztec monitor`.
public enum StatusText {
    /// `previous`: an earlier sample of the same node, for rates; without it totals are shown.
    public static func render(_ sample: NodeSample, since previous: NodeSample? = nil) -> String {
        var out = head(sample)
        for reason in sample.content.degraded { out += "DEGRADED: \(reason)\n" }
        if let sync = sample.sync { out += "\n" + progress(sync, since: previous, sample.nanos) }
        out += "\n" + workers(sample, previous) + "\n" + links(sample, previous)
        if let execution = sample.execution, execution.runs > 0 { out += "\n" + execution.text }
        return out
    }

    private static func head(_ sample: NodeSample) -> String {
        let mode = sample.content.isStopping ? "stopping" : !sample.content.degraded.isEmpty ? "degraded" : sample.isHealthy ? "running" : "starting"
        let resident = sample.workers.map(\.residentBytes).reduce(0, &+)
        return "\(sample.content.title.isEmpty ? "node" : sample.content.title): \(mode), supervisor \(sample.content.processID), up \(duration(time(nil) &- sample.content.startedAt)), workers' memory \(bytes(resident))\n"
    }

    static func progress(_ sync: NodeSample.Sync, since previous: NodeSample?, _ now: UInt64) -> String {
        var line = "sync: block \(sync.height)"
        if sync.target > 0 { line += " of \(sync.target) (\(percent(Double(sync.height), Double(sync.target))))" }
        line += ", proven \(sync.proven), finalised \(sync.finalised), L1 block \(sync.l1Block)"
        if let before = previous?.sync, let previous, now > previous.nanos, sync.height > before.height {
            line += ", \(rate(sync.height - before.height, now - previous.nanos)) blocks/s"
        }
        return line + "\n"
    }

    private static func workers(_ sample: NodeSample, _ previous: NodeSample?) -> String {
        var rows = [["worker", "pid", "state", "restarts", "heartbeat", "cpu", "memory", "idle", "work", "upkeep", "blocked", ""]]
        for (index, worker) in sample.workers.enumerated() where worker.board.isActive || worker.board.processID != 0 {
            let before = previous.flatMap { $0.workers.indices.contains(index) ? $0.workers[index] : nil }
            // A restarted worker counts from zero again.
            let base = before.flatMap { $0.board.processID == worker.board.processID ? $0 : nil }
            let total = Double(delta(worker.idle, base?.idle) &+ delta(worker.processing, base?.processing) &+ delta(worker.housekeeping, base?.housekeeping))
            func share(_ value: UInt64, _ earlier: UInt64?) -> String { total > 0 ? percent(Double(delta(value, earlier)), total) : "–" }
            var cpu = "\(worker.cpuNanos / 1_000_000) ms"
            if let base, let previous, sample.nanos > previous.nanos { cpu = percent(Double(delta(worker.cpuNanos, base.cpuNanos)), Double(sample.nanos - previous.nanos)) }
            var remark = worker.note
            if remark.isEmpty, !worker.board.lastExit.isEmpty, worker.board.restarts > 0 || worker.board.isGivenUp { remark = "last exit: \(worker.board.lastExit)" }
            let restarts = worker.board.restarts == 0 || worker.board.worstRestartMillis == 0 ? "\(worker.board.restarts)" : "\(worker.board.restarts) (last \(worker.board.lastRestartMillis) ms, worst \(worker.board.worstRestartMillis) ms)"
            rows.append([
                worker.board.name, worker.board.processID == 0 ? "–" : "\(worker.board.processID)", worker.stateText, restarts,
                worker.board.processID == 0 ? "–" : "\(worker.heartbeatAgeMillis) ms", cpu, bytes(worker.residentBytes), share(worker.idle, base?.idle),
                share(worker.processing, base?.processing), share(worker.housekeeping, base?.housekeeping), share(worker.backpressure, base?.backpressure), remark,
            ])
        }
        return Topology.aligned(rows)
    }

    private static func links(_ sample: NodeSample, _ previous: NodeSample?) -> String {
        var rows = [["link", "from", "to", "fill", previous == nil ? "messages" : "messages/s", previous == nil ? "bytes" : "bytes/s", "backpressure", "filtered", "lost", "malformed"]]
        for (index, link) in sample.links.enumerated() {
            let before = previous.flatMap { $0.links.indices.contains(index) ? $0.links[index] : nil }
            let elapsed = previous.map { sample.nanos &- $0.nanos } ?? 0
            let messages = before.map { rate(delta(link.published, $0.published), elapsed) } ?? "\(link.published)"
            let volume = before.map { bytes(UInt64(whole(Double(delta(link.payloadBytes, $0.payloadBytes)) / max(1e-9, Double(elapsed) / 1e9)))) } ?? bytes(link.payloadBytes)
            let active = link.consumers.filter(\.isActive)
            func sum(_ field: (NodeSample.Link.Consumer) -> UInt64) -> String { "\(active.map(field).reduce(0, &+))" }
            rows.append([
                link.name, link.producer, active.isEmpty ? "–" : active.map { $0.name + ($0.isReliable ? "" : "?") }.joined(separator: " "), "\(link.fill)/\(link.depth)",
                messages, volume, "\(link.backpressure)", sum(\.filtered), sum(\.lost), sum(\.malformed),
            ])
        }
        return Topology.aligned(rows) + (sample.links.contains { $0.consumers.contains { $0.isActive && !$0.isReliable } } ? "(? = unreliable: misses are counted, the producer never waits)\n" : "")
    }

    // MARK: Figures

    private static func delta(_ now: UInt64, _ before: UInt64?) -> UInt64 { now >= (before ?? 0) ? now - (before ?? 0) : now }

    /// Figures are what a worker wrote into its region, which may be anything: a broken worker must not end the process
    /// that shows it.
    static func whole(_ value: Double) -> Int { value.isFinite ? Int(max(0, min(9e18, value))) : 0 }

    static func percent(_ part: Double, _ whole: Double) -> String {
        guard whole > 0 else { return "–" }
        return "\(self.whole((part / whole * 100).rounded())) %"
    }

    static func rate(_ count: UInt64, _ nanos: UInt64) -> String {
        let value = Double(count) / max(1e-9, Double(nanos) / 1e9)
        return value >= 100 ? "\(whole(value))" : "\((value * 10).rounded() / 10)"
    }

    static func bytes(_ count: UInt64) -> String {
        if count >= 10 << 20 { return "\(count >> 20) MB" }
        return count >= 10 << 10 ? "\(count >> 10) kB" : "\(count) B"
    }

    static func duration(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}
