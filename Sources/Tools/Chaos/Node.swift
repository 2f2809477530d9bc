import ConformanceKit
import EventLoop
import Glibc
import IPC
import Messages
import Supervision

/// One `aztec start`, real program and real workers, observed through shared memory.
final class Node {
    let stage: Stage
    let name: String
    let directory: String
    var arguments: [String]
    var environment: [String]
    private(set) var process: LoopProcess?
    private(set) var exit: ProcessExit?
    private var view: NodeView?
    let logPath: String
    /// Of the JSON-RPC server.
    let port: Int

    /// - Parameters: `hosts` and `sinks`, `beacons` are base URLs; `extra` further flags.
    init(_ stage: Stage, _ name: String, directory: String? = nil, hosts: [String], sink: String? = nil, beacons: [String] = [], extra: [String] = [], environment: [String] = []) throws {
        self.stage = stage
        self.name = name
        self.directory = directory ?? stage.directory + "/" + name
        logPath = stage.directory + "/" + name + ".log"
        arguments = ["start", "--node", "--archiver", "--network", stage.recording, "--l1-rpc-urls", hosts.joined(separator: ",")]
        if let sink { arguments += ["--archiver.blobSinkUrl", sink] }
        if !beacons.isEmpty { arguments += ["--l1-consensus-host-urls", beacons.joined(separator: ",")] }
        port = Int(FreePort.take())
        arguments += ["--data-directory", self.directory, "--port", "\(port)", "--admin-port", "\(FreePort.take())", "--crash-budget", "1000000"] + extra
        self.environment = [
            "PATH=/usr/bin:/bin", "LOG_LEVEL=info", "ARCHIVER_POLLING_INTERVAL_MS=50", "XDG_RUNTIME_DIR=\(stage.directory)",
        ] + environment
    }

    func start() throws {
        exit = nil
        view = nil
        let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw Stage.Failure("\(logPath): \(String(cString: strerror(errno)))") }
        defer { close(log) }
        process = try stage.loop.spawn(SpawnRequest(program: stage.aztec, arguments: ["aztec"] + arguments, environment: environment, descriptors: [nil, log, log])) { [weak self] in
            self?.exit = $0
            self?.process = nil
        }
        if let process { stage.programs.append(process) }
    }

    var log: String { contents(logPath) }

    /// nil while there is no supervisor to look into.
    var sample: NodeSample? {
        guard process != nil else { return nil }
        if view == nil { view = try? NodeView(directory: directory) }
        guard let view, view.descriptor.processID == process?.processID else {
            self.view = nil
            return nil
        }
        return try? NodeSample(view)
    }

    /// Sum of a metric over the workers of a kind; 0 while there is no node.
    func metric(_ id: MetricID, at index: Int = 0, of kind: String) -> UInt64 {
        guard let sample, let view else { return 0 }
        return sample.workers.filter { $0.board.kind == kind }.reduce(0) { $0 + ((try? view.region($1.board).value(id, at: index)) ?? 0) }
    }

    func isRunning(_ kinds: [String] = ["api", "archiver"]) -> Bool {
        guard let sample else { return false }
        return kinds.allSatisfy { kind in sample.workers.contains { $0.board.kind == kind && $0.board.processID != 0 && $0.state == .running } }
    }

    var processes: [Int32] { sample?.workers.map(\.board.processID).filter { $0 != 0 } ?? [] }

    /// Ordered stop; false if it does not end.
    func stop() -> Bool {
        process?.signal(SIGTERM)
        return stage.wait(20_000) { exit != nil }
    }

    func kill() {
        let workers = processes
        process?.signal(SIGKILL)
        _ = stage.wait(5000) { exit != nil && workers.allSatisfy { !isAlive($0) } }
    }

    func reaches(height: UInt64, l1Block: Int, within millis: Int) -> Bool {
        stage.wait(millis) { sample?.sync.map { $0.height == height && $0.l1Block == UInt64(l1Block) } ?? false }
    }
}

/// Zombies count as gone: who reaps them is not our business.
func isAlive(_ process: Int32) -> Bool {
    let text = contents("/proc/\(process)/stat")
    guard let bracket = text.lastIndex(of: ")") else { return false }
    return !text[bracket...].hasPrefix(") Z") && !text[bracket...].hasPrefix(") X")
}
