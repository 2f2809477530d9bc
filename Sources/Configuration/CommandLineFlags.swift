/// Flags of one `aztec start` line, checked against the option table.
public struct CommandLineFlags: Sendable {
    public struct Occurrence: Sendable, Equatable {
        public var name: String
        public var value: String
    }

    public var occurrences: [Occurrence] = []
    /// Words that are no flags; the reference ignores them (compose files write `start` twice).
    public var words: [String] = []

    /// `arguments` without program name and command.
    public init(_ arguments: [String]) throws(ConfigurationError) {
        var at = 0
        while at < arguments.count {
            let argument = arguments[at]
            at += 1
            guard argument.hasPrefix("--"), argument.count > 2 else {
                guard !argument.hasPrefix("-") || argument == "-" else { throw Self.unknown(argument) }
                words.append(argument)
                continue
            }
            let pieces = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let option = OptionTable.byFlag[pieces[0]] else { throw Self.unknown("--" + pieces[0]) }
            if pieces.count == 2 {
                guard option.argument != .none else { throw ConfigurationError("--\(option.name) takes no value, «\(pieces[1])» was given") }
                occurrences.append(Occurrence(name: option.name, value: pieces[1]))
                continue
            }
            let follows = at < arguments.count && !(arguments[at].hasPrefix("--") && arguments[at].count > 2)
            switch option.argument {
            case .none: occurrences.append(Occurrence(name: option.name, value: "true"))
            case .optional:
                let takes = follows && option.kind.expectation(arguments[at]) == nil
                occurrences.append(Occurrence(name: option.name, value: takes ? arguments[at] : "true"))
                if takes { at += 1 }
            case .required:
                guard follows else { throw ConfigurationError("option «\(option.flag)» argument missing") }
                occurrences.append(Occurrence(name: option.name, value: arguments[at]))
                at += 1
            }
        }
    }

    private static func unknown(_ flag: String) -> ConfigurationError {
        let name = flag.drop { $0 == "-" }.lowercased()
        let near = OptionTable.byFlag.keys
            .map { (name: $0, distance: distance(Array($0.lowercased()), Array(name)), agrees: $0.lowercased().first == name.first ? 0 : 1) }
            .filter { $0.distance <= 2 }.min { ($0.agrees, $0.distance, $0.name) < ($1.agrees, $1.distance, $1.name) }?.name
        return ConfigurationError("unknown option «\(flag)»" + (near.map { "; did you mean --\($0)?" } ?? "; «aztec help start» lists all"))
    }

    /// Edit distance, for the hint.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard abs(left.count - right.count) <= 2 else { return 3 }
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (letter == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
