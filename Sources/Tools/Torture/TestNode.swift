import Glibc
import Supervision
import Topology

/// A supervised node of test workers. Its plans are named by what they show.
enum TestNode {
    static func run(plan name: String, directory: String, budget: Int) throws -> Int32 {
        let links = [
            LinkDeclaration("talker_reliable", from: "talker", reliableTo: ["steady"], unreliableTo: ["spinner"], carries: "Tick", depth: 64, mtu: 64, mayLackConsumers: true)
        ]
        func kind(_ name: String, _ count: KindDeclaration.Count = .fixed(1), stopOrder: Int, isEssential: Bool = false) -> KindDeclaration {
            KindDeclaration(name, count: count, function: "being \(name)", stopOrder: stopOrder, stopSeconds: 1, heartbeatSeconds: 1, bootSeconds: 5, observes: name == "steady", isEssential: isEssential)
        }
        let plan = TopologyPlan(
            kinds: [
                kind("steady", stopOrder: 1), kind("spinner", stopOrder: 2), kind("talker", .one, stopOrder: 3), kind("crasher", stopOrder: 4), kind("hanger", stopOrder: 4),
                kind("refuser", stopOrder: 4, isEssential: true), kind("stubborn", stopOrder: 2),
            ], links: links)
        let kinds = name.split(separator: "+").map(String.init)
        let topology = try Topology(plan, kinds: kinds, cores: UsableCores(allowed: 2, quota: nil))
        let counts = directory + "/counts"
        let settings = SupervisorSettings(
            topology: topology, configuration: Array(directory.utf8), workerProgram: "/proc/\(getpid())/exe", directory: directory, crashBudget: budget, title: "test node",
            reload: {
                // `steady=2` lines, as a configuration file would say.
                guard let text = UsableCores.readFile(counts) else { return .success([:]) }
                var result: [String: Int] = [:]
                for line in text.split(separator: "\n") {
                    let parts = line.split(separator: "=")
                    guard parts.count == 2, let count = Int(parts[1]) else { return .failure(TopologyError("counts: «\(line)»")) }
                    result[String(parts[0])] = count
                }
                return .success(result)
            })
        return try Supervisor(settings).run()
    }
}

extension UsableCores {
    static func readFile(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
