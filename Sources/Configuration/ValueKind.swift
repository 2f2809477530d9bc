import Bytes
import JSON

/// How the text of an option becomes a value (note 08 §5.1). `parse` is what the reference does with any text;
/// `expectation` is stricter: it tells an operator what a mistyped value should have been.
public enum ValueKind: Equatable, Sendable {
    case string, optionalString
    /// JavaScript `Number()`; the second one reads empty text as unset.
    case number, optionalNumber
    /// `parseFloat`; what is no number falls back to the default.
    case float
    /// `parseInt` base 10; what is no safe integer falls back to the default.
    case integer
    /// As `integer`, with `0x…` read as hexadecimal.
    case prefixedInteger
    /// `parseInt` with nothing behind it: text becomes NaN. The second one reads empty text as the default.
    case rawInteger, optionalRawInteger
    case bigInteger
    case boolean
    /// A flag without a value.
    case toggle
    case list, trimmedList
    /// As `trimmedList`, blanks dropped.
    case filledList
    case numberList
    /// L1 address; the second one reads empty text as unset.
    case ethAddress, optionalEthAddress
    case aztecAddress
    /// Hexadecimal field element; the second one reads empty text as unset.
    case field, optionalField
    case privateKey
    case url
    case choice([String])
    case allowList
    case proofTypes
    /// `address[:amount]` pairs.
    case assets
    /// A number, or `auto`.
    case count

    static let names: [String: ValueKind] = [
        "str": .string, "ostr": .optionalString, "num": .number, "onum": .optionalNumber, "float": .float, "int": .integer,
        "intx": .prefixedInteger, "rawint": .rawInteger, "oint": .optionalRawInteger, "big": .bigInteger, "bool": .boolean,
        "switch": .toggle, "csv": .list, "csvt": .trimmedList, "csvtn": .filledList, "numlist": .numberList,
        "eth": .ethAddress, "eth?": .optionalEthAddress, "aztec": .aztecAddress, "fr": .field, "fr?": .optionalField,
        "key": .privateKey, "url": .url, "allowlist": .allowList, "prooftypes": .proofTypes, "assets": .assets, "count": .count,
    ]

    init?(_ name: String) {
        if let options = name.dropping("choice:") {
            self = .choice(options.split(separator: "/").map(String.init))
        } else if let kind = Self.names[name] {
            self = kind
        } else {
            return nil
        }
    }

    /// The value of the table's default text.
    func defaultValue(_ text: String?) -> OptionValue {
        guard let text else { return .absent }
        switch self {
        case .list, .trimmedList, .filledList, .numberList:
            if text == "[]" { return .list([]) }
        // One default of an integer option is a fraction, as in the reference.
        case .integer, .prefixedInteger, .rawInteger, .optionalRawInteger: return .number(JavaScriptNumber.number(text))
        case .assets, .choice, .field, .optionalField, .privateKey, .ethAddress, .optionalEthAddress: return .text(text)
        default: break
        }
        return (try? parse(text, default: .absent)) ?? .text(text)
    }

    /// The reference's reading of `text`.
    public func parse(_ text: String, default value: OptionValue) throws(ConfigurationError) -> OptionValue {
        switch self {
        case .string: return .text(text)
        case .optionalString: return text.isEmpty ? .absent : .text(text)
        case .number: return .number(JavaScriptNumber.number(text))
        case .optionalNumber: return text.isEmpty ? .absent : .number(JavaScriptNumber.number(text))
        case .float:
            let number = JavaScriptNumber.parseFloat(text)
            return number.isNaN ? value : .number(number)
        case .integer, .prefixedInteger:
            let number = JavaScriptNumber.parseInt(text, prefixed: self == .prefixedInteger)
            return number.isNaN || number.magnitude > 9_007_199_254_740_991 ? value : .number(number)
        case .rawInteger: return .number(JavaScriptNumber.parseInt(text, prefixed: true))
        case .optionalRawInteger: return text.isEmpty ? value : .number(JavaScriptNumber.parseInt(text, prefixed: false))
        case .bigInteger:
            if text.isEmpty { return value }
            guard let digits = JavaScriptNumber.bigInt(text) else { throw ConfigurationError("Cannot convert \(text) to a BigInt") }
            return .big(digits)
        case .boolean: return .flag(["1", "true", "TRUE"].contains(text))
        case .toggle: return .flag(!text.isEmpty)
        case .list: return .list(items(text).map { .text($0) })
        case .trimmedList: return .list(items(text).map { .text($0.trimmingBlanks()) })
        case .filledList: return .list(items(text).map { $0.trimmingBlanks() }.filter { !$0.isEmpty }.map { .text($0) })
        case .numberList: return .list(items(text).map { .number(JavaScriptNumber.number($0)) })
        case .optionalEthAddress where text.isEmpty: return value
        case .ethAddress, .optionalEthAddress: return .text(try address(text))
        case .aztecAddress:
            guard let bytes = Hex.decode(text), bytes.count == 32 else { throw ConfigurationError("Invalid AztecAddress length: \(text)") }
            return .text(bytes.hex)
        case .optionalField where text.isEmpty: return .absent
        case .field, .optionalField:
            guard let bytes = fieldBytes(text) else { throw ConfigurationError("Invalid hex-encoded string: \"\(text)\"") }
            return .text(bytes.hex)
        case .privateKey:
            if text.isEmpty { return .text("0x" + String(repeating: "0", count: 64)) }
            return .text(text.hasPrefix("0x") ? text : "0x" + text)
        case .url:
            if text.isEmpty { return .text("") }
            guard Self.isURL(text) else { throw ConfigurationError("Invalid URL: \(text)") }
            return .text(text)
        case .choice(let options):
            guard options.contains(text) else {
                throw ConfigurationError("Invalid value: \(text). Valid values: \(options.joined(separator: ", "))")
            }
            return .text(text)
        case .allowList: return try parseAllowList(text)
        case .proofTypes: return .list(items(text).map { $0.trimmingBlanks() }.filter(Self.provingRequests.contains).map { .text($0) })
        case .assets: return try parseAssets(text)
        case .count: return text == "auto" ? .text(text) : .number(JavaScriptNumber.number(text))
        }
    }

    /// `nil` when `text` is well typed, else what is expected instead.
    public func expectation(_ text: String) -> String? {
        switch self {
        case .string, .optionalString, .list, .trimmedList, .filledList, .toggle: return nil
        case .number, .optionalNumber, .float: return JavaScriptNumber.number(text).isFinite && !text.isEmpty ? nil : "a number"
        case .integer, .prefixedInteger, .rawInteger, .optionalRawInteger:
            return Int(text).map { $0.magnitude <= 9_007_199_254_740_991 } == true ? nil : "an integer"
        case .bigInteger: return JavaScriptNumber.bigInt(text) == nil ? "an integer" : nil
        case .boolean: return ["1", "0", "true", "false", "TRUE", "FALSE"].contains(text) ? nil : "true or false"
        case .numberList: return items(text).allSatisfy { JavaScriptNumber.number($0).isFinite && !$0.isEmpty } ? nil : "numbers, comma separated"
        case .privateKey: return Hex.decode(text)?.count == 32 ? nil : "64 hexadecimal digits, with or without 0x"
        case .ethAddress, .optionalEthAddress: return (try? address(text)) == nil ? "an L1 address (40 hexadecimal digits)" : nil
        case .aztecAddress: return Hex.decode(text)?.count == 32 ? nil : "an Aztec address (64 hexadecimal digits)"
        case .field, .optionalField: return fieldBytes(text) == nil ? "a hexadecimal field element" : nil
        case .url: return Self.isURL(text) ? nil : "a URL"
        case .choice(let options): return options.contains(text) ? nil : "one of " + options.joined(separator: ", ")
        case .allowList: return (try? parseAllowList(text)) == nil ? "I:address[:selector] or C:classId[:selector] items, comma separated" : nil
        case .proofTypes:
            return items(text).allSatisfy { Self.provingRequests.contains($0.trimmingBlanks()) } ? nil : "some of " + Self.provingRequests.joined(separator: ", ")
        case .assets: return (try? parseAssets(text)) == nil ? "address:amount items, comma separated" : nil
        case .count: return text == "auto" || (Int(text) ?? -1) >= 0 ? nil : "a number of at least 0, or auto"
        }
    }

    static let provingRequests = [
        "PUBLIC_VM", "PRIVATE_BASE_ROLLUP", "PUBLIC_BASE_ROLLUP", "MERGE_ROLLUP", "EMPTY_BLOCK_ROOT_ROLLUP", "BLOCK_ROOT_ROLLUP",
        "SINGLE_TX_BLOCK_ROOT_ROLLUP", "BLOCK_MERGE_ROLLUP", "ROOT_ROLLUP", "BASE_PARITY", "ROOT_PARITY", "TUBE_PROOF",
    ]
}

// MARK: - Compound forms

extension ValueKind {
    func items(_ text: String) -> [String] { text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }

    static func isURL(_ text: String) -> Bool {
        guard let scheme = text.firstRange(of: "://"), scheme.lowerBound > text.startIndex else { return false }
        guard text[..<scheme.lowerBound].allSatisfy({ $0.isLetter || $0.isNumber || "+-.".contains($0) }) else { return false }
        let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty, !host.contains(where: { $0 == " " || $0 == "," }) else { return false }
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            return host[..<colon].isEmpty ? false : UInt16(host[host.index(after: colon)...]) != nil
        }
        return true
    }

    func address(_ text: String) throws(ConfigurationError) -> String {
        guard let bytes = Hex.decode(text), bytes.count == 20 else { throw ConfigurationError("Invalid address string: \(text)") }
        return bytes.hex
    }

    /// Up to 64 hexadecimal digits, padded on the left to 32 bytes.
    func fieldBytes(_ text: String) -> [UInt8]? {
        let digits = text.hasPrefix("0x") ? String(text.dropFirst(2)) : text
        guard !digits.isEmpty, digits.utf8.count <= 64 else { return nil }
        return Hex.decode(String(repeating: "0", count: 64 - digits.utf8.count) + digits)
    }

    func parseAllowList(_ text: String) throws(ConfigurationError) -> OptionValue {
        var entries: [OptionValue] = []
        if text.isEmpty { return .list([]) }
        for item in items(text) {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            var record: [String: OptionValue] = [:]
            if parts.count > 2 {
                guard let selector = Hex.decode(parts[2]), selector.count == 4 else { throw ConfigurationError("Invalid hex string: \(parts[2])") }
                record["selector"] = .text(selector.hex)
            }
            switch parts[0] {
            case "I": record["address"] = try Self.aztecAddress.parse(parts.count > 1 ? parts[1] : "", default: .absent)
            case "C": record["classId"] = try Self.field.parse(parts.count > 1 ? parts[1] : "", default: .absent)
            default: continue
            }
            entries.append(.record(record))
        }
        return .list(entries)
    }

    func parseAssets(_ text: String) throws(ConfigurationError) -> OptionValue {
        if text.isEmpty { return .list([]) }
        var assets: [OptionValue] = []
        for item in items(text) {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmingBlanks() }
            let address = try address(parts[0])
            // The reference's own default amount, 1e9, is no BigInt: an amount must be given.
            guard parts.count > 1, let amount = JavaScriptNumber.bigInt(parts[1]) else { throw ConfigurationError("Cannot convert \(parts.dropFirst().first ?? "1e9") to a BigInt") }
            assets.append(.record(["address": .text(address), "amount": .big(amount)]))
        }
        return .list(assets)
    }
}
