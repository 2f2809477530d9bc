/// Puts flags, environment, `.env`, configuration file, network preset and defaults together, in that order of strength.
public struct ConfigurationResolver: Sendable {
    /// Words behind `aztec start`.
    public var arguments: [String]
    public var environment: [String: String]
    /// Folder that holds `networks/` (see `EtcDirectory`).
    public var etcDirectory: String?
    /// Folder whose `.env` is read.
    public var workingDirectory: String

    public init(arguments: [String], environment: [String: String], etcDirectory: String?, workingDirectory: String = ".") {
        self.arguments = arguments
        self.environment = environment
        self.etcDirectory = etcDirectory
        self.workingDirectory = workingDirectory
    }

    public func resolve() throws(ConfigurationError) -> ResolvedConfiguration {
        var configuration = ResolvedConfiguration()
        try applyFlags(to: &configuration)
        try applyEnvironment(environment, .environment, place: "environment variable", to: &configuration)
        try applyDotenv(to: &configuration)
        try applyFile(to: &configuration)
        try applyPreset(to: &configuration)
        if configuration.genesis.prefilledPublicData.isEmpty {
            let roots = configuration.genesis
            configuration.genesis = .funded(testAccounts: configuration.flag("TEST_ACCOUNTS"), sponsoredFPC: configuration.flag("SPONSORED_FPC"))
            configuration.genesis.archiveRoot = roots.archiveRoot
            configuration.genesis.vkTreeRoot = roots.vkTreeRoot
            configuration.genesis.protocolContractTreeRoot = roots.protocolContractTreeRoot
        }
        try checkTogether(&configuration)
        return configuration
    }

    // MARK: Sources

    private func applyFlags(to configuration: inout ResolvedConfiguration) throws(ConfigurationError) {
        var given: [String: (flag: String, value: String)] = [:]
        for occurrence in try CommandLineFlags(arguments).occurrences {
            guard let option = OptionTable.byFlag[occurrence.name] else { continue }
            try check(option, occurrence.value, "--\(occurrence.name)")
            if let earlier = given[option.key], earlier.flag != occurrence.name, earlier.value != occurrence.value {
                throw ConfigurationError("--\(earlier.flag) \(shown(earlier.value, option)) and --\(occurrence.name) \(shown(occurrence.value, option)) set the same option (\(option.key)) to different values")
            }
            given[option.key] = (occurrence.name, occurrence.value)
            configuration.set(option.key, occurrence.value, .flag)
            noteLater(option, "--\(occurrence.name)", &configuration)
        }
    }

    private func applyEnvironment(
        _ variables: [String: String], _ source: ResolvedConfiguration.Source, place: String, to configuration: inout ResolvedConfiguration
    ) throws(ConfigurationError) {
        for (name, text) in variables.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
            guard let option = OptionTable.byKey[name], option.environment != nil else {
                if name.hasPrefix("QUETZAL_"), !Self.otherVariables.contains(name) { throw ConfigurationError("\(place) \(name): there is no such option") }
                continue
            }
            guard !configuration.isSet(name) else { continue }
            try check(option, text, "\(place) \(name)")
            configuration.set(name, text, source)
            // Foreign programs' variables (DEBUG, TELEMETRY, …) are nobody's mistake.
            if option.hasFlag || option.part != "unused" { noteLater(option, "\(place) \(name)", &configuration) }
        }
    }

    /// Variables of tools and tests, not of the node.
    static let otherVariables: Set<String> = ["QUETZAL_VECTORS", "QUETZAL_LONG", "QUETZAL_FOCUS", "QUETZAL_ETC", "QUETZAL_WORKER"]

    private func applyDotenv(to configuration: inout ResolvedConfiguration) throws(ConfigurationError) {
        let path = workingDirectory + "/.env"
        guard DataFile.exists(path) else { return }
        var variables: [String: String] = [:]
        for line in try SettingsFile.parse(String(decoding: try DataFile.read(path), as: UTF8.self), path: path) { variables[line.name] = line.value }
        try applyEnvironment(variables, .dotenv, place: "\(path), variable", to: &configuration)
    }

    private func applyFile(to configuration: inout ResolvedConfiguration) throws(ConfigurationError) {
        guard let path = configuration.text("QUETZAL_CONFIG") else { return }
        for line in try SettingsFile.parse(String(decoding: try DataFile.read(path), as: UTF8.self), path: path) {
            let place = "\(path):\(line.number): \(line.name)"
            guard let option = OptionTable.byFlag[line.name] ?? OptionTable.byKey[line.name] else {
                throw ConfigurationError("\(place): there is no such option")
            }
            if line.value.isEmpty { continue }
            try check(option, line.value, place)
            guard !configuration.isSet(option.key) || configuration.source(option.key) == .file else { continue }
            configuration.set(option.key, line.value, .file)
            noteLater(option, place, &configuration)
        }
    }

    private func applyPreset(to configuration: inout ResolvedConfiguration) throws(ConfigurationError) {
        guard let network = configuration.text("NETWORK") else { return }
        let preset = try NetworkPreset.load(network, etcDirectory: etcDirectory, home: environment["HOME"] ?? "/root")
        configuration.network = preset.name
        configuration.networkDirectory = preset.directory
        configuration.bootnodesURL = preset.bootnodesURL
        if let genesis = preset.genesis { configuration.genesis = genesis }
        for (key, text) in preset.environment where !configuration.isSet(key) {
            guard let option = OptionTable.byKey[key] else { continue }
            try check(option, text, "network \(preset.name), \(key)")
            configuration.set(key, text, .preset)
        }
    }

    // MARK: Checks

    private func check(_ option: Option, _ text: String, _ place: String) throws(ConfigurationError) {
        guard let expected = option.kind.expectation(text) else { return }
        throw ConfigurationError("\(place): «\(shown(text, option))» is not accepted for \(option.title): \(expected) is expected")
    }

    private func shown(_ text: String, _ option: Option) -> String { ResolvedConfiguration.redacted(text, option) }

    private func noteLater(_ option: Option, _ place: String, _ configuration: inout ResolvedConfiguration) {
        guard let reason = OptionTable.laterParts[option.part] else { return }
        configuration.notes.append("\(place) has no effect: \(reason)")
    }

    private func checkTogether(_ configuration: inout ResolvedConfiguration) throws(ConfigurationError) {
        for (key, low) in [("AZTEC_PORT", 0), ("AZTEC_ADMIN_PORT", 0), ("QUETZAL_METRICS_PORT", 0)] {
            if let port = configuration.int(key), !(low...65535).contains(port) {
                throw ConfigurationError("\(OptionTable.byKey[key]!.title): «\(port)» is no port: 0 to 65535 is expected")
            }
        }
        if configuration.port == configuration.adminPort, configuration.port != 0 {
            throw ConfigurationError("--port (AZTEC_PORT) and --admin-port (AZTEC_ADMIN_PORT) are both \(configuration.port)")
        }
        for key in ["ETHEREUM_HOSTS", "L1_CONSENSUS_HOST_URLS"] {
            for url in configuration.texts(key) where !url.isEmpty && !(url.hasPrefix("http://") || url.hasPrefix("https://")) {
                throw ConfigurationError("\(OptionTable.byKey[key]!.title): «\(ResolvedConfiguration.redactedURL(url))» is not accepted: http:// or https:// URLs, comma separated, are expected")
            }
        }
        let modules = OptionTable.options.filter { $0.isModule && configuration.flag($0.key) }
        for module in modules where !["node", "p2p"].contains(module.part) {
            let reason = OptionTable.laterParts[module.part] ?? ""
            throw ConfigurationError("--\(module.name): \(reason); start without it to run a full node")
        }
        if modules.isEmpty { throw ConfigurationError("No module specified to start (--node --archiver runs a full node)") }
    }
}
