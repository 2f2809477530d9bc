/// What the command line says.
struct BenchmarkOptions {
    static let shared = BenchmarkOptions(CommandLine.arguments.dropFirst())

    private(set) var groups: [String]
    private(set) var json: String?
    /// Of the execution groups, the rows with this text in their name.
    private(set) var only: String?
    /// How long «execution-search» looks for slow programs.
    private(set) var searchSeconds = 60.0

    private init(_ arguments: some Sequence<String>) {
        groups = Array(arguments)
        json = take("--json")
        only = take("--only")
        if let seconds = take("--search").flatMap({ Double($0) }) { searchSeconds = seconds }
    }

    private mutating func take(_ name: String) -> String? {
        guard let at = groups.firstIndex(of: name), at + 1 < groups.count else { return nil }
        defer { groups.removeSubrange(at...(at + 1)) }
        return groups[at + 1]
    }

    func includes(_ name: String) -> Bool { only.map { !name.ranges(of: $0).isEmpty } ?? true }
}
