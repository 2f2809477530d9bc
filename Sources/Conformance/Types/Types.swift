import ConformanceKit
import JSON

/// The set `types`: one file a type, `{type, cases, malformedBytes, malformedJson}`, and a few of other shapes.
public enum TypesConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        var earlyRefusals = 0
        for path in try Vectors.files(in: directory, recursive: true) {
            let file = Vectors.name(path)
            do {
                earlyRefusals += try run(file, path, &report)
            } catch {
                // One unreadable file says nothing about the others.
                report.fail(file: file, case: "reading the file", expected: "a file of the set", got: "\(error)")
            }
        }
        if earlyRefusals > 0 {
            print("note: \(earlyRefusals) of the accepted inputs are refused earlier than by the reference (field elements not below the modulus, numbers out of range)")
        }
    }

    /// Runs one file; answers how many accepted inputs were refused early.
    private static func run(_ file: String, _ path: String, _ report: inout ConformanceReport) throws -> Int {
        let root = try Vectors.json(path).root
        let type = root["type"]?.string ?? specialType(of: root) ?? Vectors.stem(path)
        if let check = specialFiles[type] {
            try check(file, root, &report)
            return 0
        }
        guard let entry = entries[type] else {
            report.fail(file: file, case: "type", expected: "a known type", got: type)
            return 0
        }
        var checks = TypeFile(name: file, root: root, entry: entry)
        checks.run(&report)
        return checks.earlyRefusals
    }

    /// Files of other shapes do not say which they are: a member that only their cases have does.
    private static func specialType(of root: JSONElement) -> String? {
        let marks = [
            ("words", "BlobFieldsDecoding"), ("event", "ContractEvents"), ("slotAtTimestamp", "EpochHelpers"),
            ("compressed", "ComponentVersions"), ("incomplete", "ComponentVersions"), ("method", "NodeApiMethods"),
        ]
        guard let first = root.list("cases").first else { return nil }
        return marks.first { first[$0.0] != nil }?.1
    }

    typealias SpecialCheck = @Sendable (_ file: String, _ root: JSONElement, inout ConformanceReport) throws -> Void

    /// Files that do not have the common shape.
    static let specialFiles: [String: SpecialCheck] = blockFiles.merging(transactionFiles) { $1 }

    static let entries: [String: TypeEntry] = Dictionary(
        (primitiveEntries + blockEntries + contractEntries + transactionEntries).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
}
