import JSON

/// The configuration of one run: every option's value with where it came from. What a worker gets is this, as bytes.
public struct ResolvedConfiguration: Sendable {
    /// Where a value came from, strongest first.
    public enum Source: String, Sendable, CaseIterable {
        case flag, environment, dotenv, file, preset, `default`
    }

    public struct Setting: Sendable, Equatable {
        public var text: String
        public var source: Source
    }

    /// Option key → text, for options that are set by anything but their default.
    public private(set) var settings: [String: Setting] = [:]
    /// Name of the chosen network, if any, and its folder.
    public var network: String?
    public var networkDirectory: String?
    public var bootnodesURL: String?
    public var genesis = GenesisConfiguration(prefilledPublicData: [])
    /// What an operator should know: options of parts that this build does not have, and the like.
    public var notes: [String] = []

    init() {}

    public mutating func set(_ key: String, _ text: String, _ source: Source) { settings[key] = Setting(text: text, source: source) }

    // MARK: Values

    /// Value of an option by key: environment name, or flag name without dashes where there is no variable.
    public func value(_ key: String) -> OptionValue {
        guard let option = OptionTable.byKey[key] else { preconditionFailure("no option «\(key)»") }
        if let setting = settings[key] { return (try? option.kind.parse(setting.text, default: option.defaultValue)) ?? option.defaultValue }
        for other in option.fallback where settings[other] != nil { return value(other) }
        return option.defaultValue
    }

    public func source(_ key: String) -> Source { settings[key]?.source ?? .default }
    public func isSet(_ key: String) -> Bool { settings[key] != nil }

    public func text(_ key: String) -> String? {
        guard let text = value(key).text, !text.isEmpty else { return nil }
        return text
    }

    public func int(_ key: String) -> Int? { value(key).int }
    public func flag(_ key: String) -> Bool { value(key).flag ?? false }
    public func double(_ key: String) -> Double? { value(key).number }
    public func texts(_ key: String) -> [String] { value(key).texts }

    // MARK: As bytes

    /// One JSON object: what the sealed memfd of a worker holds. Keys and mnemonics stay out but for those of one group.
    public func serialized(secrets: SecretScope? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("settings")
        writer.beginObject()
        for (key, setting) in settings.sorted(by: { $0.key < $1.key }) {
            if let scope = OptionTable.byKey[key]?.secretScope, scope != secrets { continue }
            writer.key(key)
            writer.value([setting.text, setting.source.rawValue])
        }
        writer.endObject()
        if let network { writer.member("network", network) }
        if let networkDirectory { writer.member("networkDirectory", networkDirectory) }
        if let bootnodesURL { writer.member("bootnodesUrl", bootnodesURL) }
        writer.key("genesis")
        genesis.write(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    public init(serialized bytes: [UInt8]) throws(ConfigurationError) {
        let root: JSONElement
        do {
            root = try JSONDocument.parse(bytes, maximumBytes: DataFile.maximumBytes).root
        } catch {
            throw ConfigurationError("the configuration handed over: \(error)")
        }
        for (key, setting) in root["settings"]?.members.map({ ($0.key, $0.value) }) ?? [] {
            guard OptionTable.byKey[key] != nil, let text = setting[0]?.string, let source = setting[1]?.string.flatMap(Source.init) else {
                throw ConfigurationError("the configuration handed over: setting «\(key)» is not understood")
            }
            set(key, text, source)
        }
        network = root["network"]?.string
        networkDirectory = root["networkDirectory"]?.string
        bootnodesURL = root["bootnodesUrl"]?.string
        if let element = root["genesis"] { genesis = try GenesisConfiguration(json: element, path: "the configuration handed over: genesis") }
    }

    // MARK: Printing

    /// `key = value (source)` of every set option; secrets redacted, URLs without user, path and query.
    public var printable: [String] {
        settings.sorted { $0.key < $1.key }.map { key, setting in
            "\(key) = \(Self.redacted(setting.text, OptionTable.byKey[key])) (\(setting.source.rawValue))"
        }
    }

    public static func redacted(_ text: String, _ option: Option?) -> String {
        guard let option else { return text }
        if option.isSecret { return "[Redacted]" }
        guard option.isURL else { return text }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { redactedURL(String($0)) }.joined(separator: ",")
    }

    /// Scheme and host only: providers put keys into path, query and user name.
    public static func redactedURL(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        let more = rest.count > authority.count && rest != authority + "/" ? "/…" : ""
        return url[..<scheme.upperBound] + host + more
    }
}

extension GenesisConfiguration {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("prefilledPublicData")
        writer.beginArray()
        for leaf in prefilledPublicData {
            writer.beginObject()
            writer.key("slot")
            writer.hex(leaf.slot)
            writer.key("value")
            writer.hex(leaf.value)
            writer.endObject()
        }
        writer.endArray()
        for (name, word) in [("genesisArchiveRoot", archiveRoot), ("vkTreeRoot", vkTreeRoot), ("protocolContractTreeRoot", protocolContractTreeRoot)] {
            if let word {
                writer.key(name)
                writer.hex(word)
            }
        }
        writer.endObject()
    }
}
