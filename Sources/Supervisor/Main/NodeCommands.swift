import Configuration
import Supervision
import Topology

/// Commands that look at a running node or ask it for something.
enum NodeCommands {
    /// `--name value` and `--name=value`, bare flags, and other words.
    struct Arguments {
        var values: [String: String] = [:]
        var flags: Set<String> = []
        var words: [String] = []

        init(_ arguments: [String], values known: Set<String>, flags knownFlags: Set<String> = []) throws {
            var rest = arguments[...]
            while let argument = rest.popFirst() {
                guard argument.hasPrefix("--") else {
                    words.append(argument)
                    continue
                }
                let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
                if knownFlags.contains(parts[0]), parts.count == 1 {
                    flags.insert(parts[0])
                } else if known.contains(parts[0]) {
                    guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else { throw CommandError("--\(parts[0]) needs a value") }
                    values[parts[0]] = value
                } else {
                    throw CommandError("unknown option «\(argument)»")
                }
            }
        }
    }

    /// The directory named, or the one of the only node there is.
    static func directory(_ arguments: Arguments) throws -> String {
        let environment = EtcDirectory.processEnvironment()
        if let path = arguments.values["data-directory"] ?? environment["DATA_DIRECTORY"], !path.isEmpty { return path }
        let found = NodeRegistry.directories { environment[$0] }
        if found.count == 1 { return found[0] }
        if found.isEmpty { throw CommandError("no node of this user runs here (another directory: --data-directory PATH)") }
        throw CommandError("several nodes run here; name one with --data-directory: \(found.joined(separator: ", "))")
    }

    static func status(_ arguments: [String]) throws -> Int32 {
        let arguments = try Arguments(arguments, values: ["data-directory"], flags: ["json"])
        guard arguments.words.isEmpty else { throw CommandError("status takes no «\(arguments.words[0])»") }
        let sample = try NodeSample(NodeView(directory: directory(arguments)))
        Output.text(arguments.flags.contains("json") ? StatusJSON.render(sample) : StatusText.render(sample))
        return sample.isHealthy ? 0 : 3
    }

    static func monitor(_ arguments: [String]) throws -> Int32 {
        let arguments = try Arguments(arguments, values: ["data-directory", "interval", "count"])
        guard arguments.words.isEmpty else { throw CommandError("monitor takes no «\(arguments.words[0])»") }
        var options = Monitor.Options()
        if let text = arguments.values["interval"] {
            guard let seconds = Double(text), seconds >= 0.05, seconds <= 86_400 else { throw CommandError("--interval: «\(text)» is no number of seconds from 0.05 up") }
            options.interval = .milliseconds(Int64(seconds * 1000))
        }
        if let text = arguments.values["count"] {
            guard let count = Int(text), count > 0 else { throw CommandError("--count: «\(text)» is no positive number") }
            options.count = count
        }
        return try Monitor.run(directory: directory(arguments), options)
    }

    static func scale(_ arguments: [String]) throws -> Int32 {
        let arguments = try Arguments(arguments, values: ["data-directory"])
        guard !arguments.words.isEmpty else { throw CommandError("scale needs KIND=NUMBER, e.g. `aztec scale api=2`") }
        return try ask("scale " + arguments.words.joined(separator: " "), arguments)
    }

    static func request(_ name: String, _ arguments: [String]) throws -> Int32 {
        let arguments = try Arguments(arguments, values: ["data-directory"])
        guard arguments.words.isEmpty else { throw CommandError("\(name) takes no «\(arguments.words[0])»") }
        // «The only node here» may be somebody else's, just when one's own did not come up.
        guard arguments.values["data-directory"] != nil || EtcDirectory.processEnvironment()["DATA_DIRECTORY"] != nil else {
            throw CommandError("\(name) needs --data-directory PATH (or DATA_DIRECTORY): it does not guess which node is meant")
        }
        return try ask(name, arguments)
    }

    private static func ask(_ request: String, _ arguments: Arguments) throws -> Int32 {
        let directory = try directory(arguments)
        let answer = try NodeControl.ask(request, directory: directory)
        guard answer.hasPrefix("ok") else { throw CommandError(answer.hasPrefix("error ") ? String(answer.dropFirst(6).prefix { $0 != "\n" }) : "the node did not answer") }
        let rest = answer.dropFirst(2).prefix { $0 != "\n" }
        Output.line((rest.isEmpty ? "" : rest.dropFirst() + " ") + "on \(directory)")
        return 0
    }

    /// What `start` with these arguments would run. Without any: the full node.
    static func topology(_ arguments: [String]) throws -> Int32 {
        let given = arguments.isEmpty ? ["--node", "--archiver"] : arguments
        let configuration = try StartCommand.resolve(given, replayPort: 0)
        Output.text(try StartCommand.topology(configuration).text)
        return 0
    }
}
