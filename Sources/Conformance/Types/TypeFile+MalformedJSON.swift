import Bytes
import ConformanceKit
import Hashing
import JSON

extension TypeFile {
    mutating func checkMalformedJSON(_ report: inout ConformanceReport) {
        guard let list = root["malformedJson"], list.count > 0 else { return }
        guard let base = base("malformedJsonBaseCase")?["json"], let parse = entry.parse else {
            return report.fail(file: name, case: "malformedJson", expected: "a base case with JSON and a reader", got: "none")
        }
        let good = JSONTree(base)
        // What the base value prints once it went through a reader: cached members are gone.
        let normal = (try? parse(base)).flatMap { try? TypeEntry.json(of: $0) } ?? good
        for (index, element) in list.elements.enumerated() {
            let path = element["path"].map(JSONTree.steps) ?? []
            let label = "malformedJson \(index) \(element["path"].map { JSONTree($0).compact } ?? "")"
            guard let input = Self.altered(good, path, by: element) else {
                report.fail(file: name, case: label, expected: "a replacement that can be rebuilt", got: "one that cannot")
                continue
            }
            let value: Any
            do {
                value = try parse(JSONDocument.parse(input.bytes).root)
            } catch {
                if element["throws"] != nil { report.pass() } else if Self.isEarlyRefusal(error) {
                    earlyRefusals += 1
                    report.pass()
                } else {
                    report.fail(file: name, case: label, expected: "acceptance of \(element["set"].map { JSONTree($0).compact } ?? "nothing")", got: "\(error)")
                }
                continue
            }
            if let refusal = element["throws"] {
                report.fail(file: name, case: label, expected: "a refusal of \(element["set"].map { JSONTree($0).compact } ?? "nothing"): \(JSONTree(refusal).compact)", got: "acceptance")
                continue
            }
            do {
                let printed = try TypeEntry.json(of: value) ?? .null
                if let complaint = Self.complaint(about: printed, element["accepts"], normal, path) {
                    report.fail(file: name, case: label, expected: complaint.expected, got: complaint.got)
                } else {
                    report.pass()
                }
            } catch {
                report.fail(file: name, case: label, expected: "a printed value", got: "\(error)")
            }
        }
    }

    private static func altered(_ good: JSONTree, _ path: [JSONTree.Step], by change: JSONElement) -> JSONTree? {
        if change["delete"]?.bool == true { return good.replacing(path, with: nil) }
        guard let set = change["set"] else { return nil }
        guard set.isObject, set.count == 2, let length = set["length"]?.int, let digest = set["sha256"]?.string else {
            return good.replacing(path, with: JSONTree(set))
        }
        // Too long to repeat: the value that was there with one member or element more. The digest tells whether that is it.
        guard let old = good.value(at: path) else { return nil }
        for candidate in extended(old) where candidate.bytes.count == length && SHA256.hash(candidate.bytes).hex == digest {
            return good.replacing(path, with: candidate)
        }
        return nil
    }

    private static func extended(_ value: JSONTree) -> [JSONTree] {
        switch value {
        case .object(let members): [.object(members + [("unknownMember", .number(1.0))]), value]
        case .array(let list): [.array(list + list.suffix(1)), .array(list.dropLast()), .array(list + list), .array(list + [.null]), value]
        default: [value]
        }
    }

    private static func complaint(
        about printed: JSONTree, _ accepts: JSONElement?, _ base: JSONTree, _ path: [JSONTree.Step]
    ) -> (expected: String, got: String)? {
        if accepts?.string == "prints the base value" {
            return base.difference(from: printed).map { ("the base value", $0) }
        }
        guard let expected = accepts?["printsAtPath"] else { return ("a known result", accepts.map { JSONTree($0).compact } ?? "none") }
        let got = printed.value(at: path)
        if expected.string == "undefined" { return got.map { ("nothing at the path", $0.compact) } }
        guard let got else { return ("\(JSONTree(expected).compact) at the path", "nothing") }
        if expected.isObject, expected.count == 2, let length = expected["length"]?.int, let digest = expected["sha256"]?.string {
            return got.bytes.count == length && SHA256.hash(got.bytes).hex == digest ? nil : ("\(length) bytes of SHA-256 \(digest)", got.compact)
        }
        guard got == JSONTree(expected) else { return ("\(JSONTree(expected).compact) at the path", got.compact) }
        // Nothing else may have changed.
        return base.replacing(path, with: got).difference(from: printed).map { ("a change at the path only", $0) }
    }
}
