/// Why a cryptographic operation gave no result.
public enum CipherError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A public key whose product with ours is zero, or of the wrong length.
    case badPublicKey
    /// A key of the wrong length.
    case badKey
    /// The tag does not belong to the bytes.
    case authenticationFailed

    public var description: String {
        switch self {
        case .badPublicKey: "public key of small order or wrong length"
        case .badKey: "key of the wrong length"
        case .authenticationFailed: "authentication failed"
        }
    }
}
