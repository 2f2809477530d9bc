import ConformanceKit
import JSON

/// Set `constants`: protocol constants, genesis states, protocol contracts and classes, allow list, presets, option
/// table and environment parsing. A file is known by its members.
public enum ConstantsConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        for path in try Vectors.files(in: directory, recursive: true) {
            let name = Vectors.name(path)
            do {
                let root = try Vectors.json(path).root
                if root["constants"] != nil, root["moduli"] != nil {
                    ConstantCases.run(root, name, &report)
                } else if root["cases"] != nil, root["testAccounts"] != nil {
                    try GenesisCases.run(root, name, &report)
                } else if root["contracts"] != nil {
                    try ContractCases.run(root, name, &report)
                } else if root["allowed"] != nil {
                    try AllowListCases.run(root, name, &report)
                } else if root["presets"] != nil {
                    PresetCases.run(root, name, &report)
                } else if root["variables"] != nil {
                    EnvironmentCases.run(root, name, &report)
                } else if root["options"] != nil, root["groups"] != nil {
                    OptionCases.run(root, name, &report)
                } else {
                    report.skip("files of no known form (\(name))")
                }
            } catch {
                report.fail(file: name, case: "reading", expected: "a readable file", got: "\(error)")
            }
        }
    }
}
