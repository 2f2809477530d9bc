import EventLoop
import Glibc
import L1Replay
import Supervision

extension Scenario {
    static var crashes: [Scenario] {
        [
        Scenario("crashes", "a worker that crashes leaves neither registers nor memory in logs or files, and is back") { scenario, stage in
            let server = try stage.server()
            defer { server.stop() }
            let url = "http://127.0.0.1:\(server.port)"
            let node = try Node(stage, scenario.name, hosts: [url], sink: url + "/blobsink")
            try node.start()
            defer { node.kill() }
            let kinds = ["api", "archiver", "executor", "p2p"]
            guard stage.wait(60_000, every: 20, until: { node.isRunning(kinds) }) else { throw Stage.Failure("\(scenario.name): the node does not get there:\n\(node.log.suffix(2000))") }
            for process in node.processes + [node.process?.processID ?? 0] {
                let caught = caughtCrashes(process)
                stage.check(caught == 0, "crashes: process \(process) catches none", "signals \(caught.map { String($0, radix: 16) } ?? "unreadable")")
                let size = contents("/proc/\(process)/limits").split(separator: "\n").first { $0.hasPrefix("Max core file size") }?.split(separator: " ").dropFirst(4).first
                stage.check(size == "0" || size == "1", "crashes: process \(process) leaves no core file", "limit \(size ?? "unreadable")")
            }
            for kind in kinds {
                let victims = (node.sample?.workers ?? []).filter { $0.board.kind == kind && $0.board.processID != 0 }.prefix(1)
                for victim in victims { kill(victim.board.processID, SIGSEGV) }
                var restarts = Restarts(Array(victims), since: EventLoop.monotonicNanos)
                stage.check(victims.count == 1 && stage.wait(10_000) { restarts.areDone(node.sample) }, "crashes: \(kind) is back", "\(restarts.names)")
                stage.check(restarts.millis.allSatisfy { $0 < 1000 }, "crashes: \(kind) is back within a second", "\(restarts.millis) ms")
            }
            stage.check(node.stop() && node.exit == .code(0), "crashes: the node stops in order")
            let log = node.log
            for word in ["Backtrac", "rax 0x", "Registers:"] { stage.check(!log.contains(word), "crashes: no «\(word)» in the log") }
        },
        ]
    }
}

/// Those of the signals of a crash for which a process has handlers; nil: it cannot be read.
private func caughtCrashes(_ process: Int32) -> UInt64? {
    guard let line = contents("/proc/\(process)/status").split(separator: "\n").first(where: { $0.hasPrefix("SigCgt:") }), let mask = UInt64(line.dropFirst(8), radix: 16) else { return nil }
    return [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP].reduce(UInt64(0)) { $0 | (mask & 1 << UInt64($1 - 1)) }
}
