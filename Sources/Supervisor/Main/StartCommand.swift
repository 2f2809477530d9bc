import CLinux
import Configuration
import Diagnostics
import Glibc
import IPC
import Supervision
import TemporaryFiles
import Topology

/// `aztec start`: from flags to a supervised node.
enum StartCommand {
    static func run(_ arguments: [String]) throws -> Int32 {
        if arguments.contains("--help") || arguments.contains("-h") { return Help.print("start") }
        ql_crash_silently()
        var configuration = try resolve(arguments, replayPort: nil)
        try LogOutput.configure(LogConfiguration(environment: { configuration.settings[$0]?.text }))
        let log = Logger("cli")
        log.info("Aztec Node version: \(Release.version)")
        for note in configuration.notes { log.warn(note) }
        for line in configuration.printable { log.debug(line) }

        let temporary = configuration.dataDirectory == nil ? try TemporaryDirectory("data") : nil
        let directory = configuration.dataDirectory ?? temporary!.path
        configuration.set("DATA_DIRECTORY", directory, configuration.source("DATA_DIRECTORY"))
        try DataDirectory.create(directory)
        let lock = try DataDirectory.lock(directory)
        if temporary != nil { log.warn("no --data-directory (DATA_DIRECTORY): what is synced now is gone when the node stops") }

        if configuration.runsBootnode { try Port.check(configuration.port) }
        if configuration.runsNode { for port in [configuration.port, configuration.adminPort, configuration.metricsPort ?? 0] { try Port.check(port) } }
        let environment = EtcDirectory.processEnvironment()
        NodeRegistry.enter(directory) { environment[$0] }
        defer { NodeRegistry.leave { environment[$0] } }
        let settings = SupervisorSettings(
            topology: try topology(configuration), configuration: configuration.serialized(),
            secretConfigurations: secretConfigurations(configuration), workerProgram: try workerProgram(environment),
            directory: directory, crashBudget: configuration.crashBudget, title: "aztec \(Release.version)" + (configuration.network.map { " on \($0)" } ?? ""),
            reload: { reload(arguments) })
        let code = try Supervisor(settings).run()
        _ = consume lock
        withExtendedLifetime(temporary) {}
        return code
    }

    /// Flags, environment, files and preset; then what only this command knows: where the embedded L1 is.
    /// `replayPort` nil: a free port is taken.
    static func resolve(_ arguments: [String], replayPort: Int?) throws -> ResolvedConfiguration {
        let environment = EtcDirectory.processEnvironment()
        var configuration = try ConfigurationResolver(arguments: arguments, environment: environment, etcDirectory: EtcDirectory.find(environment: environment)).resolve()
        if configuration.l1Replay == nil, !configuration.isSet("ETHEREUM_HOSTS"), configuration.network == "demo", let directory = configuration.networkDirectory {
            configuration.set("QUETZAL_L1_REPLAY", directory, .preset)
        }
        if configuration.l1Replay != nil {
            if configuration.isSet("ETHEREUM_HOSTS") { throw CommandError("--l1-replay (QUETZAL_L1_REPLAY) and --l1-rpc-urls (ETHEREUM_HOSTS) are both set: the embedded L1 is the only one then") }
            let port = try replayPort ?? Port.findFree()
            configuration.set("ETHEREUM_HOSTS", "http://127.0.0.1:\(port)", .preset)
            configuration.set("L1_CONSENSUS_HOST_URLS", "http://127.0.0.1:\(port)/beacon", .preset)
        }
        return configuration
    }

    /// Each kind of worker sees the secrets of its own trade only.
    private static func secretConfigurations(_ configuration: ResolvedConfiguration) -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: SecretScope.allCases.map { ($0.rawValue, configuration.serialized(secrets: $0)) })
    }

    static func topology(_ configuration: ResolvedConfiguration) throws(TopologyError) -> Topology {
        if configuration.runsBootnode { return try Topology(.node, kinds: ["bootnode"], reservedCores: configuration.reservedCores) }
        var kinds: [String] = []
        if configuration.runsNode { kinds.append("api") }
        if configuration.runsNode || configuration.runsArchiver { kinds.append("archiver") }
        if configuration.runsNode { kinds += ["p2p", "executor"] }
        if configuration.l1Replay != nil { kinds.append("replay") }
        return try Topology(.node, kinds: kinds, counts: counts(configuration).filter { kinds.contains($0.key) }, reservedCores: configuration.reservedCores)
    }

    /// Options that set a number of workers. `auto` is absent.
    private static func counts(_ configuration: ResolvedConfiguration) -> [String: Int] {
        var counts: [String: Int] = [:]
        counts["api"] = configuration.count("QUETZAL_API_WORKERS")
        counts["executor"] = configuration.executors
        return counts
    }

    /// SIGHUP: the same arguments and environment, the file as it is now.
    @Sendable private static func reload(_ arguments: [String]) -> Result<[String: Int], TopologyError> {
        do {
            let topology = try topology(resolve(arguments, replayPort: 0))
            var counts: [String: Int] = [:]
            for worker in topology.workers where worker.isActive { counts[worker.kind.name, default: 0] += 1 }
            return .success(counts)
        } catch { return .failure(TopologyError("\(error)")) }
    }

    /// Beside this program, unless a test says otherwise.
    private static func workerProgram(_ environment: [String: String]) throws -> String {
        if let path = environment["QUETZAL_WORKER"], !path.isEmpty { return path }
        return try SiblingProgram.path("quetzal-worker")
    }
}
