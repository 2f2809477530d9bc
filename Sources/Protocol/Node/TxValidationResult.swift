public import JSON

/// The answer of `node_isValidTx`.
public enum TxValidationResult: Hashable, Sendable {
    /// Reasons are optional here and mean nothing.
    case valid(reason: [String]?)
    case invalid(reason: [String])
    case skipped(reason: [String])

    public static let valid = TxValidationResult.valid(reason: nil)
}

extension TxValidationResult: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .valid(let reason):
            writer.member("result", "valid")
            if let reason { writer.member("reason", reason) }
        case .invalid(let reason):
            writer.member("result", "invalid")
            writer.member("reason", reason)
        case .skipped(let reason):
            writer.member("result", "skipped")
            writer.member("reason", reason)
        }
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        let result = try json.required("result")
        switch result.string {
        case "valid": self = .valid(reason: try json.ifPresent("reason") { element throws(JSONError) in try element.decodeArray() })
        case "invalid": self = .invalid(reason: try json.decodeArray("reason"))
        case "skipped": self = .skipped(reason: try json.decodeArray("reason"))
        default: throw JSONError("one of valid, invalid, skipped is expected", at: result)
        }
    }
}
