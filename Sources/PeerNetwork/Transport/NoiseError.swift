/// Why a Noise handshake or message was refused.
public enum NoiseError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooShort(StaticText)
    case badPublicKey
    /// A ciphertext that does not belong to the handshake so far, or to its place among the messages.
    case authenticationFailed(StaticText)
    case malformedPayload(String)
    /// The identity's signature is not over the Noise key.
    case badSignature
    /// The dial address named another peer.
    case wrongPeer(expected: String, got: String)
    /// 2³² messages under one key, or a message after the handshake's end.
    case exhausted

    public struct StaticText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let description: String
        public init(stringLiteral value: StaticString) { description = value.description }
    }

    public var description: String {
        switch self {
        case .tooShort(let what): "noise: \(what) is too short"
        case .badPublicKey: "noise: bad public key"
        case .authenticationFailed(let what): "noise: \(what) does not authenticate"
        case .malformedPayload(let what): "noise: payload: \(what)"
        case .badSignature: "noise: the identity did not sign the Noise key"
        case .wrongPeer(let expected, let got): "noise: peer is \(got), not \(expected)"
        case .exhausted: "noise: no further message is allowed"
        }
    }
}
