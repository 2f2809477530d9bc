import EventLoop
import Glibc
import IPC
import Supervision
import TemporaryFiles

/// A supervised test node in a process of its own, with a directory that goes with it.
final class NodeKit {
    private let temporary: TemporaryDirectory
    var directory: String { temporary.path }
    let loop: EventLoop
    /// Outlives the kit in the loop's callback.
    private final class Outcome { var exit: ProcessExit? }
    private let outcome = Outcome()
    var exit: ProcessExit? { outcome.exit }
    private(set) var process: LoopProcess?

    static let tool: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let beside = text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/quetzal-torture"
        return access(beside, X_OK) == 0 ? beside : ".build/release/quetzal-torture"
    }()

    init(_ plan: String, budget: Int = 5) throws {
        temporary = try TemporaryDirectory("test")
        loop = try EventLoop()
        process = try loop.spawn(SpawnRequest(
            program: Self.tool, arguments: ["quetzal-torture", "supervise", plan, directory, "budget=\(budget)"], environment: ["LEAK=1"])) { [outcome] in outcome.exit = $0 }
    }

    deinit {
        process?.signal(SIGKILL)
        for _ in 0..<200 where exit == nil {
            loop.poll()
            usleep(10_000)
        }
    }

    func signal(_ number: Int32) { process?.signal(number) }

    /// Waits until `condition` gives a value.
    func eventually<T>(_ seconds: Int = 20, _ condition: () throws -> T?) throws -> T {
        var last: (any Error)?
        for _ in 0..<(seconds * 200) {
            loop.poll()
            do {
                if let value = try condition() { return value }
            } catch { last = error }
            usleep(5000)
        }
        throw IPCError("did not happen within \(seconds) s (\(last.map { "\($0)" } ?? "no error"))")
    }

    /// The node's view once exactly the named workers run.
    func running(_ names: [String]) throws -> NodeView {
        try eventually {
            let view = try NodeView(directory: directory)
            let workers = try view.content().workers.filter { $0.processID != 0 }
            guard Set(workers.map(\.name)) == Set(names) else { return nil }
            return try workers.allSatisfy { try view.region($0).state == .running } ? view : nil
        }
    }

    func worker(_ view: NodeView, _ name: String) throws -> BoardContent.Worker {
        guard let worker = try view.content().workers.first(where: { $0.name == name }) else { throw IPCError("no worker \(name)") }
        return worker
    }

    /// Lines that workers left.
    func trace(_ name: String) -> [String] {
        let file = open(directory + "/" + name, O_RDONLY)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    static func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 }
}
