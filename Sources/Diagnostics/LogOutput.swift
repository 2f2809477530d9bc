import Glibc
import Synchronization

/// How and where log lines of this process are written. Set once at start.
public struct LogConfiguration: Sendable {
    public enum Form: Sendable { case pretty, json, gcloud }

    public var levels = LogLevels()
    public var form = Form.pretty
    public var colours = false
    /// Data under the message, one line a key, instead of one JSON object behind it.
    public var multiline = false
    /// Stands in every line as data, e.g. worker kind and index.
    public var context: [(String, LogValue)] = []
    public var fileDescriptor: Int32 = 2

    public init() {}

    /// `LOG_LEVEL`, `LOG_JSON`, `USE_GCLOUD_LOGGING`, `LOG_MULTILINE`, `FORCE_COLOR`/`NO_COLOR` (note 08 §8).
    public init(environment: (String) -> String?) throws(LogLevels.Invalid) {
        func isOn(_ name: String) -> Bool { ["1", "true", "TRUE"].contains(environment(name) ?? "") }
        levels = try LogLevels(parsing: environment("LOG_LEVEL") ?? "")
        form = isOn("USE_GCLOUD_LOGGING") ? .gcloud : isOn("LOG_JSON") ? .json : .pretty
        multiline = isOn("LOG_MULTILINE")
        let forced = environment("FORCE_COLOR").map { !$0.isEmpty && $0 != "0" && $0 != "false" }
        colours = forced ?? (isatty(2) == 1 && environment("NO_COLOR") == nil)
    }
}

/// The process's log output. A line is one `write`, so lines of several processes on one pipe do not mix.
public enum LogOutput {
    private struct State {
        var configuration = LogConfiguration()
        var thresholds: [String: LogLevel] = [:]
        var hostname = ""
    }

    private static let state = Mutex(State())

    public static func configure(_ configuration: LogConfiguration) {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        state.withLock {
            $0.configuration = configuration
            $0.thresholds = [:]
            $0.hostname = host
        }
    }

    static func isOn(_ level: LogLevel, module: String) -> Bool {
        state.withLock { state in
            if let threshold = state.thresholds[module] { return level >= threshold }
            let threshold = state.configuration.levels.threshold(for: module)
            state.thresholds[module] = threshold
            return level >= threshold
        }
    }

    static func write(_ level: LogLevel, module: String, message: String, data: [(String, LogValue)]) {
        let (configuration, hostname) = state.withLock { ($0.configuration, $0.hostname) }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let data = (configuration.context + data).map { isSecret($0.0) ? ($0.0, LogValue.string("[Redacted]")) : $0 }
        var line: [UInt8] = []
        line.reserveCapacity(256)
        switch configuration.form {
        case .pretty: appendPretty(level, module, message, data, now, configuration, to: &line)
        case .json, .gcloud: appendObject(level, module, message, data, now, configuration.form, hostname, to: &line)
        }
        line.append(0x0a)
        var sent = 0
        while sent < line.count {
            let count = line[sent...].withUnsafeBytes { Glibc.write(configuration.fileDescriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return  // nowhere left to say that logging failed
            }
            sent += count
        }
    }

    /// Keys that never show their value, whoever passes them.
    static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        return key.hasSuffix("privatekey") || key.hasSuffix("privatekeys") || key.hasSuffix("mnemonic") || key.hasSuffix("apikeys")
            || key.hasSuffix("apikey")
    }

    private static func appendPretty(
        _ level: LogLevel, _ module: String, _ message: String, _ data: [(String, LogValue)], _ now: timespec,
        _ configuration: LogConfiguration, to line: inout [UInt8]
    ) {
        var seconds = now.tv_sec
        var parts = tm()
        localtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let millis = now.tv_nsec / 1_000_000
        let padded = millis < 10 ? "00\(millis)" : millis < 100 ? "0\(millis)" : "\(millis)"
        line.append(contentsOf: "[\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(padded)] ".utf8)
        let name = level.name.uppercased()
        let code = level >= .error ? "31" : level == .warn ? "33" : level == .info ? "32" : level == .verbose ? "35" : "34"
        line.append(contentsOf: (configuration.colours ? "\u{1b}[\(code)m\(name)\u{1b}[39m" : name).utf8)
        line.append(contentsOf: ": ".utf8)
        line.append(contentsOf: (configuration.colours ? "\u{1b}[1m\(module)\u{1b}[22m" : module).utf8)
        line.append(0x20)
        // A control character of a message from outside must not move the operator's terminal.
        line.append(contentsOf: message.utf8.map { $0 < 0x20 && $0 != 0x09 ? 0x20 : $0 })
        guard !data.isEmpty else { return }
        if configuration.multiline {
            for (key, value) in data {
                line.append(contentsOf: "\n    ".utf8)
                line.append(contentsOf: key.utf8)
                line.append(contentsOf: ": ".utf8)
                value.appendJSON(to: &line)
            }
        } else {
            line.append(contentsOf: " {".utf8)
            appendMembers(data, to: &line)
            line.append(0x7d)
        }
    }

    private static func appendObject(
        _ level: LogLevel, _ module: String, _ message: String, _ data: [(String, LogValue)], _ now: timespec,
        _ form: LogConfiguration.Form, _ hostname: String, to line: inout [UInt8]
    ) {
        let millis = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
        var members: [(String, LogValue)] = form == .gcloud
            ? [("severity", .string(gcloudSeverity(level))), ("timestamp", .integer(millis))]
            : [("level", .integer(Int64(level.rawValue))), ("time", .integer(millis))]
        members += [("pid", .integer(Int64(getpid()))), ("hostname", .string(hostname)), ("module", .string(module))]
        members += data
        members.append((form == .gcloud ? "message" : "msg", .string(message)))
        line.append(0x7b)
        appendMembers(members, to: &line)
        line.append(0x7d)
    }

    private static func gcloudSeverity(_ level: LogLevel) -> String {
        switch level {
        case .fatal, .silent: "CRITICAL"
        case .error: "ERROR"
        case .warn: "WARNING"
        case .info: "INFO"
        default: "DEBUG"
        }
    }

    private static func appendMembers(_ members: [(String, LogValue)], to line: inout [UInt8]) {
        for (index, member) in members.enumerated() {
            if index > 0 { line.append(0x2c) }
            appendJSONString(member.0, to: &line)
            line.append(0x3a)
            member.1.appendJSON(to: &line)
        }
    }
}
