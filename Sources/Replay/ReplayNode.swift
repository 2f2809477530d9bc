import Configuration
import Diagnostics
import Glibc
import Supervision
import TemporaryFiles
import Topology

/// `--executors N`: a supervisor over N executors and one host, which is this program again and does the replay.
enum ReplayNode {
    static func run(_ options: ReplayOptions, arguments: [String]) throws -> Int32 {
        let scratch = try TemporaryDirectory("replay")
        defer { withExtendedLifetime(scratch) {} }
        guard let program = realpath("/proc/self/exe", nil).map({ pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }) else { throw ReplayError("reading /proc/self/exe: \(String(cString: strerror(errno)))") }
        let worker = program[..<(program.lastIndex(of: "/") ?? program.startIndex)] + "/quetzal-worker"
        guard access(String(worker), X_OK) == 0 else { throw ReplayError("\(worker) is missing: build product quetzal-worker too") }
        let quiet = ["LOG_LEVEL": "warn"]
        LogOutput.configure(try LogConfiguration(environment: { quiet[$0] }))
        var environment = quiet
        environment["TX_PUBLIC_SETUP_ALLOWLIST"] = options.setupAllowList
        let configuration = try ConfigurationResolver(
            arguments: ["--node", "--archiver", "--data-directory", options.dataDirectory], environment: environment, etcDirectory: nil
        ).resolve()
        let topology = try Topology(.node, kinds: [ReexecutorWorker.kind, "executor"], counts: ["executor": options.executors ?? 1])
        // The host gets its arguments in the place of secrets, of which there are none.
        let words = ["--data-directory", options.dataDirectory] + arguments
        var settings = SupervisorSettings(
            topology: topology, configuration: configuration.serialized(), secretConfigurations: ["l1": Array(words.joined(separator: "\0").utf8)],
            workerProgram: String(worker), directory: scratch.path, title: "aztec replay")
        settings.otherPrograms[ReexecutorWorker.kind] = program
        return try Supervisor(settings).run()
    }
}
