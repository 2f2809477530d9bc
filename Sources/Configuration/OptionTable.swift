/// Every option of the node, declared once: flags, environment names, value kinds, defaults, help and documentation
/// come from these rows.
///
/// A row is `flag | ENVIRONMENT | kind | default | part | description`, with optional further cells `printed: …`
/// (default as help shows it), `else: NAME` (variable read when this one is unset) and `alone: …` (default of the
/// variable where it differs from the flag's). `-` stands for nothing; `@ TITLE` opens a help section. `part` is what
/// reads the option; parts that this build does not have are in `laterParts`.
public enum OptionTable {
    public static let options: [Option] = parse([
        nodeRows, p2pRows, sequencerRows, othersRows, quetzalRows, environmentRows,
    ])

    /// Help sections in order.
    public static let groups: [String] = options.reduce(into: []) { groups, option in
        if groups.last != option.group, option.group != "ENVIRONMENT" { groups.append(option.group) }
    }

    /// First row of every key (environment name, or flag name where there is none).
    public static let byKey: [String: Option] = options.reduce(into: [:]) { table, option in
        if table[option.key] == nil { table[option.key] = option }
    }

    public static let byFlag: [String: Option] = options.reduce(into: [:]) { table, option in
        if option.hasFlag { table[option.name] = option }
    }

    /// Parts of the node that are still to come or are programs of their own, with what to say about them.
    public static let laterParts: [String: String] = [
        "sequencer": "sequencing and validating are not in this build yet",
        "telemetry": "OTLP export is not in this build; metrics are served for Prometheus at /metrics",
        "update": "the update monitor is not in this build yet",
        "snapshot": "snapshots are not in this build yet; the node syncs from L1",
        "deploy": "deploying L1 contracts is not in this build",
        "sandbox": "the sandbox is not part of this node",
        "pxe": "PXE is not part of this node",
        "blob-sink": "a blob sink server is not part of this node",
        "prover": "proving is not part of this node",
        "bot": "the bot is not part of this node",
        "txe": "TXE is not part of this node",
        "faucet": "the faucet is not part of this node",
        "unused": "nothing reads it (it sizes or configures the reference's own stores and wrappers)",
    ]

    static func parse(_ tables: [String]) -> [Option] {
        var options: [Option] = []
        var group = ""
        for line in tables.joined(separator: "\n").split(separator: "\n") {
            if line.hasPrefix("@ ") {
                group = String(line.dropFirst(2))
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
            precondition(cells.count >= 6, "option table row has \(cells.count) cells: \(line)")
            guard let kind = ValueKind(cells[2]) else { preconditionFailure("option table has no kind «\(cells[2])»") }
            var option = Option(
                group: group, flag: cells[0], environment: cells[1] == "-" ? nil : cells[1], kind: kind,
                defaultText: defaultText(cells[3]), part: cells[4], description: cells[5])
            for extra in cells.dropFirst(6) {
                if let text = extra.dropping("printed: ") { option.printedDefault = text }
                if let text = extra.dropping("else: ") { option.fallback = text.split(separator: ",").map(String.init) }
                if let text = extra.dropping("alone: ") { option.environmentDefault = .some(defaultText(text)) }
            }
            options.append(option)
        }
        return options
    }

    private static func defaultText(_ cell: String) -> String? {
        switch cell {
        case "-": nil
        case "''": ""
        default: cell
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Groups of secrets: a worker gets at most one of them.
public enum SecretScope: String, Sendable, CaseIterable {
    /// API keys of L1 hosts.
    case l1
    /// The network key.
    case network
    /// Keys that sign for validators and pay on L1: never for a process that talks to peers.
    case signing
}

/// One row of the option table.
public struct Option: Sendable {
    /// Help section, or `ENVIRONMENT` for variables without a flag.
    public var group: String
    /// As help prints it: `--port <value>`; `-` when there is no flag.
    public var flag: String
    public var environment: String?
    public var kind: ValueKind
    public var defaultText: String?
    public var part: String
    public var description: String
    public var printedDefault: String?
    public var fallback: [String] = []
    /// Default of the variable by itself where it differs from the flag's.
    public var environmentDefault: String?? = .none

    public var hasFlag: Bool { flag != "-" }

    /// Flag without dashes and value: `port`, `archiver.blobSinkUrl`.
    public var name: String {
        guard hasFlag else { return environment ?? "" }
        return String(flag.dropFirst(2).prefix { $0 != " " })
    }

    /// The name a value is stored under: flags that share a variable share their value.
    public var key: String { environment ?? name }

    public enum Argument: String, Sendable { case none, optional, required }

    public var argument: Argument {
        if flag.hasSuffix(">") { .required } else if flag.hasSuffix("]") { .optional } else { .none }
    }

    /// A flag that chooses what `aztec start` runs (`--node`, `--pxe`, …).
    public var isModule: Bool { argument == .none && environment == nil && !name.contains(".") }

    /// Keys, mnemonics and API keys: never printed.
    public var isSecret: Bool {
        key.hasSuffix("PRIVATE_KEY") || key.hasSuffix("MNEMONIC") || key.hasSuffix("API_KEYS") || key.hasSuffix("API_KEY") || key.hasSuffix("SECRET")
    }

    /// Which workers may see it; nil for what is no secret.
    public var secretScope: SecretScope? {
        guard isSecret else { return nil }
        if key == "PEER_ID_PRIVATE_KEY" { return .network }
        return key.hasSuffix("API_KEYS") || key.hasSuffix("API_KEY") ? .l1 : .signing
    }

    /// URLs may carry keys in user information, path or query: only scheme and host are printed.
    public var isURL: Bool { kind == .url || key.hasSuffix("_URL") || key.hasSuffix("_URLS") || key.hasSuffix("_HOSTS") }

    public var defaultValue: OptionValue { kind.defaultValue(defaultText) }

    /// How messages call it: `--port (AZTEC_PORT)`.
    public var title: String {
        switch (hasFlag, environment) {
        case (true, let environment?): "--\(name) (\(environment))"
        case (true, nil): "--\(name)"
        default: environment ?? ""
        }
    }
}

extension String {
    func dropping(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}

extension Option {
    /// Default of the variable read by itself, without the flag's.
    public var valueAlone: OptionValue {
        guard case .some(let text) = environmentDefault else { return defaultValue }
        return kind.defaultValue(text)
    }

    /// Calls allowed in a tx's setup phase when nothing else is configured: AuthRegistry, FeeJuice, and the classes of
    /// Token and FPC; in the form of TX_PUBLIC_SETUP_ALLOWLIST.
    public static let defaultAllowList = """
        I:0x0000000000000000000000000000000000000000000000000000000000000001,\
        I:0x0000000000000000000000000000000000000000000000000000000000000005,\
        C:0x04bc49f0673daeaf90a2800f1977e7a6926baa21f8f7788eeadb74f9e27424fb,\
        C:0x24d75534f3753070880d4a52101b9ce6fd8f71a8112bf6ba5a01e8de9ab35820
        """
}
