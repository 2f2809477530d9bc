import Diagnostics
import Glibc
import Testing

@Suite(.serialized) struct LoggingTests {
    /// What the log writes while `body` runs, through a real pipe.
    func captured(_ change: (inout LogConfiguration) -> Void, _ body: () -> Void) -> String {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        var configuration = LogConfiguration()
        configuration.fileDescriptor = ends[1]
        change(&configuration)
        LogOutput.configure(configuration)
        body()
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = read(ends[0], &bytes, bytes.count)
        close(ends[0])
        LogOutput.configure(LogConfiguration())
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func statementOfTheNote() throws {
        let levels = try LogLevels(parsing: "debug;warn:module1,module2;error:module3")
        #expect(levels.level == .debug)
        #expect(levels.threshold(for: "module3") == .error)
        #expect(levels.threshold(for: "x:module2:y") == .warn)
        #expect(levels.threshold(for: "other") == .debug)
        #expect(throws: LogLevels.Invalid(description: "Invalid log level: Debug")) { try LogLevels(parsing: "Debug") }
        #expect(throws: LogLevels.Invalid.self) { try LogLevels(parsing: "info;warn") }
    }

    @Test func prettyAndJSONForms() {
        let pretty = captured({ _ in }) { Logger("node").info("Started", ["port": 8080, "name": "a\"b"]) }
        #expect(pretty.hasSuffix(" INFO: node Started {\"port\":8080,\"name\":\"a\\\"b\"}\n".dropFirst()))
        #expect(pretty.first == "[" && pretty.dropFirst(13).first == "]")
        let json = captured({ $0.form = .json }) { Logger("node").warn("x\ny", ["ok": true]) }
        #expect(json.hasPrefix("{\"level\":40,\"time\":"))
        #expect(json.hasSuffix("\"module\":\"node\",\"ok\":true,\"msg\":\"x\\ny\"}\n"))
    }

    @Test func secretsAndLevels() {
        let out = captured({ $0.levels = LogLevels(level: .warn) }) {
            Logger("node").info("quiet")
            Logger("node").error("loud", ["publisherPrivateKey": "0xabc", "l1ConsensusHostApiKeys": "k"])
        }
        #expect(!out.contains("quiet") && !out.contains("0xabc") && !out.contains("\"k\""))
        #expect(out.contains("[Redacted]"))
    }
}
