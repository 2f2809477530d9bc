internal import COpenSSL

/// Diffie-Hellman over Curve25519 (RFC 7748).
public enum X25519 {
    public struct KeyPair: Sendable {
        /// 32 bytes. Secret.
        public let privateKey: [UInt8]
        /// 32 bytes.
        public let publicKey: [UInt8]

        /// From 32 bytes of private key (clamped as the RFC says when used).
        public init(privateKey: [UInt8]) throws(CipherError) {
            guard privateKey.count == 32, let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, privateKey, 32) else { throw .badKey }
            defer { EVP_PKEY_free(key) }
            var bytes = [UInt8](repeating: 0, count: 32)
            var length = 32
            guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1, length == 32 else { throw .badKey }
            self.privateKey = privateKey
            publicKey = bytes
        }

        public static func generate() -> KeyPair {
            // 32 random bytes are always a key.
            try! KeyPair(privateKey: SecureRandom.bytes(32))
        }

        /// The shared secret, 32 bytes. Throws `badPublicKey` when it would be zero (a point of small order).
        public func sharedSecret(with publicKey: ArraySlice<UInt8>) throws(CipherError) -> [UInt8] {
            guard publicKey.count == 32, let peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, Array(publicKey), 32) else { throw .badPublicKey }
            defer { EVP_PKEY_free(peer) }
            guard let own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nil, privateKey, 32) else { throw .badKey }
            defer { EVP_PKEY_free(own) }
            guard let context = EVP_PKEY_CTX_new(own, nil) else { throw .badKey }
            defer { EVP_PKEY_CTX_free(context) }
            var secret = [UInt8](repeating: 0, count: 32)
            var length = 32
            guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, peer) == 1,
                EVP_PKEY_derive(context, &secret, &length) == 1, length == 32, secret.contains(where: { $0 != 0 })
            else { throw .badPublicKey }
            return secret
        }
    }
}
