import JSON

/// What `--network` stands for: values for options that nobody set, and the genesis state. Data, in
/// `etc/networks/<name>/` (`network.json`, `genesis.json`) or in a recording's folder (`l1-contracts.json`,
/// `genesis.json`, the forms of the recordings in `chain/`).
public struct NetworkPreset: Sendable {
    public var name: String
    public var directory: String
    /// Option key → text, in the file's order.
    public var environment: [(key: String, text: String)]
    /// Where the boot nodes are listed; read by the P2P part only.
    public var bootnodesURL: String?
    public var genesis: GenesisConfiguration?

    /// `network`: a name of `etc/networks`, or a path of a folder elsewhere. `home` fills `$HOME`.
    public static func load(_ network: String, etcDirectory: String?, home: String) throws(ConfigurationError) -> NetworkPreset {
        let isName = !network.contains("/") && !network.hasPrefix(".")
        if isName, let etcDirectory {
            let directory = etcDirectory + "/networks/" + network
            if DataFile.isDirectory(directory) { return try read(directory, name: network, home: home) }
        }
        if DataFile.isDirectory(network) {
            let trimmed = network.count > 1 && network.hasSuffix("/") ? String(network.dropLast()) : network
            return try read(trimmed, name: trimmed.split(separator: "/").last.map(String.init) ?? "network", home: home)
        }
        guard isName else { throw ConfigurationError("--network (NETWORK): «\(network)» is not a folder") }
        let known = etcDirectory.map { DataFile.names(in: $0 + "/networks") } ?? []
        throw ConfigurationError("Unknown network name: \(network)" + (known.isEmpty ? "" : " (known: \(known.joined(separator: ", ")); a folder may be given instead)"))
    }

    /// The environment as the reference leaves it after `--network`: unset and empty variables filled, boot nodes joined.
    public func filling(_ environment: [String: String], bootnodes: [String]) -> [String: String] {
        var filled = environment
        for (key, text) in self.environment + [("BOOTSTRAP_NODES", bootnodes.joined(separator: ","))] where filled[key, default: ""].isEmpty {
            filled[key] = text
        }
        return filled
    }

    static func read(_ directory: String, name: String, home: String) throws(ConfigurationError) -> NetworkPreset {
        var preset: NetworkPreset
        if DataFile.exists(directory + "/network.json") {
            preset = try fromNetworkFile(directory, name: name, home: home)
        } else if DataFile.exists(directory + "/l1-contracts.json") {
            preset = try fromRecording(directory, name: name, home: home)
        } else {
            throw ConfigurationError("--network (NETWORK): \(directory) has neither network.json nor l1-contracts.json")
        }
        let genesis = directory + "/genesis.json"
        if DataFile.exists(genesis) { preset.genesis = try GenesisConfiguration(json: json(genesis), path: genesis) }
        return preset
    }

    static func json(_ path: String) throws(ConfigurationError) -> JSONElement {
        let bytes = try DataFile.read(path)
        do {
            return try JSONDocument.parse(bytes).root
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
    }

    private static func fromNetworkFile(_ directory: String, name: String, home: String) throws(ConfigurationError) -> NetworkPreset {
        let path = directory + "/network.json"
        let root = try json(path)
        var environment: [(key: String, text: String)] = []
        guard let members = root["environment"], members.isObject else { throw ConfigurationError("\(path): member «environment» is missing") }
        for (key, value) in members.members {
            guard OptionTable.byKey[key] != nil else { throw ConfigurationError("\(path): «\(key)» is no option") }
            guard let text = value.string else { throw ConfigurationError("\(path): \(key) must be a text") }
            environment.append((key, expanded(text, home: home, directory: directory)))
        }
        return NetworkPreset(
            name: name, directory: directory, environment: environment, bootnodesURL: root["bootnodesUrl"]?.string, genesis: nil)
    }

    private static func expanded(_ text: String, home: String, directory: String) -> String {
        if let rest = text.dropping("$HOME") { return home + rest }
        if let rest = text.dropping("$NETWORK") { return directory + rest }
        return text
    }

    private static func fromRecording(_ directory: String, name: String, home: String) throws(ConfigurationError) -> NetworkPreset {
        let path = directory + "/l1-contracts.json"
        let root = try json(path)
        var environment: [(key: String, text: String)] = []
        func take(_ key: String, _ value: JSONElement?) {
            if let text = value?.string ?? value?.int.map(String.init) { environment.append((key, text)) }
        }
        take("L1_CHAIN_ID", root["chainId"])
        take("ROLLUP_VERSION", root["rollupVersion"])
        for (member, key) in [
            ("ethereumSlotDuration", "ETHEREUM_SLOT_DURATION"), ("aztecSlotDuration", "AZTEC_SLOT_DURATION"),
            ("aztecEpochDuration", "AZTEC_EPOCH_DURATION"), ("aztecProofSubmissionWindow", "AZTEC_PROOF_SUBMISSION_WINDOW"),
            ("aztecTargetCommitteeSize", "AZTEC_TARGET_COMMITTEE_SIZE"),
        ] { take(key, root["config"]?[member]) }
        for (member, value) in root["addresses"]?.members.map({ ($0.key, $0.value) }) ?? [] {
            if let key = L1ContractName.byMember[member] { take(key, value) }
        }
        guard environment.contains(where: { $0.key == "REGISTRY_CONTRACT_ADDRESS" }) else {
            throw ConfigurationError("\(path): addresses.registryAddress is missing")
        }
        environment.append(("DATA_DIRECTORY", home + "/.aztec/\(name)/data"))
        return NetworkPreset(name: name, directory: directory, environment: environment, bootnodesURL: nil, genesis: nil)
    }
}

/// L1 contracts by the member names of L1ContractAddresses (note 08 §2.2) and their variables.
public enum L1ContractName {
    public static let all: [(member: String, key: String)] = [
        ("rollupAddress", "ROLLUP_CONTRACT_ADDRESS"), ("registryAddress", "REGISTRY_CONTRACT_ADDRESS"),
        ("inboxAddress", "INBOX_CONTRACT_ADDRESS"), ("outboxAddress", "OUTBOX_CONTRACT_ADDRESS"),
        ("feeJuiceAddress", "FEE_JUICE_CONTRACT_ADDRESS"), ("stakingAssetAddress", "STAKING_ASSET_CONTRACT_ADDRESS"),
        ("feeJuicePortalAddress", "FEE_JUICE_PORTAL_CONTRACT_ADDRESS"), ("coinIssuerAddress", "COIN_ISSUER_CONTRACT_ADDRESS"),
        ("rewardDistributorAddress", "REWARD_DISTRIBUTOR_CONTRACT_ADDRESS"),
        ("governanceProposerAddress", "GOVERNANCE_PROPOSER_CONTRACT_ADDRESS"), ("governanceAddress", "GOVERNANCE_CONTRACT_ADDRESS"),
        ("slashFactoryAddress", "SLASH_FACTORY_CONTRACT_ADDRESS"), ("feeAssetHandlerAddress", "FEE_ASSET_HANDLER_CONTRACT_ADDRESS"),
        ("stakingAssetHandlerAddress", "STAKING_ASSET_HANDLER_CONTRACT_ADDRESS"),
    ]
    public static let byMember = Dictionary(uniqueKeysWithValues: all.map { ($0.member, $0.key) })
}
