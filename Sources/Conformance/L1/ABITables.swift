import Bytes
import ConformanceKit
import JSON
import L1

func hexDigits(_ text: String) -> [UInt8]? { Hex.decode(text) }

/// Positions of the indexed parameters of events, by contract and signature, from the set's own tables; our
/// declarations fill in. Contracts may share a signature and differ in what is indexed.
struct ABITables {
    var indexed: [String: [Int]] = [:]

    mutating func add(_ root: JSONElement) {
        guard let contracts = root["contracts"] else { return }
        for contract in contracts.elements {
            let name = contract["contract"]?.string ?? ""
            for event in contract["events"]?.elements.map({ $0 }) ?? [] {
                guard let signature = event["signature"]?.string else { continue }
                let inputs = event["inputs"]?.elements.map { $0 } ?? []
                indexed["\(name).\(signature)"] = inputs.indices.filter { inputs[$0]["indexed"]?.bool == true }
            }
        }
    }

    func event(_ signature: String, of contract: String) -> ABIEvent? {
        if let known = indexed["\(contract).\(signature)"] { return try? ABIEvent(parsing: signature, indexed: known) }
        return L1EventDeclarations.all.first { $0.signature == signature }
    }
}

enum ABITablesCases {
    static let declared: [String: [ABIFunction]] = [
        "Rollup": RollupFunctions.all, "Registry": RegistryFunctions.all, "Inbox": InboxFunctions.all, "Outbox": OutboxFunctions.all,
        "Forwarder": ForwarderFunctions.all,
    ]

    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        for contract in root["contracts"]!.elements {
            let name = contract["contract"]?.string ?? "?"
            var signatures: [String: String] = [:]
            for function in contract["functions"]?.elements.map({ $0 }) ?? [] {
                guard let signature = function["signature"]?.string else { continue }
                let outputs = "(" + (function["outputs"]?.elements.map { $0["type"]?.string ?? "" } ?? []).joined(separator: ",") + ")"
                signatures[signature] = outputs
                guard let parsed = try? ABIFunction(parsing: signature, outputs: outputs) else {
                    report.fail(file: file, case: "\(name).\(signature)", expected: "a readable signature", got: "refusal")
                    continue
                }
                report.check(file: file, case: "\(name).\(signature) selector", expected: function["selector"]?.string ?? "", got: parsed.selector.hex)
                report.check(
                    file: file, case: "\(name).\(signature) inputs", expected: function["inputs"]?.elements.map { $0["type"]?.string ?? "" } ?? [],
                    got: parsed.inputs.map(\.description))
            }
            for function in declared[name] ?? [] where !signatures.isEmpty {
                report.check(
                    file: file, case: "\(name).\(function.signature) as the node declares it", expected: signatures[function.signature] ?? "(not in the table)",
                    got: "(" + function.outputs.map(\.description).joined(separator: ",") + ")")
            }
            for event in contract["events"]?.elements.map({ $0 }) ?? [] {
                guard let signature = event["signature"]?.string else { continue }
                let inputs = event["inputs"]?.elements.map { $0 } ?? []
                let indexed = inputs.indices.filter { inputs[$0]["indexed"]?.bool == true }
                guard let parsed = try? ABIEvent(parsing: signature, indexed: indexed) else {
                    report.fail(file: file, case: "\(name).\(signature)", expected: "a readable signature", got: "refusal")
                    continue
                }
                report.check(file: file, case: "\(name).\(signature) topic", expected: event["topic"]?.string ?? "", got: parsed.topic.hex)
                if let ours = L1EventDeclarations.all.first(where: { $0.signature == signature }) {
                    report.check(file: file, case: "\(name).\(signature) as the node declares it", expected: parsed.indexed, got: ours.indexed)
                }
            }
            for error in contract["errors"]?.elements.map({ $0 }) ?? [] { check(error, file, &report) }
        }
    }

    static func runErrors(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        for error in root["errors"]!.elements { check(error, file, &report) }
    }

    private static func check(_ error: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        let signature = error["signature"]?.string ?? "?"
        guard let selector = error.hex("selector") else { return report.fail(file: file, case: signature, expected: "a selector", got: "none") }
        report.check(file: file, case: "\(selector.hex) \(signature)", expected: signature, got: ErrorCatalogue.error(selector: selector)?.signature ?? "unknown")
    }

    /// Only used when simulating, by the publisher; checked for being what it assumes.
    static func runStorage(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        report.check(file: file, case: "checkBlob slot", expected: root["checkBlobStorageSlot"]?.number ?? 0, got: RollupStorage.checkBlobSlot)
        for entry in root["rollup"]?.elements.map({ $0 }) ?? [] where entry["label"]?.string == "checkBlob" {
            report.check(file: file, case: "checkBlob in the layout", expected: entry["slot"]?.number ?? 0, got: RollupStorage.checkBlobSlot)
        }
    }
}
