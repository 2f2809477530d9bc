import Bytes
import ConformanceKit
import JSON
import Protocol

/// `BlobFieldsDecoding`: crafted words → bytes of the tx effect and of the body they decode to.
enum BlobFieldsChecks {
    @Sendable static func run(file: String, root: JSONElement, report: inout ConformanceReport) throws {
        for (index, element) in root.list("cases").enumerated() {
            let label = "case \(index) \(element["label"]?.string ?? "")"
            let words = element.list("words").flatMap { Hex.decode($0.string ?? "") ?? [] }
            check(element["txEffect"], file, label + " txEffect", &report) {
                var reader = ByteReader(words)
                return try TxEffect(blobWords: &reader).serialized
            }
            check(element["body"], file, label + " body", &report) { try Body(blobWords: words[...]).serialized }
        }
    }

    private static func check(
        _ expected: JSONElement?, _ file: String, _ label: String, _ report: inout ConformanceReport, _ decode: () throws -> [UInt8]
    ) {
        guard let expected else { return }
        do {
            let got = try decode().hex
            if let text = expected.string {
                report.check(file: file, case: label, expected: text, got: got)
            } else {
                report.fail(file: file, case: label, expected: "a refusal: \(JSONTree(expected).compact)", got: got)
            }
        } catch {
            if expected.isObject { report.pass() } else { report.fail(file: file, case: label, expected: expected.string ?? "", got: "\(error)") }
        }
    }
}
