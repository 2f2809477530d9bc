import Ciphers
import Hashing

/// Hash, chaining key and cipher of a handshake under way (Noise specification, §5.2), for `Noise_XX_25519_ChaChaPoly_SHA256`.
struct NoiseSymmetricState {
    private var hash: [UInt8]
    private var chainingKey: [UInt8]
    private var cipher: ChaCha20Poly1305?
    private var counter: UInt64 = 0

    init() {
        let name = Array("Noise_XX_25519_ChaChaPoly_SHA256".utf8)  // 32 bytes: it is its own hash
        hash = name
        chainingKey = name
        mixHash([])  // the empty prologue
    }

    mutating func mixHash(_ bytes: some Collection<UInt8>) {
        var state = SHA256()
        state.update(hash)
        state.update(bytes)
        hash = state.finalize()
    }

    mutating func mixKey(_ secret: [UInt8]) {
        let (next, key) = Self.derive(chainingKey, secret)
        chainingKey = next
        cipher = try! ChaCha20Poly1305(key: key)  // 32 bytes
        counter = 0
    }

    mutating func encryptAndHash(_ plaintext: [UInt8]) -> [UInt8] {
        let result = cipher?.seal(counter: counter, associated: hash, plaintext[...]) ?? plaintext
        counter += 1
        mixHash(result)
        return result
    }

    mutating func decryptAndHash(_ ciphertext: ArraySlice<UInt8>) throws(CipherError) -> [UInt8] {
        let result = try cipher?.open(counter: counter, associated: hash, ciphertext) ?? Array(ciphertext)
        counter += 1
        mixHash(ciphertext)
        return result
    }

    /// The ciphers of the initiator and of the responder.
    func split() -> (initiator: ChaCha20Poly1305, responder: ChaCha20Poly1305) {
        let (first, second) = Self.derive(chainingKey, [])
        return (try! ChaCha20Poly1305(key: first), try! ChaCha20Poly1305(key: second))
    }

    private static func derive(_ key: [UInt8], _ secret: [UInt8]) -> ([UInt8], [UInt8]) {
        let both = HKDFSHA256.expand(HKDFSHA256.extract(salt: key, secret), info: [], count: 64)
        return (Array(both[..<32]), Array(both[32...]))
    }
}
