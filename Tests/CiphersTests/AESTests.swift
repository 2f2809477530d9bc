import Ciphers
import Testing

private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

@Suite struct AESTests {
    /// NIST SP 800-38A, F.5.1.
    @Test func counterMode() {
        let (key, iv) = (bytes("2b7e151628aed2a6abf7158809cf4f3c"), bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
        let plain = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
        let hidden = bytes("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff")
        #expect(AES128CTR.apply(key: key[...], iv: iv[...], plain[...]) == hidden)
        #expect(AES128CTR.apply(key: key[...], iv: iv[...], hidden[...]) == plain)
        for count in 0...32 { #expect(AES128CTR.apply(key: key[...], iv: iv[...], plain[..<count]) == Array(hidden[..<count])) }
    }

    /// The GCM specification's test cases 1, 2 and 4.
    @Test func galoisCounterMode() {
        let zero = [UInt8](repeating: 0, count: 16)
        let nonce = [UInt8](repeating: 0, count: 12)
        #expect(AES128GCM.seal(key: zero, nonce: nonce, associated: [], []) == bytes("58e2fccefa7e3061367f1d57a4e7455a"))
        #expect(AES128GCM.seal(key: zero, nonce: nonce, associated: [], zero[...]) == bytes("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"))
        let key = bytes("feffe9928665731c6d6a8f9467308308")
        let iv = bytes("cafebabefacedbaddecaf888")
        let associated = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        let plain = bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
        let sealed = bytes("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47")
        #expect(AES128GCM.seal(key: key, nonce: iv, associated: associated, plain[...]) == sealed)
        #expect(AES128GCM.open(key: key, nonce: iv, associated: associated, sealed[...]) == plain)
    }

    @Test func whatWasChangedDoesNotOpen() {
        let (key, nonce) = ([UInt8](repeating: 7, count: 16), [UInt8](repeating: 9, count: 12))
        let sealed = AES128GCM.seal(key: key, nonce: nonce, associated: [1, 2], [3, 4, 5])
        #expect(AES128GCM.open(key: key, nonce: nonce, associated: [1, 2], sealed[...]) == [3, 4, 5])
        for place in sealed.indices {
            var other = sealed
            other[place] ^= 1
            #expect(AES128GCM.open(key: key, nonce: nonce, associated: [1, 2], other[...]) == nil)
        }
        #expect(AES128GCM.open(key: key, nonce: nonce, associated: [1], sealed[...]) == nil)
        #expect(AES128GCM.open(key: key, nonce: nonce, associated: [1, 2], sealed.dropLast()) == nil)
        for count in 0..<16 { #expect(AES128GCM.open(key: key, nonce: nonce, associated: [1, 2], sealed[..<count]) == nil) }
        #expect(AES128GCM.open(key: key, nonce: nonce, associated: [], AES128GCM.seal(key: key, nonce: nonce, associated: [], [])[...]) == [])
    }
}
