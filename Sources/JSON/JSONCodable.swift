/// A value with one JSON form (note 08 §2).
public protocol JSONEncodable {
    func write(to writer: inout JSONWriter)
}

extension JSONEncodable {
    public var jsonBytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    public var jsonText: String { String(decoding: jsonBytes, as: UTF8.self) }
}

/// A value read from its JSON form; errors name the path.
public protocol JSONDecodable {
    init(json: JSONElement) throws(JSONError)
}

extension JSONElement {
    /// The member, which must be there (null counts as there).
    public func required(_ key: String) throws(JSONError) -> JSONElement {
        guard isObject else { throw JSONError("an object is expected", at: self) }
        guard let member = self[key] else { throw JSONError("member «\(key)» is missing", at: self) }
        return member
    }

    public func decode<T: JSONDecodable>(_ type: T.Type = T.self) throws(JSONError) -> T { try T(json: self) }

    public func decode<T: JSONDecodable>(_ key: String, _ type: T.Type = T.self) throws(JSONError) -> T { try T(json: required(key)) }

    /// Absent member → nil; a member that is there must decode.
    public func decodeIfPresent<T: JSONDecodable>(_ key: String, _ type: T.Type = T.self) throws(JSONError) -> T? {
        guard isObject else { throw JSONError("an object is expected", at: self) }
        guard let member = self[key] else { return nil }
        return try T(json: member)
    }

    /// A list of at most `maximum` elements, exactly `count` when given.
    public func decodeArray<T: JSONDecodable>(
        _ type: T.Type = T.self, count: Int? = nil, maximum: Int = .max
    ) throws(JSONError) -> [T] {
        guard isArray else { throw JSONError("an array is expected", at: self) }
        let size = self.count
        if let count, size != count { throw JSONError("\(count) elements are expected, \(size) given", at: self) }
        guard size <= maximum else { throw JSONError("\(size) elements are more than \(maximum)", at: self) }
        var list: [T] = []
        list.reserveCapacity(size)
        for element in elements { list.append(try T(json: element)) }
        return list
    }

    public func decodeArray<T: JSONDecodable>(
        _ key: String, _ type: T.Type = T.self, count: Int? = nil, maximum: Int = .max
    ) throws(JSONError) -> [T] {
        try required(key).decodeArray(type, count: count, maximum: maximum)
    }

    public func requireString() throws(JSONError) -> String {
        guard let string else { throw JSONError("a string is expected", at: self) }
        return string
    }

    public func requireInt() throws(JSONError) -> Int {
        guard let int else { throw JSONError("an integer is expected", at: self) }
        return int
    }

    public func requireUInt64() throws(JSONError) -> UInt64 {
        guard let uint64 else { throw JSONError("an unsigned integer is expected", at: self) }
        return uint64
    }

    public func requireBool() throws(JSONError) -> Bool {
        guard let bool else { throw JSONError("true or false is expected", at: self) }
        return bool
    }

    public func requireDouble() throws(JSONError) -> Double {
        guard let double else { throw JSONError("a number is expected", at: self) }
        return double
    }
}

extension String: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
    public init(json: JSONElement) throws(JSONError) { self = try json.requireString() }
}

extension Int: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
    public init(json: JSONElement) throws(JSONError) { self = try json.requireInt() }
}

extension UInt32: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
    public init(json: JSONElement) throws(JSONError) {
        guard let value = UInt32(exactly: try json.requireInt()) else { throw JSONError("an unsigned 32-bit integer is expected", at: json) }
        self = value
    }
}

extension UInt64: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
    public init(json: JSONElement) throws(JSONError) { self = try json.requireUInt64() }
}

extension Double: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
    public init(json: JSONElement) throws(JSONError) { self = try json.requireDouble() }
}

extension Bool: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
    public init(json: JSONElement) throws(JSONError) { self = try json.requireBool() }
}
