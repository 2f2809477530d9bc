import EventLoop
import Glibc
import IPC
import Testing

/// Rings between real processes. Long form (QUETZAL_LONG=1): 10⁸ messages and 2,000 kills.
@Suite(.serialized) struct TortureTests {
    static let isLong = getenv("QUETZAL_LONG") != nil

    /// The tool stands beside the test program.
    static let tool: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let beside = text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/quetzal-torture"
        return access(beside, X_OK) == 0 ? beside : ".build/release/quetzal-torture"
    }()

    func run(_ arguments: [String]) throws -> ProcessExit? {
        let loop = try EventLoop()
        var result: ProcessExit?
        try loop.spawn(SpawnRequest(program: Self.tool, arguments: ["quetzal-torture"] + arguments)) { result = $0 }
        loop.run()
        return result
    }

    @Test func nothingIsLostOrDoubledWhileProcessesAreKilled() throws {
        for seed in 1...(Self.isLong ? 1 : 2) {
            #expect(try run(["ring", "messages=\(Self.isLong ? 100_000_000 : 500_000)", "kills=\(Self.isLong ? 2000 : 30)", "seed=\(seed)"]) == .code(0))
        }
    }

    @Test func aHostileProducerIsHarmless() throws {
        #expect(try run(["hostile", "rounds=\(Self.isLong ? 20_000_000 : 300_000)", "seed=3"]) == .code(0))
    }
}
