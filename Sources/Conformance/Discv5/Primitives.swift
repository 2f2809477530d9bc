import Ciphers
import ConformanceKit
import JSON
import PeerDiscovery
import PeerIdentity
import Signatures

/// Curve product, key derivation, signature and cipher of the specification, each by itself.
enum Primitives {
    static func run(_ item: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        if let ecdh = item["ecdh"] {
            let key = try Secp256k1.PrivateKey(try ecdh.hex("secret-key"))
            report.check(file: file, case: "ecdh", expected: try ecdh.hex("shared-secret"), got: key.sharedPoint(with: try ecdh.hex("public-key")) ?? [])
        }
        if let derivation = item["key-derivation"] {
            let key = try Secp256k1.PrivateKey(try derivation.hex("ephemeral-key"))
            let keys = SessionKeys(
                secret: key.sharedPoint(with: try derivation.hex("dest-pubkey")) ?? [], initiator: try node(derivation, "node-id-a"), recipient: try node(derivation, "node-id-b"),
                challengeData: try derivation.hex("challenge-data"))
            report.check(file: file, case: "initiator key", expected: try derivation.hex("initiator-key"), got: keys.initiator)
            report.check(file: file, case: "recipient key", expected: try derivation.hex("recipient-key"), got: keys.recipient)
        }
        if let signing = item["id-nonce-signing"] {
            let key = try Secp256k1.PrivateKey(try signing.hex("static-key"))
            let (challenge, ephemeral, recipient) = (try signing.hex("challenge-data"), try signing.hex("ephemeral-pubkey"), try node(signing, "node-id-B"))
            let signature = try signing.hex("id-signature")
            report.check(file: file, case: "id signature", expected: signature, got: SessionKeys.identitySignature(key, challengeData: challenge, ephemeralKey: ephemeral, recipient: recipient))
            report.check(
                file: file, case: "id signature verified", expected: true,
                got: SessionKeys.verify(signature, by: key.compressedPublicKey, challengeData: challenge, ephemeralKey: ephemeral, recipient: recipient))
        }
        if let cipher = item["encryption-decryption"] {
            let (key, nonce, associated) = (try cipher.hex("encryption-key"), try cipher.hex("nonce"), try cipher.hex("ad"))
            let (plain, sealed) = (try cipher.hex("pt"), try cipher.hex("message-ciphertext"))
            report.check(file: file, case: "sealing", expected: sealed, got: AES128GCM.seal(key: key, nonce: nonce, associated: associated, plain[...]))
            report.check(file: file, case: "opening", expected: plain, got: AES128GCM.open(key: key, nonce: nonce, associated: associated, sealed[...]) ?? [])
        }
    }

    static func node(_ item: JSONElement, _ name: String) throws -> NodeID {
        guard let id = NodeID(bytes: try item.hex(name)) else { throw Vectors.Failure("\(item.path).\(name): no node id") }
        return id
    }
}
