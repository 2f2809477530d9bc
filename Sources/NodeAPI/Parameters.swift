import Bytes
import Field
import JSON
import Protocol

/// Reads a call's parameters the way the reference's schemas do (note 08 §2.1): complaints are gathered over all
/// parameters, while a failing conversion ends the call at once, with precedence over complaints.
///
/// Every reader returns a stand-in when it complains; `finish()` must be called before the values are used.
struct Parameters {
    private let elements: [JSONElement]
    private(set) var issues: [SchemaIssue] = []
    private(set) var conversionFailure: String?

    /// `declared` parameters of which the last `optional` may be missing; further ones pass unread.
    init(_ element: JSONElement?, declared: Int, optional: Int) {
        elements = element.map { Array($0.elements.prefix(max(declared, 2) + 2)) } ?? []
        let missing = declared - elements.count
        if missing > optional { issues.append(SchemaIssue("Array must contain at least \(declared) element(s)", "")) }
    }

    func finish() throws(RPCFailure) {
        if let conversionFailure { throw .failed(conversionFailure) }
        if !issues.isEmpty { throw .schema(issues) }
    }

    /// The parameter as sent; nil when missing.
    subscript(_ position: Int) -> JSONElement? { position < elements.count ? elements[position] : nil }

    /// When the array is too short, no parameter is looked at.
    private var isTooShort: Bool { issues.first?.path == "" }

    mutating func complain(_ message: String, _ path: String) { issues.append(SchemaIssue(message, path)) }

    mutating func fail(_ message: String) { if conversionFailure == nil { conversionFailure = message } }

    private mutating func expected(_ kind: String, _ element: JSONElement?, _ path: String) {
        complain(element.map { "Expected \(kind), received \($0.schemaKind)" } ?? "Required", path)
    }

    // MARK: Scalars

    /// A JSON number (`z.number()`).
    mutating func number(_ position: Int) -> Double {
        guard !isTooShort else { return 0 }
        return number(self[position], "\(position)")
    }

    mutating func number(_ element: JSONElement?, _ path: String) -> Double {
        guard let element, let number = element.double else {
            expected("number", element, path)
            return 0
        }
        return number
    }

    mutating func optionalBool(_ position: Int) -> Bool? {
        guard !isTooShort, let element = self[position], !element.isNull else { return nil }
        guard let flag = element.bool else {
            expected("boolean", element, "\(position)")
            return nil
        }
        return flag
    }

    /// A member of an object; missing or null → nil.
    mutating func optionalBool(_ element: JSONElement?, _ path: String) -> Bool? {
        guard let element, !element.isNull else { return nil }
        guard let flag = element.bool else {
            expected("boolean", element, path)
            return nil
        }
        return flag
    }

    mutating func string(_ position: Int) -> String {
        guard !isTooShort else { return "" }
        return string(self[position], "\(position)") ?? ""
    }

    mutating func string(_ element: JSONElement?, _ path: String) -> String? {
        guard let element, let text = element.string else {
            expected("string", element, path)
            return nil
        }
        return text
    }

    mutating func optionalString(_ position: Int) -> String? {
        guard !isTooShort, let element = self[position], !element.isNull else { return nil }
        return string(element, "\(position)")
    }

    /// `Integer`: a number, or a string read as JavaScript's `Number`.
    mutating func integer(_ element: JSONElement?, _ path: String) -> Double {
        guard let element else {
            complain("Required", path)
            return 0
        }
        let number: Double
        if let text = element.string {
            number = JavaScriptNumber.number(text)
        } else if let value = element.double {
            number = value
        } else {
            complain("Invalid input", path)
            return 0
        }
        if number.isNaN {
            complain("Expected number, received nan", path)
        } else if number != number.rounded() || number.isInfinite {
            complain("Expected integer, received float", path)
        }
        return number
    }

    /// A block number or `latest`.
    mutating func blockNumber(_ position: Int) -> BlockParameter {
        guard !isTooShort, let element = self[position] else {
            if !isTooShort { complain("Invalid input", "\(position)") }
            return .latest
        }
        if element.isString("latest") { return .latest }
        var attempt = Parameters(nil, declared: 0, optional: 0)
        let number = attempt.integer(element, "\(position)")
        // A union reports the complaint of a member that got as far as a number, else only that nothing fits.
        if let issue = attempt.issues.first { complain(number.isNaN || element.kind != .number && element.kind != .string ? "Invalid input" : issue.message, "\(position)") }
        return .number(number)
    }

    /// Missing or null → nil.
    mutating func optionalBlockNumber(_ position: Int) -> BlockParameter? {
        guard !isTooShort, let element = self[position], !element.isNull else { return nil }
        return blockNumber(position)
    }

    /// `BigInt`: decimal digits of a number or string of any size.
    mutating func bigInteger(_ position: Int) -> String {
        guard !isTooShort else { return "0" }
        guard let element = self[position] else {
            complain("Required", "\(position)")
            return "0"
        }
        if let text = element.string {
            if let digits = JavaScriptNumber.bigInt(text) { return digits }
            fail("Cannot convert \(text) to a BigInt")
        } else if let number = element.double {
            if let digits = JavaScriptNumber.bigInt(number) { return digits }
            fail("The number \(JSONText.javaScript(number)) cannot be converted to a BigInt because it is not an integer")
        } else {
            complain("Invalid input", "\(position)")
        }
        return "0"
    }

    // MARK: Hexadecimal

    /// Digits behind an optional `0x` when the string is hexadecimal.
    private mutating func hexDigits(_ element: JSONElement?, _ path: String, instance: Int? = nil) -> (text: String, digits: Substring)? {
        guard let text = string(element, path) else { return nil }
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        let isHex = digits.utf8.allSatisfy { Hex.value($0) != nil }
        var isFine = isHex
        if let instance, !isHex || digits.utf8.count != instance {
            complain("Not a valid instance", path)
            isFine = false
        }
        if !isHex { complain("Not a valid hex string", path) }
        return isFine ? (text, digits) : nil
    }

    mutating func field(_ position: Int) -> Fr {
        guard !isTooShort else { return .zero }
        return field(self[position], "\(position)")
    }

    /// All digits: a decimal number; `0x…`: hexadecimal; anything else fails.
    mutating func field(_ element: JSONElement?, _ path: String) -> Fr {
        guard let (text, digits) = hexDigits(element, path) else { return .zero }
        let bytes: [UInt8]?
        if text.hasPrefix("0x") {
            guard !digits.isEmpty else {
                fail("Invalid hex-encoded string: \"\(text)\"")
                return .zero
            }
            let count = (digits.utf8.count + 1) / 2
            bytes = count <= 32 ? Hex.decode(String(repeating: "0", count: 64 - digits.utf8.count) + digits) : nil
            if bytes == nil { fail("Value length \(count) exceeds 32") }
        } else if !text.isEmpty, text.utf8.allSatisfy({ $0 &- 48 < 10 }) {
            bytes = JavaScriptNumber.bigEndianBytes(decimal: text, count: 32)
            if bytes == nil { fail("Number \(text) does not fit in 32") }
        } else {
            fail("Tried to create a Fr from an invalid string: \(text)")
            bytes = nil
        }
        guard let bytes else { return .zero }
        guard let value = Fr(canonical: bytes) else {
            fail("Value \(bytes.hex) is greater or equal to field modulus.")
            return .zero
        }
        return value
    }

    mutating func fields(_ position: Int, maximum: Int = 100_000) -> [Fr] {
        array(position, maximum: maximum) { parameters, element, path in parameters.field(element, path) }
    }

    mutating func strings(_ position: Int) -> [String] {
        array(position, maximum: 100_000) { parameters, element, path in parameters.string(element, path) ?? "" }
    }

    private mutating func array<T>(_ position: Int, maximum: Int, _ read: (inout Parameters, JSONElement, String) -> T) -> [T] {
        guard !isTooShort else { return [] }
        guard let element = self[position], element.isArray else {
            expected("array", self[position], "\(position)")
            return []
        }
        guard element.count <= maximum else {
            fail("\(element.count) elements are more than this node takes in one call (\(maximum))")
            return []
        }
        return element.elements.enumerated().map { read(&self, $1, "\(position).\($0)") }
    }

    mutating func aztecAddress(_ position: Int) -> AztecAddress {
        guard !isTooShort else { return .zero }
        return aztecAddress(self[position], "\(position)")
    }

    mutating func aztecAddress(_ element: JSONElement?, _ path: String) -> AztecAddress {
        guard let (_, digits) = hexDigits(element, path, instance: 64), let bytes = Hex.decode(digits) else { return .zero }
        guard let field = Fr(canonical: bytes) else {
            fail("Value \(bytes.hex) is greater or equal to field modulus.")
            return .zero
        }
        return AztecAddress(field)
    }

    mutating func transactionHash(_ position: Int) -> TransactionHash {
        guard !isTooShort else { return .zero }
        return transactionHash(self[position], "\(position)")
    }

    /// At least 32 bytes; those behind the 32nd and a last odd digit are dropped.
    mutating func transactionHash(_ element: JSONElement?, _ path: String) -> TransactionHash {
        guard let (_, digits) = hexDigits(element, path), let bytes = Hex.decode(digits.prefix(digits.utf8.count & ~1)) else { return .zero }
        guard bytes.count >= 32 else {
            fail("Attempted to read beyond buffer length. Start index: 0, Num bytes to read: 32, Buffer length: \(bytes.count)")
            return .zero
        }
        return TransactionHash(bytes: Array(bytes.prefix(32)))
    }

    mutating func transactionHashes(_ position: Int) -> [TransactionHash] {
        array(position, maximum: 100_000) { parameters, element, path in parameters.transactionHash(element, path) }
    }

    /// MerkleTreeId as its number.
    mutating func tree(_ position: Int) -> MerkleTreeId {
        guard !isTooShort else { return .nullifier }
        guard let element = self[position] else {
            complain("Required", "\(position)")
            return .nullifier
        }
        guard element.kind == .number || element.kind == .string else {
            complain("Expected 0 | 1 | 2 | 3 | 4, received \(element.schemaKind)", "\(position)")
            return .nullifier
        }
        if element.kind == .number, let number = element.int, let tree = MerkleTreeId(rawValue: number) { return tree }
        complain("Invalid enum value. Expected 0 | 1 | 2 | 3 | 4, received '\(element.javaScriptText())'", "\(position)")
        return .nullifier
    }

    /// An object with the given required members; used where only the shape is looked at.
    mutating func object(_ position: Int, required: [String] = []) -> JSONElement? {
        guard !isTooShort else { return nil }
        guard let element = self[position], element.isObject else {
            expected("object", self[position], "\(position)")
            return nil
        }
        for name in required where element[name] == nil { complain("Required", "\(position).\(name)") }
        return element
    }

    /// Missing or null → nil.
    mutating func optionalObject(_ position: Int) -> JSONElement? {
        guard !isTooShort, let element = self[position], !element.isNull else { return nil }
        return object(position)
    }
}

/// A block parameter: any integer, also beyond what a block can have.
enum BlockParameter: Equatable, Sendable {
    case latest
    case number(Double)
}

/// A tx hash as callers write it: the reference takes values beyond the field here.
struct TransactionHash: Equatable, Sendable {
    var bytes: [UInt8]
    static let zero = TransactionHash(bytes: [UInt8](repeating: 0, count: 32))
    /// nil for what no tx can have.
    var hash: TxHash? { Fr(canonical: bytes).map { TxHash($0) } }
}
