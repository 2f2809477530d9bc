public import JSON

/// A number the reference carries without looking at it: any JSON number is accepted and printed again. Values the
/// node makes itself are whole.
public struct JSONNumber: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, CustomStringConvertible {
    public var double: Double

    public init(_ double: Double) { self.double = double }
    public init(_ integer: some BinaryInteger) { double = Double(integer) }
    public init(integerLiteral value: Int) { double = Double(value) }
    public init(floatLiteral value: Double) { double = value }

    /// nil for fractions and values beyond 64 bits.
    public var int: Int? { Int(exactly: double) }
    public var uint64: UInt64? { UInt64(exactly: double) }
    public var description: String { JSONText.javaScript(double) }
}

extension JSONNumber: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(double) }
    public init(json: JSONElement) throws(JSONError) { double = try json.requireDouble() }
}
