/// Severity of a log line; raw values are the numbers of the JSON form (note 08 §8).
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case trace = 10, debug = 20, verbose = 25, info = 30, warn = 40, error = 50, fatal = 60
    /// As a threshold: nothing is written.
    case silent = 100

    public var name: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .verbose: "verbose"
        case .info: "info"
        case .warn: "warn"
        case .error: "error"
        case .fatal: "fatal"
        case .silent: "silent"
        }
    }

    public init?(name: some StringProtocol) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
