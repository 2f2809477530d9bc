import Configuration
import ConformanceKit
import JSON

/// Environment variables: defaults, fallbacks and what every probe text becomes.
enum EnvironmentCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        for variable in root["variables"]!.elements {
            let name = variable["env"]?.string ?? ""
            guard let option = OptionTable.byKey[name] else {
                report.fail(file: file, case: name, expected: "a known variable", got: "none")
                continue
            }
            for use in variable["usedBy"]?.elements.map({ $0 }) ?? [] { check(use, name, option, file, &report) }
        }
        for list in ["namesForwardedByTheWrapper", "withoutMapping"] {
            for name in root[list]?.elements.compactMap(\.string) ?? [] {
                report.check(file: file, case: "\(list): \(name)", expected: true, got: OptionTable.byKey[name] != nil)
            }
        }
    }

    private static func check(_ use: JSONElement, _ name: String, _ option: Option, _ file: String, _ report: inout ConformanceReport) {
        let byDefault = option.valueAlone
        report.check(file: file, case: "\(name): default", expected: use["default"].map { ValueText.text($0) } ?? "undefined", got: ValueText.text(byDefault))
        report.check(file: file, case: "\(name): fallback", expected: use["fallbackEnv"]?.elements.compactMap(\.string) ?? [], got: option.fallback)
        for (probe, outcome) in use["parse"]?.members.map({ ($0.key, $0.value) }) ?? [] {
            let refused = outcome["throws"] != nil
            do {
                let got = ValueText.text(try option.kind.parse(probe, default: byDefault))
                report.check(file: file, case: "\(name) = «\(probe)»", expected: refused ? "a refusal" : ValueText.text(outcome), got: got)
            } catch {
                report.check(file: file, case: "\(name) = «\(probe)»", expected: refused ? "a refusal" : ValueText.text(outcome), got: refused ? "a refusal" : "\(error)")
            }
        }
    }
}

/// What `--network` does to the environment.
enum PresetCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        let etc = EtcDirectory.find(environment: EtcDirectory.processEnvironment())
        for (index, preset) in root["presets"]!.elements.enumerated() {
            let network = preset["network"]?.string ?? ""
            let name = "\(index) \(network)"
            let before = strings(preset["environmentBefore"])
            do {
                let loaded = try NetworkPreset.load(network, etcDirectory: etc, home: before["HOME"] ?? "")
                let after = loaded.filling(before, bootnodes: preset["bootnodesAnswer"]?.elements.compactMap(\.string) ?? [])
                report.check(file: file, case: name, expected: strings(preset["environmentAfter"]), got: after)
                report.check(file: file, case: "\(name): boot nodes", expected: preset["bootnodesUrl"]?.string, got: loaded.bootnodesURL)
            } catch {
                report.fail(file: file, case: name, expected: "a preset", got: "\(error)")
            }
        }
        if let message = root["unknownNetwork"]?["throws"]?.string {
            let network = message.split(separator: " ").last.map(String.init) ?? ""
            report.check(file: file, case: "unknown network", refused: true) { _ = try NetworkPreset.load(network, etcDirectory: etc, home: "") }
        }
        if root["bootnodesHttpError"] != nil { report.skip("boot nodes that cannot be fetched (the P2P part reads them)") }
    }

    private static func strings(_ element: JSONElement?) -> [String: String] {
        Dictionary((element?.members.map { ($0.key, $0.value.string ?? "") }) ?? [], uniquingKeysWith: { $1 })
    }
}
