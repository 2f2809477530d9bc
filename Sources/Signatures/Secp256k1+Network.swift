internal import CSecp256k1
import Hashing

// What the peer-to-peer network asks of the curve («note 07 §1, §10»): compressed keys, DER and compact signatures with
// low s, and a Diffie-Hellman product that is a point.
extension Secp256k1 {
    /// Whether 33 bytes are a compressed point of the curve.
    public static func isCompressedPoint(_ bytes: [UInt8]) -> Bool { bytes.count == 33 && parse(bytes) != nil }

    /// x ‖ y, 64 bytes, of a compressed or uncompressed point; nil if it is none.
    public static func uncompressed(_ bytes: [UInt8]) -> [UInt8]? {
        guard var key = parse(bytes) else { return nil }
        return Array(serialize(&key, compressed: false)[1...])
    }

    /// Checks a DER signature over sha256(message). A high s is refused, as libp2p demands.
    public static func verifyDER(message: [UInt8], signature: [UInt8], publicKey: [UInt8]) -> Bool {
        guard var key = parse(publicKey) else { return false }
        var parsed = secp256k1_ecdsa_signature()
        guard secp256k1_ecdsa_signature_parse_der(Context.shared.pointer, &parsed, signature, signature.count) == 1 else { return false }
        return secp256k1_ecdsa_verify(Context.shared.pointer, &parsed, SHA256.hash(message), &key) == 1
    }

    /// Checks r ‖ s over a 32-byte digest. A high s is refused.
    public static func verifyCompact(digest: [UInt8], signature: [UInt8], publicKey: [UInt8]) -> Bool {
        guard digest.count == 32, signature.count == 64, var key = parse(publicKey) else { return false }
        var parsed = secp256k1_ecdsa_signature()
        guard secp256k1_ecdsa_signature_parse_compact(Context.shared.pointer, &parsed, signature) == 1 else { return false }
        return secp256k1_ecdsa_verify(Context.shared.pointer, &parsed, digest, &key) == 1
    }

    fileprivate static func parse(_ bytes: [UInt8]) -> secp256k1_pubkey? {
        var key = secp256k1_pubkey()
        let bytes = bytes.count == 64 ? [4] + bytes : bytes
        return secp256k1_ec_pubkey_parse(Context.shared.pointer, &key, bytes, bytes.count) == 1 ? key : nil
    }

    fileprivate static func serialize(_ key: inout secp256k1_pubkey, compressed: Bool) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: compressed ? 33 : 65)
        var length = bytes.count
        _ = secp256k1_ec_pubkey_serialize(Context.shared.pointer, &bytes, &length, &key, UInt32(compressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED))
        return bytes
    }
}

extension Secp256k1.PrivateKey {
    /// The public key, 33 bytes.
    public var compressedPublicKey: [UInt8] {
        var key = Secp256k1.parse(publicKey)!  // its own serialisation
        return Secp256k1.serialize(&key, compressed: true)
    }

    /// DER signature with low s over sha256(message); deterministic (RFC 6979).
    public func signDER(message: [UInt8]) -> [UInt8] {
        var signature = signature(SHA256.hash(message))
        var der = [UInt8](repeating: 0, count: 72)
        var length = der.count
        _ = secp256k1_ecdsa_signature_serialize_der(Secp256k1.Context.shared.pointer, &der, &length, &signature)
        return Array(der[..<length])
    }

    /// r ‖ s with low s over a 32-byte digest; deterministic.
    public func signCompact(digest: [UInt8]) -> [UInt8] {
        var signature = signature(digest)
        var compact = [UInt8](repeating: 0, count: 64)
        _ = secp256k1_ecdsa_signature_serialize_compact(Secp256k1.Context.shared.pointer, &compact, &signature)
        return compact
    }

    /// This scalar times `publicKey`, 33 bytes compressed (discv5's ECDH); nil if that is no point.
    public func sharedPoint(with publicKey: [UInt8]) -> [UInt8]? {
        guard var key = Secp256k1.parse(publicKey), secp256k1_ec_pubkey_tweak_mul(Secp256k1.Context.shared.pointer, &key, bytes) == 1 else { return nil }
        return Secp256k1.serialize(&key, compressed: true)
    }

    private func signature(_ digest: [UInt8]) -> secp256k1_ecdsa_signature {
        precondition(digest.count == 32)
        var signature = secp256k1_ecdsa_signature()
        _ = secp256k1_ecdsa_sign(Secp256k1.Context.shared.pointer, &signature, digest, bytes, nil, nil)  // the key is in range
        return signature
    }
}
