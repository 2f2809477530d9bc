import Bytes
import ConformanceKit
import Hashing
import JSON

extension TypeFile {
    mutating func checkMalformedBytes(_ report: inout ConformanceReport) {
        guard let list = root["malformedBytes"], list.count > 0 else { return }
        guard let base = base("malformedBytesBaseCase"), let text = base["bytes"]?.string, let bytes = Hex.decode(text), let decode = entry.decode else {
            return report.fail(file: name, case: "malformedBytes", expected: "a base case with bytes and a decoder", got: "none")
        }
        for (index, element) in list.elements.enumerated() {
            let label = "malformedBytes \(index) \(element["label"]?.string ?? "")"
            guard let input = Self.altered(bytes, by: element) else {
                report.fail(file: name, case: label, expected: "truncate, append or at/set", got: "none of them")
                continue
            }
            let value: Any
            do {
                value = try decode(input)
            } catch {
                if element["throws"] != nil { report.pass() } else if Self.isEarlyRefusal(error) {
                    earlyRefusals += 1
                    report.pass()
                } else {
                    report.fail(file: name, case: label, expected: "acceptance", got: "\(error)")
                }
                continue
            }
            if let refusal = element["throws"] {
                report.fail(file: name, case: label, expected: "a refusal: \(JSONTree(refusal).compact)", got: "acceptance")
            } else if let complaint = complaint(about: value, element, input: input, base: bytes) {
                report.fail(file: name, case: label, expected: complaint.expected, got: complaint.got)
            } else {
                report.pass()
            }
        }
    }

    func base(_ key: String) -> JSONElement? {
        guard let index = root[key]?.int, let cases = root["cases"], index >= 0, index < cases.count else { return nil }
        return cases[index]
    }

    private static func altered(_ bytes: [UInt8], by change: JSONElement) -> [UInt8]? {
        if let count = change["truncate"]?.int { return Array(bytes.prefix(max(0, count))) }
        if let text = change["append"]?.string, let tail = Hex.decode(text) { return bytes + tail }
        guard let at = change["at"]?.int, let text = change["set"]?.string, let patch = Hex.decode(text), at >= 0, at <= bytes.count else { return nil }
        return Array(bytes[..<at]) + patch + bytes.dropFirst(at + patch.count)
    }

    private func complaint(about value: Any, _ element: JSONElement, input: [UInt8], base: [UInt8]) -> (expected: String, got: String)? {
        let again = TypeEntry.bytes(of: value) ?? []
        switch element["accepts"]?.string {
        case "reencodes to the same bytes": if again != input { return ("the same bytes", again.hex) }
        case "reencodes to the base bytes": if again != base { return ("the base bytes", again.hex) }
        default:
            let accepts = element["accepts"]
            // `reencode` says why the reference, having accepted, could not write the value again.
            if accepts?["reencode"] != nil { break }
            if let length = accepts?["reencodedLength"]?.int, again.count != length { return ("\(length) bytes", "\(again.count): \(again.hex)") }
            if let digest = accepts?["reencodedSha256"]?.string, SHA256.hash(again).hex != digest { return ("bytes of SHA-256 \(digest)", again.hex) }
        }
        guard let expected = element["thenHashOrSender"], let identify = entry.identify else { return nil }
        do {
            let got = try identify(value)
            guard let text = expected.string else { return ("a value without hash or signer: \(JSONTree(expected).compact)", got) }
            return got == text ? nil : ("then \(text)", got)
        } catch {
            return expected.isObject ? nil : ("then \(expected.string ?? "")", "\(error)")
        }
    }
}
