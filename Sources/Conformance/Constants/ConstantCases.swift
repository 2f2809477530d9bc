import ConformanceKit
import Field
import Hashing
import JSON
import Protocol

enum ConstantCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        let known = Dictionary(ProtocolConstants.table.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        for (name, value) in root["constants"]!.members {
            let expected = value.uint64.map { Fr($0) } ?? value["hex"]?.string.flatMap { Fr(hex: padded($0)) }
            guard let expected else {
                report.fail(file: file, case: name, expected: "a number", got: value.string ?? "something else")
                continue
            }
            report.check(file: file, case: name, expected: expected.hex, got: known[name]?.hex ?? "no such constant")
        }
        for (name, enumeration) in root["enums"]?.members.map({ ($0.key, $0.value) }) ?? [] {
            guard name == "GeneratorIndex" else {
                report.skip("enumerations other than GeneratorIndex", count: enumeration.count)
                continue
            }
            for (entry, value) in enumeration.members {
                let got = value.int.flatMap { UInt32(exactly: $0) }.flatMap { GeneratorIndex(rawValue: $0) }.map { plain("\($0)") } ?? "no such index"
                report.check(file: file, case: "\(name).\(entry)", expected: plain(entry), got: got)
            }
        }
        report.check(file: file, case: "moduli.fr", expected: root["moduli"]?["fr"]?.string ?? "", got: increment((-Fr.one).hex))
        report.check(file: file, case: "moduli.fq", expected: root["moduli"]?["fq"]?.string ?? "", got: increment((-Fq.one).hex))
    }

    private static func padded(_ hex: String) -> String { "0x" + String(repeating: "0", count: max(0, 66 - hex.utf8.count)) + hex.dropFirst(2) }
    private static func plain(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }

    /// −1 is one below the modulus; both moduli end in a digit that carries nothing.
    private static func increment(_ hex: String) -> String {
        guard let last = hex.last?.hexDigitValue, last < 15 else { return hex }
        return hex.dropLast() + String(last + 1, radix: 16)
    }
}
