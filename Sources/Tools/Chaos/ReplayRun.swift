import EventLoop
import Glibc
import IPC
import Supervision
import TemporaryFiles

/// One `aztec replay --executors`, looked into as a node is.
final class ReplayRun {
    private let stage: Stage
    private let output: String
    private var process: LoopProcess?
    private var processID: Int32 = 0
    private var view: NodeView?
    private(set) var exit: ProcessExit?

    init(_ stage: Stage, _ name: String, dataDirectory: String, transactions: String, executors: Int) throws {
        self.stage = stage
        output = stage.directory + "/\(name).log"
        let log = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw Stage.Failure("\(output): \(String(cString: strerror(errno)))") }
        defer { close(log) }
        let arguments = ["aztec", "replay", "--data-directory", dataDirectory, "--transactions", transactions, "--no-validators", "--executors", "\(executors)"]
        process = try stage.loop.spawn(SpawnRequest(program: stage.aztec, arguments: arguments, environment: ["PATH=/usr/bin:/bin"], descriptors: [nil, log, log])) { [weak self] in
            self?.exit = $0
            self?.process = nil
        }
        if let process {
            stage.programs.append(process)
            processID = process.processID
        }
    }

    /// What was printed, without times.
    var lines: [String] {
        contents(output).split(separator: "\n").map { line in
            line.firstRange(of: ", execution ").map { String(line[..<$0.lowerBound]) } ?? String(line)
        }
    }

    /// Blocks printed so far.
    var blocks: Int { contents(output).split(separator: "\n").count { $0.hasPrefix("block ") } }

    /// Its supervisor keeps its descriptor in a directory of its own.
    var sample: NodeSample? {
        guard process != nil else { return nil }
        if view == nil {
            view = TemporaryDirectory.entries("/tmp").filter { $0.hasPrefix("quetzal-replay-") }.lazy
                .compactMap { try? NodeView(directory: "/tmp/" + $0) }.first { [processID] in $0.descriptor.processID == processID }
        }
        return view.flatMap { try? NodeSample($0) }
    }
}
