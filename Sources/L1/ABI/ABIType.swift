/// A type of the contract ABI.
public indirect enum ABIType: Hashable, Sendable, CustomStringConvertible {
    case uint(bits: Int)
    case int(bits: Int)
    case address
    case bool
    /// 1 to 32 bytes, left-aligned in a word.
    case fixedBytes(Int)
    case bytes
    case string
    case array(ABIType)
    case fixedArray(ABIType, count: Int)
    case tuple([ABIType])

    public struct Invalid: Error, Equatable, Sendable, CustomStringConvertible {
        public var description: String
        public init(_ description: String) { self.description = description }
    }

    static let maximumNesting = 16

    /// Parses a canonical name: `uint256`, `(bytes32,address[])[2]`.
    public init(_ text: some StringProtocol) throws(Invalid) {
        var rest = Array(text.utf8)[...]
        self = try Self.parse(&rest, depth: 0)
        guard rest.isEmpty else { throw Invalid("«\(text)» is no ABI type") }
    }

    /// The types of a parenthesised list, `(uint256,bytes)`.
    public static func list(_ text: some StringProtocol) throws(Invalid) -> [ABIType] {
        guard case .tuple(let types) = try ABIType(text) else { throw Invalid("«\(text)» is no list of ABI types") }
        return types
    }

    private static func parse(_ rest: inout ArraySlice<UInt8>, depth: Int) throws(Invalid) -> ABIType {
        guard depth <= maximumNesting else { throw Invalid("an ABI type nests deeper than \(maximumNesting)") }
        var type: ABIType
        if rest.first == UInt8(ascii: "(") {
            rest.removeFirst()
            var members: [ABIType] = []
            while rest.first != UInt8(ascii: ")") {
                if !members.isEmpty {
                    guard rest.first == UInt8(ascii: ",") else { throw Invalid("a comma is expected in a tuple type") }
                    rest.removeFirst()
                }
                members.append(try parse(&rest, depth: depth + 1))
            }
            rest.removeFirst()
            type = .tuple(members)
        } else {
            let word = rest.prefix { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) }
            rest = rest.dropFirst(word.count)
            type = try elementary(String(decoding: word, as: UTF8.self))
        }
        var suffixes = 0
        while rest.first == UInt8(ascii: "[") {
            suffixes += 1
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")), depth + suffixes <= maximumNesting else { throw Invalid("an array type is not closed or nests too deep") }
            let digits = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            if digits.isEmpty {
                type = .array(type)
            } else {
                guard let count = Int(digits), (1...65536).contains(count) else { throw Invalid("array size «\(digits)»") }
                type = .fixedArray(type, count: count)
            }
        }
        return type
    }

    private static func elementary(_ name: String) throws(Invalid) -> ABIType {
        switch name {
        case "address": return .address
        case "bool": return .bool
        case "bytes": return .bytes
        case "string": return .string
        default: break
        }
        func size(_ prefix: String) -> Int? { name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil }
        if let bits = size("uint"), bits % 8 == 0, (8...256).contains(bits) { return .uint(bits: bits) }
        if let bits = size("int"), bits % 8 == 0, (8...256).contains(bits) { return .int(bits: bits) }
        if let count = size("bytes"), (1...32).contains(count) { return .fixedBytes(count) }
        throw Invalid("«\(name)» is no ABI type")
    }

    public var description: String {
        switch self {
        case .uint(let bits): "uint\(bits)"
        case .int(let bits): "int\(bits)"
        case .address: "address"
        case .bool: "bool"
        case .fixedBytes(let count): "bytes\(count)"
        case .bytes: "bytes"
        case .string: "string"
        case .array(let element): "\(element)[]"
        case .fixedArray(let element, let count): "\(element)[\(count)]"
        case .tuple(let members): "(" + members.map(\.description).joined(separator: ",") + ")"
        }
    }

    /// Whether values stand behind an offset.
    public var isDynamic: Bool {
        switch self {
        case .bytes, .string, .array: true
        case .fixedArray(let element, _): element.isDynamic
        case .tuple(let members): members.contains(where: \.isDynamic)
        default: false
        }
    }

    /// Bytes in the head of the enclosing sequence.
    public var headSize: Int {
        if isDynamic { return 32 }
        switch self {
        case .fixedArray(let element, let count): return count * element.headSize
        case .tuple(let members): return members.reduce(0) { $0 + $1.headSize }
        default: return 32
        }
    }
}

/// A value of the contract ABI. Its type says how to read it.
public indirect enum ABIValue: Hashable, Sendable {
    /// uintN and intN (two's complement).
    case integer(UInt256)
    case bool(Bool)
    /// address (20 bytes), bytesN, bytes.
    case bytes([UInt8])
    case string(String)
    /// Arrays and tuples.
    case list([ABIValue])

    public var integer: UInt256? { if case .integer(let value) = self { value } else { nil } }
    public var uint64: UInt64? { integer?.uint64 }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var list: [ABIValue]? { if case .list(let value) = self { value } else { nil } }
}
