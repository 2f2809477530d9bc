public import ConformanceKit
import Bytes
import Field
import JSON

/// The set `crypto`: fields, hashes, curves, signatures, derived identifiers, trees, blobs. What a file is, its
/// sections say, not its name.
public enum CryptoConformance {
    typealias Section = @Sendable (Case) throws -> Void

    /// Sections that are arrays of cases.
    static let sections: [String: Section] = FieldCases.sections
        .merging(PoseidonCases.sections) { a, _ in a }
        .merging(HashCases.sections) { a, _ in a }
        .merging(GrumpkinCases.sections) { a, _ in a }
        .merging(SignatureCases.sections) { a, _ in a }
        .merging(DerivationCases.sections) { a, _ in a }
        .merging(MerkleCases.sections) { a, _ in a }
        .merging(BlobCases.sections) { a, _ in a }

    public static func run(directory: String, report: inout ConformanceReport) throws {
        for path in try Vectors.files(in: directory, recursive: true) {
            try run(file: path, report: &report)
        }
    }

    static func run(file path: String, report: inout ConformanceReport) throws {
        let name = Vectors.name(path)
        let document: JSONDocument
        do { document = try Vectors.json(path) } catch {
            report.fail(file: name, case: "file", expected: "JSON", got: "\(error)")
            return
        }
        let root = document.root
        for (key, value) in root.members {
            if let section = sections[key], value.isArray {
                for (index, element) in value.elements.enumerated() {
                    run(Case(element), file: name, label: "\(key)[\(index)]", section, &report)
                }
            } else if let constant = constants[key] {
                // A member of the file itself, compared as a one-member case.
                let holder = Case(root)
                holder.expect(key, constant)
                tally(holder, file: name, label: key, &report)
            } else if key == "zeroHashes" {
                run(Case(value), file: name, label: key, MerkleCases.zeroHashes, &report)
            } else if !remarks.contains(key) {
                report.fail(file: name, case: key, expected: "a section of the crypto set", got: "a section this tool does not know")
            }
        }
    }

    /// Members with a value of their own.
    static let constants: [String: Outcome] = [
        "frModulus": .bytes(Fr.modulus.bigEndianBytes),
        "fqModulus": .bytes(Fq.modulus.bigEndianBytes),
        "generator": .bytes(GrumpkinPoint.generator.nativeBytes),
    ]

    /// Members that only say something about the file.
    static let remarks: Set<String> = ["description", "blobsHashFrom"]

    static func run(_ item: Case, file: String, label: String, _ section: Section, _ report: inout ConformanceReport) {
        do {
            try section(item)
            item.finish()
            tally(item, file: file, label: label, &report)
        } catch {
            report.fail(file: file, case: label, expected: "a case in the format of the set's README", got: "\(error)")
        }
    }

    /// A case counts once; each member that differs has its line.
    static func tally(_ item: Case, file: String, label: String, _ report: inout ConformanceReport) {
        guard let first = item.failures.first else { return report.pass() }
        let more = item.failures.dropFirst().map { "; \($0.key) expected \($0.expected) got \($0.got)" }.joined()
        report.fail(file: file, case: "\(label).\(first.key)", expected: first.expected, got: first.got + more)
    }
}
