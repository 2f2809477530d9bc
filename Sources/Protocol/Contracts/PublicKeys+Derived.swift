public import Field
import Hashing

extension PublicKeys {
    /// Keys of contracts that were deployed without any.
    public static let `default` = PublicKeys(
        masterNullifierPublicKey: Point(x: ProtocolConstants.defaultNpkMX, y: ProtocolConstants.defaultNpkMY),
        masterIncomingViewingPublicKey: Point(x: ProtocolConstants.defaultIvpkMX, y: ProtocolConstants.defaultIvpkMY),
        masterOutgoingViewingPublicKey: Point(x: ProtocolConstants.defaultOvpkMX, y: ProtocolConstants.defaultOvpkMY),
        masterTaggingPublicKey: Point(x: ProtocolConstants.defaultTpkMX, y: ProtocolConstants.defaultTpkMY))

    public var isZero: Bool { self == .zero }

    /// 0 when all keys are (0, 0).
    public func hash() -> Fr { isZero ? .zero : Poseidon2.hash(toFields(), separator: .publicKeysHash) }
}
