import JSON

/// JSON as a value that can be changed: malformed cases are made by editing the text of a good one.
indirect enum JSONTree: Sendable {
    case object([(key: String, value: JSONTree)])
    case array([JSONTree])
    case string(String)
    case number(Double)
    case bool(Bool)
    case null

    init(_ element: JSONElement) {
        switch element.kind {
        case .object: self = .object(element.members.map { ($0.key, JSONTree($0.value)) })
        case .array: self = .array(element.elements.map { JSONTree($0) })
        case .string: self = .string(element.string ?? "")
        case .number: self = .number(element.double ?? .nan)
        case .bool: self = .bool(element.bool ?? false)
        case .null: self = .null
        }
    }

    init(parsing bytes: [UInt8]) throws { self.init(try JSONDocument.parse(bytes).root) }

    subscript(_ key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }
    var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var list: [JSONTree]? { if case .array(let list) = self { list } else { nil } }
}

// MARK: Building

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
}

extension JSONTree {
    static func number(_ value: some BinaryInteger) -> JSONTree { .number(Double(value)) }
    static func strings(_ list: some Sequence<String>) -> JSONTree { .array(list.map { .string($0) }) }
    static func object(_ members: [String: JSONTree]) -> JSONTree { .object(members.map { (key: $0.key, value: $0.value) }) }

    /// What the value prints.
    static func printed(_ value: some JSONEncodable) throws -> JSONTree { try JSONTree(parsing: value.jsonBytes) }
}

// MARK: Paths

extension JSONTree {
    /// A step into an object or an array.
    enum Step: Sendable, Equatable {
        case key(String)
        case index(Int)
    }

    static func steps(_ path: JSONElement) -> [Step] {
        path.elements.map { step in step.string.map { .key($0) } ?? .index(step.int ?? -1) }
    }

    func value(at path: some Collection<Step>) -> JSONTree? {
        guard let step = path.first else { return self }
        switch (self, step) {
        case (.object, .key(let key)): return self[key]?.value(at: path.dropFirst())
        case (.array(let list), .index(let index)): return list.indices.contains(index) ? list[index].value(at: path.dropFirst()) : nil
        default: return nil
        }
    }

    /// The tree with the value at `path` replaced; nil removes the member.
    func replacing(_ path: some Collection<Step>, with value: JSONTree?) -> JSONTree {
        guard let step = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch (self, step) {
        case (.object(var members), .key(let key)):
            if let position = members.lastIndex(where: { $0.key == key }) {
                if rest.isEmpty, value == nil { members.remove(at: position) } else {
                    members[position].value = members[position].value.replacing(rest, with: value)
                }
            } else if rest.isEmpty, let value {
                members.append((key, value))
            }
            return .object(members)
        case (.array(var list), .index(let index)) where list.indices.contains(index):
            if rest.isEmpty, value == nil { list.remove(at: index) } else { list[index] = list[index].replacing(rest, with: value) }
            return .array(list)
        default: return self
        }
    }
}

// MARK: Comparing and printing

extension JSONTree: Equatable {
    /// Order of members does not matter.
    static func == (a: JSONTree, b: JSONTree) -> Bool {
        switch (a, b) {
        case (.object(let a), .object(let b)):
            guard a.count == b.count else { return false }
            let members = Dictionary(b.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
            return a.allSatisfy { member in members[member.key].map { $0 == member.value } ?? false }
        case (.array(let a), .array(let b)): return a == b
        case (.string(let a), .string(let b)): return a == b
        case (.number(let a), .number(let b)): return a == b
        case (.bool(let a), .bool(let b)): return a == b
        case (.null, .null): return true
        default: return false
        }
    }

    /// First place where two trees differ, for a message.
    func difference(from other: JSONTree, path: String = "") -> String? {
        switch (self, other) {
        case (.object(let members), .object(let others)):
            for (key, value) in members {
                guard let twin = other[key] else { return "\(path).\(key) is missing" }
                if let found = value.difference(from: twin, path: path + "." + key) { return found }
            }
            for (key, _) in others where self[key] == nil { return "\(path).\(key) is too much" }
            return nil
        case (.array(let a), .array(let b)):
            guard a.count == b.count else { return "\(path) has \(b.count) elements, not \(a.count)" }
            for (index, pair) in zip(a, b).enumerated() {
                if let found = pair.0.difference(from: pair.1, path: "\(path)[\(index)]") { return found }
            }
            return nil
        default: return self == other ? nil : "\(path) is \(other.compact), not \(compact)"
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .object(let members):
            writer.beginObject()
            for (key, value) in members {
                writer.key(key)
                value.write(to: &writer)
            }
            writer.endObject()
        case .array(let list):
            writer.beginArray()
            for value in list { value.write(to: &writer) }
            writer.endArray()
        case .string(let text): writer.value(text)
        case .number(let number): writer.value(number)
        case .bool(let flag): writer.value(flag)
        case .null: writer.null()
        }
    }

    var bytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    var compact: String { String(decoding: bytes, as: UTF8.self) }
}
