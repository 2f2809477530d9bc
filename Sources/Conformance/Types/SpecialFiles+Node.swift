import ConformanceKit
import JSON
import Protocol

// Files of the node's types that are not of the common shape.
extension TypesConformance {
    /// Slot and epoch arithmetic; 64-bit numbers are decimal text.
    @Sendable static func checkEpochHelpers(_ file: String, _ root: JSONElement, _ report: inout ConformanceReport) throws {
        for (index, element) in root.list("cases").enumerated() {
            let constants = try L1RollupConstants(json: element.required("constants"))
            let schedule = try required(EpochSchedule(constants), "schedule of whole numbers")
            func input(_ key: String) throws -> UInt64 { try required(BigInteger(json: element.required(key)).uint64, "64-bit \(key)") }
            let timestamp = try input("timestamp"), slot = try input("slot"), epoch = try input("epoch")
            let slots = schedule.slots(ofEpoch: epoch), times = schedule.timestamps(ofEpoch: epoch)
            let computed: [(String, JSONTree)] = [
                ("slotAtTimestamp", .string(String(schedule.slot(at: timestamp)))),
                ("epochAtTimestamp", .string(String(schedule.epoch(at: timestamp)))),
                ("timestampForSlot", .string(String(schedule.timestamp(ofSlot: slot)))),
                ("epochAtSlot", .string(String(schedule.epoch(ofSlot: slot)))),
                ("slotRange", .strings([String(slots.lowerBound), String(slots.upperBound)])),
                ("timestampRange", .strings([String(times.start), String(times.end)])),
                ("proofDeadline", .string(String(schedule.proofSubmissionDeadline(ofEpoch: epoch)))),
            ]
            for (key, got) in computed {
                guard let expected = element[key].map({ JSONTree($0) }) else { continue }
                if got == expected { report.pass() } else {
                    report.fail(file: file, case: "case \(index) \(key)", expected: expected.compact, got: got.compact)
                }
            }
        }
    }

    /// The short form of version strings and what it is checked against.
    @Sendable static func checkComponentVersions(_ file: String, _ root: JSONElement, _ report: inout ConformanceReport) throws {
        for (index, element) in root.list("cases").enumerated() {
            guard let json = element["versions"] else {
                checkIncomplete(file, index, element, &report)
                continue
            }
            let versions = try ComponentVersions(json: json)
            if let compressed = element["compressed"]?.string {
                report.check(file: file, case: "case \(index) compressed", expected: compressed, got: versions.compressed)
            }
            for (position, check) in element.list("checks").enumerated() {
                guard let text = check["text"]?.string, let result = check["result"] else { continue }
                report.check(file: file, case: "case \(index) check \(position) «\(text)»", refused: result.isObject) { try versions.check(compressed: text) }
            }
        }
    }

    /// Versions with a member missing have no short form: reading them is refused. The case names them in its message only.
    private static func checkIncomplete(_ file: String, _ index: Int, _ element: JSONElement, _ report: inout ConformanceReport) {
        let message = element["compress"]?["throws"]?.string ?? ""
        let json = message.firstIndex(of: "{").map { String(message[$0...]) } ?? "{}"
        report.check(file: file, case: "case \(index) incomplete", refused: true) {
            _ = try ComponentVersions(json: JSONDocument.parse(json).root).compressed
        }
    }

    /// Methods a node serves, with their parameter counts.
    @Sendable static func checkNodeMethods(_ file: String, _ root: JSONElement, _ report: inout ConformanceReport) throws {
        for (key, known) in [("cases", NodeMethod.node), ("p2p", NodeMethod.p2p)] {
            let methods = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0.parameters) })
            for element in root.list(key) {
                let name = try element.required("method").requireString()
                let expected = try element.required("parameters").requireInt()
                if methods[name] == expected { report.pass() } else {
                    report.fail(file: file, case: name, expected: "\(expected) parameters", got: methods[name].map { "\($0)" } ?? "no such method")
                }
            }
        }
    }
}
