import Bytes
import ConformanceKit
import JSON
import L1

/// Random calldata, results, logs and revert data.
struct ABIExamplesCases {
    var tables: ABITables
    var file: String

    func run(_ root: JSONElement, _ report: inout ConformanceReport) {
        for (index, entry) in (root["calls"]?.elements.map { $0 } ?? []).enumerated() { call(entry, index, &report) }
        for (index, entry) in (root["results"]?.elements.map { $0 } ?? []).enumerated() { result(entry, index, &report) }
        for (index, entry) in (root["events"]?.elements.map { $0 } ?? []).enumerated() { event(entry, index, &report) }
        for (index, entry) in (root["errors"]?.elements.map { $0 } ?? []).enumerated() { error(entry, index, &report) }
    }

    /// Reads a JSON value as a value of the type; members of a tuple stand in the order of its type.
    static func value(_ json: JSONElement, _ type: ABIType) -> ABIValue? {
        switch type {
        case .uint, .int: return (json.string ?? json.int.map { String($0) } ?? json.uint64.map { String($0) }).flatMap { UInt256($0) }.map { .integer($0) }
        case .bool: return json.bool.map { .bool($0) }
        case .address, .fixedBytes, .bytes: return json.bytesOfHex.map { .bytes($0) }
        case .string: return json.string.map { .string($0) }
        case .array(let element): return json.isArray ? list(json.elements.map { value($0, element) }) : nil
        case .fixedArray(let element, let count): return json.count == count ? list(json.elements.map { value($0, element) }) : nil
        case .tuple(let types): return values(json, types).map { .list($0) }
        }
    }

    static func values(_ json: JSONElement, _ types: [ABIType]) -> [ABIValue]? {
        let parts = json.isObject ? json.members.map(\.value) : json.elements.map { $0 }
        guard parts.count == types.count else { return nil }
        let values = zip(parts, types).compactMap { value($0, $1) }
        return values.count == types.count ? values : nil
    }

    private static func list(_ values: [ABIValue?]) -> ABIValue? {
        let known = values.compactMap { $0 }
        return known.count == values.count ? .list(known) : nil
    }

    private func call(_ entry: JSONElement, _ index: Int, _ report: inout ConformanceReport) {
        let signature = entry["function"]?.string ?? ""
        let name = "call \(index) \(signature)"
        guard let function = try? ABIFunction(parsing: signature, outputs: "()"), let arguments = entry["args"].flatMap({ Self.values($0, function.inputs) }),
              let calldata = entry.hex("calldata") else { return report.fail(file: file, case: name, expected: "a readable case", got: "none") }
        report.check(file: file, case: "\(name) encoding", expected: calldata.hex, got: function.encode(arguments)?.hex ?? "refused")
        report.check(file: file, case: "\(name) decoding", expected: arguments, got: (try? function.decodeArguments(calldata[...])) ?? [])
    }

    private func result(_ entry: JSONElement, _ index: Int, _ report: inout ConformanceReport) {
        let name = "result \(index) \(entry["function"]?.string ?? "")"
        let names = entry["outputTypes"]?.elements.map { $0.string ?? "" } ?? []
        guard let types = try? ABIType.list("(" + names.joined(separator: ",") + ")"), let data = entry.hex("returnData"), let decoded = entry["decoded"] else {
            return report.fail(file: file, case: name, expected: "a readable case", got: "none")
        }
        // One value stands alone, several stand in a list.
        let expected = types.count == 1 ? Self.value(decoded, types[0]).map { [$0] } : Self.values(decoded, types)
        guard let expected else { return report.fail(file: file, case: name, expected: "a readable case", got: "none") }
        report.check(file: file, case: "\(name) decoding", expected: expected, got: (try? ABIDecoder.decode(data, as: types)) ?? [])
        report.check(file: file, case: "\(name) encoding", expected: data.hex, got: ABIEncoder.encode(expected, as: types)?.hex ?? "refused")
    }

    private func event(_ entry: JSONElement, _ index: Int, _ report: inout ConformanceReport) {
        let signature = entry["event"]?.string ?? ""
        let name = "event \(index) \(signature)"
        guard let event = tables.event(signature, of: entry["contract"]?.string ?? "") else { return report.skip("events whose indexed parameters no table names") }
        guard let arguments = entry["args"].flatMap({ Self.values($0, event.inputs) }), let data = entry.hex("data") else {
            return report.fail(file: file, case: name, expected: "a readable case", got: "none")
        }
        let topics = entry["topics"]?.elements.compactMap { $0.bytesOfHex } ?? []
        let expected = zip(zip(arguments, event.inputs), zip(event.indexed, event.inputs.indices)).map { pair, place -> ABIValue in
            // Of an indexed dynamic value the log keeps only the hash.
            guard place.0, pair.1.isDynamic else { return pair.0 }
            return .bytes(topics[1 + event.indexed[..<place.1].count(where: { $0 })])
        }
        report.check(file: file, case: "\(name) decoding", expected: expected, got: (try? event.decode(topics: topics, data: data)) ?? [])
        if let encoded = event.encode(arguments) {
            report.check(file: file, case: "\(name) topics", expected: topics.map(\.hex), got: encoded.topics.map(\.hex))
            report.check(file: file, case: "\(name) data", expected: data.hex, got: encoded.data.hex)
        }
    }

    private func error(_ entry: JSONElement, _ index: Int, _ report: inout ConformanceReport) {
        let label = entry["error"]?.string ?? entry["label"]?.string ?? ""
        let name = "error \(index) \(label)"
        guard let data = entry.hex("revertData") else { return report.fail(file: file, case: name, expected: "a readable case", got: "none") }
        func text(_ reason: RevertReason) -> String { reason.formatted ?? "execution reverted" }
        if let expected = entry["formatted"]?.string {
            report.check(file: file, case: "\(name) with the common errors", expected: expected, got: text(RevertReason(data: data, errors: ErrorCatalogue.common)))
        }
        if let expected = entry["formattedWithOwnAbi"]?.string {
            report.check(file: file, case: "\(name) with its contract's errors", expected: expected, got: text(RevertReason(data: data)))
        }
        if let expected = entry["formattedWithRollupAbi"]?.string {
            let errors = ErrorCatalogue.common + (ErrorCatalogue.byContract["Rollup"] ?? [])
            report.check(file: file, case: "\(name) with the rollup's errors", expected: expected, got: text(RevertReason(data: data, errors: errors)))
        }
    }
}
