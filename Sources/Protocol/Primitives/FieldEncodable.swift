public import Field

/// A value with a form as a vector of field elements, which is what circuits hash. The order of members there may
/// differ from that of the binary form (note 02 §1).
public protocol FieldEncodable {
    func append(to fields: inout [Fr])
}

extension FieldEncodable {
    public func toFields() -> [Fr] {
        var fields: [Fr] = []
        append(to: &fields)
        return fields
    }
}

extension Fr: FieldEncodable {
    public func append(to fields: inout [Fr]) { fields.append(self) }
}

extension Fr {
    /// Whether the value fits an unsigned 32-bit integer, and which.
    public var uint32: UInt32? { uint64.flatMap(UInt32.init(exactly:)) }
}
