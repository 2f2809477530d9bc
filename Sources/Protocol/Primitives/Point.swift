public import Bytes
public import Field
public import JSON

/// A point on Grumpkin as keys are carried: coordinates only, on the curve or not. The point at infinity has no
/// binary form.
public struct Point: Hashable, Sendable, BinaryCodable, FieldEncodable, CustomStringConvertible {
    public var x: Fr
    public var y: Fr

    public init(x: Fr, y: Fr) {
        self.x = x
        self.y = y
    }

    public static let zero = Point(x: .zero, y: .zero)

    public init(from reader: inout ByteReader) throws(DecodingError) {
        x = try Fr(from: &reader)
        y = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        x.write(to: &writer)
        y.write(to: &writer)
    }

    /// x, y and the infinity flag, which is always clear.
    public func append(to fields: inout [Fr]) {
        fields.append(x)
        fields.append(y)
        fields.append(.zero)
    }

    public var isZero: Bool { x.isZero && y.isZero }
    public var hex: String { serialized.hex }
    public var description: String { hex }
}

extension Point: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.hex(serialized) }

    /// x and y as hex; bytes behind the 64th are ignored.
    public init(json: JSONElement) throws(JSONError) { self = try json.decodeBinary(try json.lenientHexBytes()) }
}
