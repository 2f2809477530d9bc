import Ciphers
import Testing

private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

@Suite struct CiphersTests {
    /// RFC 7748 §5.2: the scalar and the point take each other's place.
    @Test func x25519Iterated() throws {
        var scalar: [UInt8] = [9] + [UInt8](repeating: 0, count: 31)
        var point = scalar
        for round in 1...1000 {
            let product = try X25519.KeyPair(privateKey: scalar).sharedSecret(with: point[...])
            (scalar, point) = (product, scalar)
            if round == 1 { #expect(scalar == bytes("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")) }
        }
        #expect(scalar == bytes("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"))
    }

    @Test func x25519RefusesSmallOrderAndWrongLengths() throws {
        let key = X25519.KeyPair.generate()
        #expect(throws: CipherError.badPublicKey) { try key.sharedSecret(with: [UInt8](repeating: 0, count: 32)[...]) }
        #expect(throws: CipherError.badPublicKey) { try key.sharedSecret(with: ([1] + [UInt8](repeating: 0, count: 31))[...]) }
        #expect(throws: CipherError.badPublicKey) { try key.sharedSecret(with: [UInt8](repeating: 9, count: 31)[...]) }
        #expect(throws: CipherError.badKey) { try X25519.KeyPair(privateKey: [1, 2]) }
        let other = X25519.KeyPair.generate()
        #expect(try key.sharedSecret(with: other.publicKey[...]) == other.sharedSecret(with: key.publicKey[...]))
    }

    /// RFC 4231 case 2, RFC 5869 case 1, and an empty key.
    @Test func hmacAndHKDF() {
        #expect(HMACSHA256.authenticate(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)) == bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
        let key = HKDFSHA256.extract(salt: Array(0...12), [UInt8](repeating: 0x0b, count: 22))
        #expect(HKDFSHA256.expand(key, info: Array(0xf0...0xf9), count: 42) == bytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
        #expect(HMACSHA256.authenticate(key: [], []) == bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
    }

    static let sealed = bytes("8783c994caa088ec75da9aa5aa83417ee1e4017172285c6b74a75f8eadbaf0d79fa5026f903f5f6649cf7c")
    static let text = Array("hello, peers of the network".utf8)

    @Test func chaChaPolyWhole() throws {
        let cipher = try ChaCha20Poly1305(key: Array(0..<32))
        let counter: UInt64 = 0x0807_0605_0403_0201
        // Twice: the context is used again.
        for _ in 0..<2 {
            #expect(cipher.seal(counter: counter, associated: Array("ad".utf8), Self.text[...]) == Self.sealed)
            #expect(try cipher.open(counter: counter, associated: Array("ad".utf8), Self.sealed[...]) == Self.text)
        }
        for place in Self.sealed.indices {
            var altered = Self.sealed
            altered[place] ^= 1
            #expect(throws: CipherError.authenticationFailed) { try cipher.open(counter: counter, associated: Array("ad".utf8), altered[...]) }
        }
        #expect(throws: CipherError.authenticationFailed) { try cipher.open(counter: counter &+ 1, associated: Array("ad".utf8), Self.sealed[...]) }
        #expect(throws: CipherError.authenticationFailed) { try cipher.open(counter: counter, associated: [], Self.sealed[...]) }
        #expect(throws: CipherError.authenticationFailed) { try cipher.open(counter: counter, associated: [], Self.sealed[..<15]) }
        #expect(try cipher.open(counter: 3, associated: [], cipher.seal(counter: 3, associated: [], [])[...]).isEmpty)
        #expect(throws: CipherError.badKey) { try ChaCha20Poly1305(key: [1]) }
    }

    @Test func chaChaPolyInPieces() throws {
        let cipher = try ChaCha20Poly1305(key: Array(0..<32))
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = cipher.seal(counter: 5, associated: [], message[...])
        for cuts in [[0, 1000], [0, 1, 1000], [0, 0, 63, 64, 65, 999, 1000], [0, 500, 500, 1000]] {
            var buffer = [UInt8](repeating: 0xee, count: 1020)
            cipher.beginSealing(counter: 5)
            for (from, to) in zip(cuts, cuts.dropFirst()) { cipher.seal(message[from..<to].span, into: &buffer, at: 2 + from) }
            cipher.finishSealing(into: &buffer, at: 1002)
            #expect(Array(buffer[2..<1018]) == whole)
            #expect(buffer[0] == 0xee && buffer[1] == 0xee && buffer[1018] == 0xee)
        }
        var buffer = [UInt8](repeating: 0, count: 1000)
        #expect(try cipher.open(counter: 5, whole.span, into: &buffer) == 1000)
        #expect(buffer == message)
    }
}
