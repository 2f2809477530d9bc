import Diagnostics
import IPC
import EventLoop
import Topology

extension Supervisor {
    /// Answers one line of the control socket. The first word of the answer is `ok` or `error`.
    func answer(_ request: String) -> String {
        switch ControlRequest(parsing: request) {
        case .scale(let changes):
            do {
                try scale(changes.map { ($0.kind, $0.count) })
                return "ok \(changes.map { "\($0.kind)=\($0.count)" }.joined(separator: " "))\n"
            } catch { return "error \(error)\n" }
        case .reload: return reload().map { "error \($0)\n" } ?? "ok\n"
        case .stop:
            stop("asked by command")
            return "ok\n"
        case .refused(let reason): return "error \(reason)\n"
        }
    }

    /// All of the changes or none.
    func scale(_ changes: [(String, Int)]) throws(TopologyError) {
        guard stopStage == nil else { throw TopologyError("the node is stopping") }
        var wanted = topology
        for (kind, count) in changes { wanted = try wanted.scaled(kind, to: count) }
        let kinds = Set(changes.map(\.0))
        topology = wanted
        for (worker, declared) in zip(workers, wanted.workers) where kinds.contains(worker.kind.name) {
            if declared.isActive {
                if worker.isGivenUp || worker.phase == .inactive {
                    if worker.phase == .inactive { log.info("worker \(worker.name) is added") }
                    worker.policy.forgive()
                    worker.diedNanos = 0
                    start(worker)
                }
            } else if worker.process != nil, worker.phase != .stopping {
                log.info("worker \(worker.name) is taken away")
                askToStop(worker)
            } else if worker.phase != .stopping {
                worker.restartTimer?.cancel()
                worker.restartTimer = nil
                worker.phase = .inactive
            }
        }
        publishSoon()
    }

    /// SIGHUP: re-reads the configuration, takes over worker counts, and gives workers that were given up another try.
    /// Returns what was wrong.
    @discardableResult
    func reload() -> String? {
        guard stopStage == nil else { return "the node is stopping" }
        switch settings.reload() {
        case .failure(let error):
            log.error("the configuration is not taken over: \(error)")
            return error.description
        case .success(let counts):
            do {
                let present = Set(workers.map(\.kind.name))
                try scale(counts.filter { present.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            } catch {
                log.error("the configuration is not taken over: \(error)")
                return error.description
            }
            for worker in workers where worker.isGivenUp {
                worker.policy.forgive()
                start(worker)
            }
            log.info("configuration read again")
            return nil
        }
    }
}

/// The commands' side of the control socket.
public enum NodeControl {
    /// Sends a request to the node that runs on a data directory and returns its answer.
    public static func ask(_ request: String, directory: String) throws -> String {
        _ = try NodeDescriptor.find(in: directory)
        return try ControlSocket.ask(request, directory: directory)
    }
}
