public import Field
public import JSON

/// What a public call returned, and the calls it made. nil values: the call returned nothing.
public struct NestedProcessReturnValues: Hashable, Sendable {
    public var values: [Fr]?
    public var nested: [NestedProcessReturnValues]

    public init(values: [Fr]?, nested: [NestedProcessReturnValues] = []) {
        self.values = values
        self.nested = nested
    }
}

extension NestedProcessReturnValues: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let values { writer.member("values", values) }
        writer.member("nested", nested)
        writer.endObject()
    }

    /// Recursion is bounded by the depth the JSON parser allows.
    public init(json: JSONElement) throws(JSONError) {
        values = try json.ifPresent("values") { element throws(JSONError) in try element.decodeArray() }
        nested = try json.decodeArray("nested")
    }
}
