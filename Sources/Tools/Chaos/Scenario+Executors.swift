import CLinux
import EventLoop
import Glibc
import IPC
import L1Replay
import Supervision
import TemporaryFiles

extension Scenario {
    /// Executors that are killed at work, and where they run.
    static var executors: [Scenario] {
        [
        Scenario("executors", "executors killed at work, in simulations and replays, change no result and are back within a second") { scenario, stage in
            guard let transactions = SimulationLoad.transactions(stage.recording) else { return say("executors: skipped, \(stage.recording) has no transactions to execute") }
            let server = try stage.server()
            defer { server.stop() }
            let node = try scenario.executing(stage, server, ["--executors", "\(ExecutorChaos.executors)"])
            defer { node.kill() }
            var chaos = ExecutorChaos(stage)
            try chaos.simulate(node, SimulationLoad(transactions, port: node.port))
            stage.check(node.stop() && node.exit == .code(0), "executors: the node stops in order", "\(node.exit.map { "\($0)" } ?? "still runs")")
            try chaos.replay(node.directory, transactions)
            chaos.report()
        },
        Scenario("pinning", "with --executor-pinning each executor has a core of its own, behind the reserved ones, its successor too") { scenario, stage in
            let cores = (0..<max(0, ql_allowed_cores())).map { Int(ql_allowed_core($0)) }
            guard cores.count > 1 else { return say("pinning: skipped, one core only") }
            let server = try stage.server()
            defer { server.stop() }
            for reserved in [0, 1] {
                let free = Array(cores.dropFirst(reserved))
                let node = try scenario.executing(stage, server, ["--executors", "2", "--executor-pinning", "--reserved-cores", "\(reserved)"])
                defer { node.kill() }
                func check(_ when: String) {
                    for worker in node.sample?.workers ?? [] where worker.board.processID != 0 {
                        let expected = worker.board.kind == "executor" ? [free[worker.board.index % free.count]] : cores
                        let seen = affinities(worker.board.processID)
                        stage.check(
                            !seen.isEmpty && seen.allSatisfy { $0 == expected }, "pinning: \(reserved) reserved, \(worker.board.name) \(when)",
                            "cores \(seen) of its threads, expected \(expected)")
                    }
                }
                check("after the start")
                let victims: [NodeSample.Worker] = (node.sample?.workers ?? []).filter { $0.board.kind == "executor" && $0.board.processID != 0 }
                for victim in victims { kill(victim.board.processID, SIGKILL) }
                var restarts = Restarts(victims, since: EventLoop.monotonicNanos)
                stage.check(victims.count == 2 && stage.wait(10_000) { restarts.areDone(node.sample) }, "pinning: both executors come back", "\(restarts.names)")
                check("after a restart")
                stage.check(node.stop() && node.exit == .code(0), "pinning: the node stops in order")
            }
        },
        ]
    }

    /// A node at the tip whose executors run.
    private func executing(_ stage: Stage, _ server: ReplayServer, _ flags: [String]) throws -> Node {
        let url = "http://127.0.0.1:\(server.port)"
        let node = try Node(stage, name, hosts: [url], sink: url + "/blobsink", extra: flags)
        try node.start()
        let ready = stage.wait(60_000, every: 20) {
            guard let sample = node.sample, sample.isHealthy else { return false }
            return sample.sync?.l1Block == UInt64(server.head) && node.isRunning(["api", "archiver", "executor"])
        }
        guard ready else { throw Stage.Failure("\(name): the node does not get there:\n\(node.log.suffix(2000))") }
        return node
    }
}

/// The cores that each thread of a process may use.
private func affinities(_ process: Int32) -> [[Int]] {
    TemporaryDirectory.entries("/proc/\(process)/task").compactMap { thread in
        guard Int(thread) != nil, let line = contents("/proc/\(process)/task/\(thread)/status").split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed_list:") }) else { return nil }
        // `0,2-3`
        return line.drop { $0 != "\t" }.dropFirst().split(separator: ",").flatMap { part in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
        }
    }
}
