import Ciphers
import Hashing
public import PeerIdentity
public import Signatures

/// The two keys of a session and the proof of identity that goes before them («note 07 §10.2»).
public struct SessionKeys: Hashable, Sendable {
    /// What the answerer of the challenge encrypts with; 16 bytes.
    public var initiator: [UInt8]
    /// What the challenger encrypts with.
    public var recipient: [UInt8]

    /// `secret`: the 33-byte point that both sides get from one's ephemeral and the other's static key.
    public init(secret: [UInt8], initiator: NodeID, recipient: NodeID, challengeData: [UInt8]) {
        let key = HKDFSHA256.extract(salt: challengeData, secret)
        let keys = HKDFSHA256.expand(key, info: Array("discovery v5 key agreement".utf8) + initiator.bytes + recipient.bytes, count: 32)
        self.initiator = Array(keys[..<16])
        self.recipient = Array(keys[16...])
    }

    private static func digest(challengeData: [UInt8], ephemeralKey: [UInt8], recipient: NodeID) -> [UInt8] {
        SHA256.hash(Array("discovery v5 identity proof".utf8) + challengeData + ephemeralKey + recipient.bytes)
    }

    /// 64 bytes r ‖ s.
    public static func identitySignature(_ key: Secp256k1.PrivateKey, challengeData: [UInt8], ephemeralKey: [UInt8], recipient: NodeID) -> [UInt8] {
        key.signCompact(digest: digest(challengeData: challengeData, ephemeralKey: ephemeralKey, recipient: recipient))
    }

    public static func verify(_ signature: [UInt8], by publicKey: [UInt8], challengeData: [UInt8], ephemeralKey: [UInt8], recipient: NodeID) -> Bool {
        Secp256k1.verifyCompact(digest: digest(challengeData: challengeData, ephemeralKey: ephemeralKey, recipient: recipient), signature: signature, publicKey: publicKey)
    }
}
