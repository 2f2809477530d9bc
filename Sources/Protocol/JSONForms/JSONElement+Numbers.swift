public import JSON

// Number forms of the reference's schemas. A value of the right kind that no member of ours can hold is refused as
// «out of range»; the reference keeps some of those (−1, 2^64) until they are first used.
extension JSONElement {
    func outOfRange() -> JSONError { JSONError("out of range", at: self) }

    /// A JSON number that is an integer: `z.number()` where the value goes into an unsigned 32-bit member.
    public func plainUInt32() throws(JSONError) -> UInt32 {
        guard let number = double else { throw JSONError("a number is expected", at: self) }
        guard let value = UInt32(exactly: number) else { throw outOfRange() }
        return value
    }

    /// A number, or a string read as JavaScript's `Number`, that is an integer: the schema `Integer`.
    public func coercedInteger() throws(JSONError) -> Int {
        let number: Double?
        if let text = string { number = JavaScript.number(text) } else { number = double }
        guard kind == .number || kind == .string else { throw JSONError("a number or a string is expected", at: self) }
        guard let number, number.isFinite else { throw JSONError("not a number", at: self) }
        guard number == number.rounded() else { throw JSONError("an integer is expected", at: self) }
        guard let value = Int(exactly: number) else { throw outOfRange() }
        return value
    }

    /// The schema `UInt32`: like `coercedInteger`, within 0…2³²−1.
    public func coercedUInt32() throws(JSONError) -> UInt32 {
        let value = try coercedInteger()
        guard let small = UInt32(exactly: value) else { throw JSONError("a number in 0…4294967295 is expected", at: self) }
        return small
    }

    /// The schema `BigInt` for members that hold 64 bits: a number or a string read as JavaScript's `BigInt`.
    public func coercedUInt64() throws(JSONError) -> UInt64 {
        guard let value = try BigInteger(json: self).uint64 else { throw outOfRange() }
        return value
    }
}
