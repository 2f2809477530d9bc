import Bytes
import ConformanceKit
import Field
import JSON

/// The checks of one `<Type>.json`.
struct TypeFile {
    let name: String
    let root: JSONElement
    let entry: TypeEntry
    /// Cases refused when decoded which the reference refuses only when the value is used (README: «refusing earlier
    /// than the reference is fine»): field elements not below the modulus, numbers beyond the member's width.
    var earlyRefusals = 0

    init(name: String, root: JSONElement, entry: TypeEntry) {
        self.name = name
        self.root = root
        self.entry = entry
    }

    mutating func run(_ report: inout ConformanceReport) {
        for (index, element) in root.list("cases").enumerated() { check(element, index, &report) }
        checkMalformedBytes(&report)
        checkMalformedJSON(&report)
    }

    static func isEarlyRefusal(_ error: any Error) -> Bool {
        let text = "\(error)"
        return text.contains("not below the modulus") || text.contains("out of range")
    }

    // MARK: Good cases

    private func check(_ element: JSONElement, _ index: Int, _ report: inout ConformanceReport) {
        do {
            if let complaint = try complaint(about: element) {
                report.fail(file: name, case: "case \(index)", expected: complaint.expected, got: complaint.got)
            } else {
                report.pass()
            }
        } catch {
            report.fail(file: name, case: "case \(index)", expected: "a valid case", got: "\(error)")
        }
    }

    private func complaint(about element: JSONElement) throws -> (expected: String, got: String)? {
        let json = element["json"]
        let value: Any
        if let text = element["bytes"]?.string {
            guard let bytes = Hex.decode(text) else { return ("hex", text) }
            if let length = element["length"]?.int, bytes.count != length { return ("\(length) bytes", "\(bytes.count)") }
            guard let decode = entry.decode else { return ("a type with a binary form", "none") }
            value = try decode(bytes)
            if element["decodeEncode"]?.bool != false, let again = TypeEntry.bytes(of: value), again != bytes {
                return ("bytes \(text)", again.hex)
            }
        } else if let json {
            guard let parse = entry.parse else { return ("a type read from JSON", "none") }
            value = try parse(json)
        } else {
            return ("bytes or JSON", "neither")
        }
        if let text = element["fields"]?.string {
            guard let fields = TypeEntry.fields(of: value) else { return ("a type with a field vector", "none") }
            let got = fields.flatMap(\.bytes).hex
            if got != text { return ("fields \(text)", got) }
            if let count = element["fieldCount"]?.int, count != fields.count { return ("\(count) fields", "\(fields.count)") }
        }
        if let json, let complaint = try complaint(json, element["jsonRoundTrip"], value) { return complaint }
        if let given = element["derived"] { return try complaint(derived: JSONTree(given), value) }
        return nil
    }

    private func complaint(_ json: JSONElement, _ roundTrip: JSONElement?, _ value: Any) throws -> (String, String)? {
        let expected = JSONTree(json)
        guard let printed = try TypeEntry.json(of: value) else { return ("a type with a JSON form", "none") }
        let stripped = Self.stripped(expected, roundTrip)
        if printed != expected, printed != stripped { return (expected.compact, expected.difference(from: printed) ?? printed.compact) }
        guard let parse = entry.parse else { return nil }
        let parsed = try parse(json)
        guard let again = try TypeEntry.json(of: parsed), again == stripped || again == expected else {
            return ("JSON read and printed unchanged", try TypeEntry.json(of: parsed).flatMap { stripped.difference(from: $0) } ?? "none")
        }
        if let bytes = TypeEntry.bytes(of: value), let twin = TypeEntry.bytes(of: parsed), bytes != twin { return ("bytes of the JSON form \(bytes.hex)", twin.hex) }
        return nil
    }

    /// The JSON as it is printed after a round trip: without the members that readers drop, with those they change.
    private static func stripped(_ json: JSONTree, _ roundTrip: JSONElement?) -> JSONTree {
        guard let roundTrip, roundTrip.isObject else { return json }
        func steps(_ path: String) -> [JSONTree.Step] {
            path.split(separator: ".").map { part in Int(part).map { .index($0) } ?? .key(String(part)) }
        }
        var result = json
        for path in roundTrip.list("missing") { result = result.replacing(steps(path.string ?? ""), with: nil) }
        for change in roundTrip.list("changed") {
            guard let path = change["path"]?.string, let to = change["to"] else { continue }
            result = result.replacing(steps(path), with: JSONTree(to))
        }
        return result
    }

    private func complaint(derived given: JSONTree, _ value: Any) throws -> (String, String)? {
        guard case .object(let members) = given else { return nil }
        let computed = try entry.derive(value, given)
        for (key, expected) in members {
            guard let got = computed[key] else { return ("derived \(key) = \(expected.compact)", "not computed") }
            if got != expected { return ("derived \(key) = \(expected.compact)", expected.difference(from: got, path: key) ?? got.compact) }
        }
        return nil
    }
}

extension JSONElement {
    /// Elements of an array member; none when it is absent.
    func list(_ key: String) -> [JSONElement] { self[key].map { Array($0.elements) } ?? [] }
}
