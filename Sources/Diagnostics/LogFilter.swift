import Glibc

/// A `LOG_LEVEL` statement: a default level and per-module overrides (note 08 §8).
public struct LogLevels: Sendable {
    public struct Invalid: Error, Equatable, Sendable, CustomStringConvertible {
        public var description: String
        public init(description: String) { self.description = description }
    }

    struct Rule: Sendable, Equatable {
        var module: String
        var level: LogLevel
    }

    public var level: LogLevel
    /// In the order they are tried: the last one written wins.
    var rules: [Rule]

    public init(level: LogLevel = .info) {
        self.level = level
        rules = []
    }

    /// Parses `LEVEL[;LEVEL:module[,module]]…`; the first segment must be a level exactly as written.
    public init(parsing statement: String) throws(Invalid) {
        self.init()
        guard !statement.isEmpty else { return }
        let segments = statement.split(separator: ";", omittingEmptySubsequences: false)
        guard let level = LogLevel(name: segments[0]) else { throw Invalid(description: "Invalid log level: \(segments[0])") }
        self.level = level
        for segment in segments.dropFirst() {
            let parts = segment.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let level = LogLevel(name: Self.tidy(parts[0])) else {
                throw Invalid(description: "Invalid log filter statement: \(segment)")
            }
            for module in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                let module = Self.tidy(module)
                guard !module.isEmpty else { throw Invalid(description: "Invalid log filter statement: \(segment)") }
                rules.append(Rule(module: module.hasPrefix("aztec:") ? String(module.dropFirst(6)) : module, level: level))
            }
        }
        rules.reverse()
    }

    /// Threshold for one module. Each rule is an unanchored regular expression, or a prefix where it is not a valid one.
    public func threshold(for module: String) -> LogLevel {
        rules.first { Self.matches($0.module, module) }?.level ?? level
    }

    static func matches(_ pattern: String, _ module: String) -> Bool {
        var expression = regex_t()
        guard regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return module.hasPrefix(pattern) }
        defer { regfree(&expression) }
        return regexec(&expression, module, 0, nil, 0) == 0
    }

    static func tidy(_ text: some StringProtocol) -> String {
        var characters = text.lowercased()[...]
        while characters.first?.isWhitespace == true { characters.removeFirst() }
        while characters.last?.isWhitespace == true { characters.removeLast() }
        return String(characters)
    }
}
