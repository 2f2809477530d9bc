public import ConformanceKit
import JSON

/// The `world-state` set: recorded calls on the reference's world state (the set's README).
public enum WorldStateConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        for path in try Vectors.files(in: directory, recursive: true) {
            let name = Vectors.name(path)
            let root = try Vectors.json(path).root
            if root["cases"] != nil {
                try GenesisCases.run(root, file: name, report: &report)
            } else if (root["name"]?.string ?? name).hasPrefix("edge") {
                report.skip("peculiarities of the reference (edge-*): informative", count: root["ops"]?.count ?? 0)
            } else if root["ops"] != nil {
                // Once straight through, once with the database closed and opened between the calls on the chain.
                for reopening in [false, true] {
                    do {
                        let scenario = try Scenario(root, file: reopening ? name + " (reopening)" : name, reopening: reopening)
                        try scenario.run(&report)
                    } catch {
                        report.fail(file: name, case: "scenario", expected: "a run", got: "\(error)")
                    }
                }
            }
        }
    }
}
