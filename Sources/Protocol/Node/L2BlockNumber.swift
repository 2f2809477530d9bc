public import JSON

/// A block parameter of the node's methods. Negative numbers are accepted here; methods say what they mean.
public enum L2BlockNumber: Hashable, Sendable {
    case number(Int)
    case latest
}

extension L2BlockNumber: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .number(let number): writer.value(number)
        case .latest: writer.value("latest")
        }
    }

    public init(json: JSONElement) throws(JSONError) {
        self = json.isString("latest") ? .latest : .number(try json.coercedInteger())
    }
}
