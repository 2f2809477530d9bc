import Glibc
import Supervision
import TemporaryFiles
import Topology

/// What the host is to do: the workers' configuration, as words.
struct PoolPlan {
    enum Task: String { case check, poison, measure, count, proofs }
    /// What transactions cost when blocks are measured.
    enum Load: String {
        /// Some 0.6 ms.
        case light
        /// Some 1.5 ms, as a recorded token transfer from its bytes to its share of the roots.
        case heavy
    }

    var task: Task
    /// Or proofs.
    var blocks: UInt64
    var seed: UInt64
    /// Per cent of blocks during which executors are killed; with proofs: of every 40 turns of the host.
    var kills: UInt64 = 0
    var conflicts: UInt64 = 0
    var load = Load.light
    /// Where dropped transactions are kept.
    var directory = "/tmp"

    var text: String { "\(task.rawValue) \(blocks) \(seed) \(kills) \(conflicts) \(load.rawValue) \(directory)" }
}

extension PoolPlan {
    init?(_ bytes: [UInt8]) {
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 7, let task = Task(rawValue: words[0]), let blocks = UInt64(words[1]), let seed = UInt64(words[2]), let kills = UInt64(words[3]),
            let conflicts = UInt64(words[4]), let load = Load(rawValue: words[5])
        else { return nil }
        self.init(task: task, blocks: blocks, seed: seed, kills: kills, conflicts: conflicts, load: load, directory: words[6])
    }
}

/// A supervisor over one host and some executors; ends when the host is done.
enum PoolNode {
    static func run(_ plan: PoolPlan, executors: Int) throws -> Int32 {
        let directory = try TemporaryDirectory("pool")
        defer { withExtendedLifetime(directory) {} }
        // The node's own links.
        let topology = try Topology(.node, kinds: ["reexecutor", "executor"], counts: ["executor": executors])
        // By its name: under valgrind /proc/PID/exe is another program.
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let program = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var plan = plan
        plan.directory = directory.path
        let settings = SupervisorSettings(
            topology: topology, configuration: Array(plan.text.utf8), workerProgram: program, directory: directory.path, crashBudget: 1_000_000)
        return try Supervisor(settings).run()
    }
}
