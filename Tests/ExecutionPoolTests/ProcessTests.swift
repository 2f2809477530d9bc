import Glibc
import Testing

/// The pool as processes (`quetzal-pool`): executors killed by SIGKILL, transactions that kill executors or never end.
@Suite(.serialized) struct ProcessTests {
    static let tool: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let beside = text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/quetzal-pool"
        return access(beside, X_OK) == 0 ? beside : ".build/release/quetzal-pool"
    }()

    /// What the tool printed, when it ended with exit code 0 within its time.
    private func run(_ arguments: String, seconds: Int = 120) throws -> String {
        let pipe = try #require(popen("timeout \(seconds) \(Self.tool) \(arguments) 2>&1", "r"))
        var text = ""
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), pipe) != nil { text += String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        #expect(pclose(pipe) == 0, "\(text.suffix(2000))")
        return text
    }

    @Test func killedExecutorsChangeNothing() throws {
        let blocks = isLong ? 500 : 40
        #expect(try run("check blocks=\(blocks) executors=3 kills=60 seed=\(isLong ? 2 : 1)", seconds: isLong ? 900 : 120).contains(", 0 blocks differ"))
    }

    @Test func poisonIsDropped() throws {
        #expect(try run("poison").contains("poisoned transactions were dropped and kept, the rest committed"))
    }

    @Test func proofsOfKilledExecutorsAreVerifiedByOthers() throws {
        let text = try run("proofs proofs=\(isLong ? 20_000 : 1000) kills=\(isLong ? 40 : 20)", seconds: isLong ? 900 : 120)
        #expect(text.contains(" 2 given up for ending executors, 0 wrong verdicts"))
        #expect(!text.contains(" 0 executors killed"))
    }
}
