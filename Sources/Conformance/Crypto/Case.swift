import Bytes
import ConformanceKit
import Field
import JSON

/// What this implementation made of a case: compared with the recorded JSON, where `{"throws": …}` stands for a
/// refusal, whatever the wording.
indirect enum Outcome: CustomStringConvertible {
    case text(String)
    case number(Int)
    case bool(Bool)
    case null
    case list([Outcome])
    case object([(String, Outcome)])
    case refused

    static func field(_ value: (some PrimeField)?) -> Outcome { value.map { .text($0.hex) } ?? .refused }
    static func fields(_ values: [Fr]) -> Outcome { .list(values.map { .text($0.hex) }) }
    static func bytes(_ value: [UInt8]?) -> Outcome { value.map { .text($0.hex) } ?? .refused }

    /// Runs `body`; anything thrown is a refusal.
    static func attempt(_ body: () throws -> Outcome) -> Outcome { (try? body()) ?? .refused }

    func matches(_ expected: JSONElement) -> Bool {
        switch self {
        case .refused: expected["throws"] != nil
        case .text(let text): expected.string == text
        case .number(let number): expected.int == number || expected.string == String(number)
        case .bool(let bool): expected.bool == bool
        case .null: expected.isNull
        case .list(let items):
            expected.isArray && expected.count == items.count && zip(items, expected.elements).allSatisfy { $0.matches($1) }
        case .object(let members):
            expected.isObject && expected.count == members.count
                && members.allSatisfy { key, value in expected[key].map { value.matches($0) } ?? false }
        }
    }

    var description: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .number(let number): "\(number)"
        case .bool(let bool): "\(bool)"
        case .null: "null"
        case .list(let items): "\(items)"
        case .object(let members): "{" + members.map { "\($0): \($1)" }.joined(separator: ", ") + "}"
        case .refused: "a refusal"
        }
    }
}

/// One recorded case: its inputs by name, and its expectations ticked off as they are compared. A member that is
/// neither read nor compared by the end fails the case, so nothing recorded goes unchecked.
final class Case {
    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    let element: JSONElement
    private var seen: Set<String> = []
    private(set) var failures: [(key: String, expected: String, got: String)] = []

    init(_ element: JSONElement) { self.element = element }

    func has(_ key: String) -> Bool { element[key] != nil }
    func ignore(_ keys: String...) { seen.formUnion(keys) }

    func input(_ key: String) throws -> JSONElement {
        guard let value = element[key] else { throw Malformed(description: "no member \(key)") }
        seen.insert(key)
        return value
    }

    func string(_ key: String) throws -> String {
        guard let text = try input(key).string else { throw Malformed(description: "\(key) is not a string") }
        return text
    }

    /// A number, or a decimal string of one.
    func number(_ key: String) throws -> UInt64 {
        let value = try input(key)
        guard let number = value.uint64 ?? value.string.flatMap({ UInt64($0) }) else {
            throw Malformed(description: "\(key) is not a number of 64 bits")
        }
        return number
    }

    func bytes(_ key: String) throws -> [UInt8] { try Self.bytes(input(key)) }
    func field<F: PrimeField>(_ key: String, _: F.Type = Fr.self) throws -> F { try Self.field(input(key)) }
    func fields(_ key: String) throws -> [Fr] { try input(key).elements.map { try Self.field($0) } }
    func point(_ key: String) throws -> GrumpkinPoint { try GrumpkinPoint(exactly: bytes(key)) }

    static func bytes(_ value: JSONElement) throws -> [UInt8] {
        guard let text = value.string, let bytes = Hex.decode(text) else { throw Malformed(description: "\(value.path) is not hex") }
        return bytes
    }

    static func field<F: PrimeField>(_ value: JSONElement) throws -> F {
        guard let field = F(canonical: try bytes(value)) else {
            throw Malformed(description: "\(value.path) is not a field element")
        }
        return field
    }

    /// Compares with the member `key`; nothing is compared when the case does not have it.
    func expect(_ key: String, _ got: Outcome) {
        guard let expected = element[key] else { return }
        seen.insert(key)
        if !got.matches(expected) { failures.append((key, Self.show(expected), "\(got)")) }
    }

    /// For comparisons that are not equality.
    func expect(_ key: String, _ description: String, _ holds: (JSONElement) -> Bool) {
        guard let expected = element[key] else { return }
        seen.insert(key)
        if !holds(expected) { failures.append((key, Self.show(expected), description)) }
    }

    func finish() {
        for (key, value) in element.members where !seen.contains(key) {
            failures.append((key, Self.show(value), "a member this tool does not know"))
        }
    }

    static func show(_ value: JSONElement) -> String {
        switch value.kind {
        case .string: "\"\(value.string ?? "")\""
        case .number: value.int.map { "\($0)" } ?? value.double.map { "\($0)" } ?? "a number"
        case .bool: value.bool == true ? "true" : "false"
        case .null: "null"
        case .array: "[" + value.elements.map(show).joined(separator: ", ") + "]"
        case .object: value["throws"] != nil ? "a refusal" : "{" + value.members.map { "\($0.key): \(show($0.value))" }.joined(separator: ", ") + "}"
        }
    }
}
