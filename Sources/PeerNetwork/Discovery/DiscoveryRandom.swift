import Ciphers

/// Where the protocol's random bytes come from; a replay of recorded sessions puts the recorded ones in.
public protocol DiscoveryRandomness {
    mutating func bytes(_ count: Int, for purpose: DiscoveryRandomPurpose) -> [UInt8]
}

public enum DiscoveryRandomPurpose: Hashable, Sendable {
    case maskingIV, nonce, idNonce, ephemeralKey, requestID
    /// Stands in for the message of the first packet to a node without session.
    case filler
    /// Lookup targets, hash seeds, spreading of pings.
    case other
}

/// The operating system's by way of OpenSSL.
public struct SystemDiscoveryRandomness: DiscoveryRandomness {
    public init() {}
    public mutating func bytes(_ count: Int, for purpose: DiscoveryRandomPurpose) -> [UInt8] { SecureRandom.bytes(count) }
}
