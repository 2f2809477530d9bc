import ConformanceKit
import JSON

/// The set `types`: one file a type, `{type, cases, malformedBytes, malformedJson}`, and a few of other shapes.
public enum TypesConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        var earlyRefusals = 0
        for path in try Vectors.files(in: directory, recursive: true) {
            let root = try Vectors.json(path).root
            let file = Vectors.name(path)
            // A file says which type it is; those of other shapes go by their name.
            let type = root["type"]?.string ?? Vectors.stem(path)
            if let check = specialFiles[type] {
                try check(file, root, &report)
            } else if let entry = entries[type] {
                var checks = TypeFile(name: file, root: root, entry: entry)
                checks.run(&report)
                earlyRefusals += checks.earlyRefusals
            } else {
                report.fail(file: file, case: "type", expected: "a known type", got: type)
            }
        }
        if earlyRefusals > 0 {
            print("note: \(earlyRefusals) of the accepted inputs are refused earlier than by the reference (field elements not below the modulus, numbers out of range)")
        }
    }

    typealias SpecialCheck = @Sendable (_ file: String, _ root: JSONElement, inout ConformanceReport) throws -> Void

    /// Files that do not have the common shape.
    static let specialFiles: [String: SpecialCheck] = blockFiles.merging(transactionFiles) { $1 }

    static let entries: [String: TypeEntry] = Dictionary(
        (primitiveEntries + blockEntries + contractEntries + transactionEntries).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
}
