import Field

/// Every constant of protocol 0.87.7, grouped by subject in the extensions beside this file. Counts, heights and
/// lengths are `Int`; magic values, keys and roots are field elements.
public enum ProtocolConstants {
    /// A field element written as hex in this module's source.
    static func constant(_ hex: String) -> Fr {
        guard let value = Fr(hex: hex) else { preconditionFailure("not a field element: \(hex)") }
        return value
    }
}
