import JSON

extension JSONElement {
    /// A whole JSON number that is not negative; text is refused.
    func plainNonNegative() throws(JSONError) -> Int {
        let value = try requireInt()
        guard value >= 0 else { throw JSONError("a number that is not negative is expected", at: self) }
        return value
    }

    /// A member that may be absent but, when there, is read by `body`.
    func ifPresent<T>(_ key: String, _ body: (JSONElement) throws(JSONError) -> T) throws(JSONError) -> T? {
        guard isObject else { throw JSONError("an object is expected", at: self) }
        guard let member = self[key] else { return nil }
        return try body(member)
    }

    /// The bytes of a base64 text; the object form of `buffer()` is refused.
    func base64Text() throws(JSONError) -> [UInt8] {
        guard isString else { throw JSONError("a string is expected", at: self) }
        return try buffer()
    }
}
