import Bytes
import Field
import FuzzKit
import Hashing
import Signatures
import Glibc
import Testing

/// Inputs of a fuzz test: the long form is for QUETZAL_LONG=1.
let fuzzRounds = getenv("QUETZAL_LONG") != nil ? 1_000_000 : 500

struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) } }
}

@Suite struct Secp256k1Tests {
    let key = try! Secp256k1.PrivateKey(Hex.decode("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")!)

    /// Note 01 §13, case A, domain 0.
    @Test func signsAProposal() throws {
        #expect(key.address.hex == "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")
        let hash = Hex.decode("ac9cdf1b240580342f3688772175e49abd6c5a81bf45b137a88ed5c55130a2e0")!
        let digest = Secp256k1.ethereumDigest(hash)
        #expect(digest.hex == "0xad54398101a1ec2b14408f0032fafd8c46daf76e981d292a17584c87f9f01329")
        let signature = try key.signEthereumMessage(hash)
        #expect(signature.r.hex == "0x99cade5a1f34ebc87229c94b0c9161871d19ec1f447034568e9f5e5396c4a321")
        #expect(signature.s.hex == "0x56b9695fb2868e31bb2e978f1b93f98a21c9bf2d49968933fd28f65cd88e64c5")
        #expect(signature.v == 28)
        #expect(try Secp256k1.recoverAddress(digest: digest, r: signature.r, s: signature.s, v: 28) == key.address)
        #expect(try Secp256k1.recoverAddress(digest: digest, r: signature.r, s: signature.s, v: 1) == key.address)
        #expect(try Secp256k1.recoverAddress(digest: digest, r: signature.r, s: signature.s, v: 27) != key.address)
    }

    @Test func refusesBadKeysAndSignatures() throws {
        let order = Hex.decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")!
        #expect(throws: Secp256k1.Failure.privateKeyOutOfRange) { try Secp256k1.PrivateKey([UInt8](repeating: 0, count: 32)) }
        #expect(throws: Secp256k1.Failure.privateKeyOutOfRange) { try Secp256k1.PrivateKey(order) }
        #expect(throws: Secp256k1.Failure.length("private key", expected: 32, got: 31)) { try Secp256k1.PrivateKey([UInt8](repeating: 1, count: 31)) }
        let digest = [UInt8](repeating: 7, count: 32)
        let signature = try key.sign(digest: digest)
        let zero = [UInt8](repeating: 0, count: 32)
        for (r, s) in [(zero, signature.s), (signature.r, zero), (order, signature.s), (signature.r, order)] {
            #expect(throws: Secp256k1.Failure.scalarOutOfRange) { try Secp256k1.recoverAddress(digest: digest, r: r, s: s, v: 27) }
        }
        for v: UInt64 in [2, 3, 26, 29, 256, .max] {
            #expect(throws: Secp256k1.Failure.invalidV(v)) { try Secp256k1.recoverAddress(digest: digest, r: signature.r, s: signature.s, v: v) }
        }
    }

    @Test func randomSignaturesNeverCrash() {
        var generator = SeededGenerator(seed: 31)
        var recovered = 0
        for _ in 0..<fuzzRounds {
            let lengths = [32, 32, 32, 32, 32, 32, 0, 31, 33, 65]
            let (digest, r, s) = (generator.bytes(32), generator.bytes(lengths[Int(generator.next() % 10)]), generator.bytes(lengths[Int(generator.next() % 10)]))
            if let key = try? Secp256k1.recoverPublicKey(digest: digest, r: r, s: s, v: generator.next() % 30) {
                #expect(key.count == 64)
                recovered += 1
            }
        }
        #expect(recovered > 0)
    }

    @Test func randomAddressText() {
        var generator = SeededGenerator(seed: 34)
        let letters = Array("0123456789abcdefABCDEFx ")
        for _ in 0..<fuzzRounds {
            let text = (generator.next() & 1 == 0 ? "0x" : "") + String((0..<Int(38 + generator.next() % 5)).map { _ in letters[Int(generator.next() % (generator.next() % 8 == 0 ? 24 : 16))] })
            if let address = EIP55.decode(text) { #expect(Hex.encode(address) == text.suffix(40).lowercased()) }
        }
    }

    @Test func checksums() {
        let address = Hex.decode("a44bd3494ed95818ef555367a23a2556aaa6e29d")!
        #expect(EIP55.encode(address) == "0xa44Bd3494ED95818EF555367a23A2556aAA6E29D")
        #expect(EIP55.decode("0xa44Bd3494ED95818EF555367a23A2556aAA6E29D") == address)
        #expect(EIP55.decode("A44BD3494ED95818EF555367A23A2556AAA6E29D") == address)
        #expect(EIP55.decode("0xA44Bd3494ED95818EF555367a23A2556aAA6E29d") == nil)
        #expect(EIP55.decode("0xa44bd3494ed95818ef555367a23a2556aaa6e2") == nil)
        #expect(EIP55.decode("") == nil)
    }
}

@Suite struct SchnorrTests {
    @Test func signsAndVerifies() throws {
        var generator = SeededGenerator(seed: 32)
        for _ in 0..<10 {
            let secret = Fq(reducing: generator.bytes(40))
            let message = generator.bytes(Int(generator.next() % 100))
            let key = Schnorr.publicKey(secret)
            let signature = Schnorr.sign(message, secret: secret)
            #expect(Schnorr.verify(signature, message, publicKey: key))
            #expect(!Schnorr.verify(signature, message + [0], publicKey: key))
            #expect(!Schnorr.verify(signature, message, publicKey: -key))
            var bad = signature
            bad.e[31] ^= 1
            #expect(!Schnorr.verify(bad, message, publicKey: key))
            bad = signature
            bad.s = [UInt8](repeating: 0, count: 32)
            #expect(!Schnorr.verify(bad, message, publicKey: key))
            #expect(!Schnorr.verify(signature, message, publicKey: .infinity))
            #expect(!Schnorr.verify(signature, message, publicKey: .zero))
            #expect(try Schnorr.Signature(exactly: signature.serialized) == signature)
        }
    }

    @Test func randomBytesNeverVerify() throws {
        var fuzz = Fuzz(seed: 33)
        let key = Schnorr.publicKey(7)
        let whole = Schnorr.sign([1], secret: 7).serialized
        for round in 0..<Fuzz.rounds(short: 2_000) {
            let bytes = fuzz.altered(whole)
            guard let signature = try? Schnorr.Signature(exactly: bytes) else { continue }
            #expect(signature.serialized == bytes)
            // Verifying costs a hundred times the reading.
            if round % 100 == 0, bytes != whole { #expect(!Schnorr.verify(signature, [1], publicKey: key)) }
        }
    }
}

@Suite struct PrivateKeyForms {
    @Test func anyBytes() {
        var fuzz = Fuzz(seed: 35)
        let whole = [UInt8](repeating: 7, count: 32)
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 500) {
            let bytes = fuzz.altered(whole)
            guard let key = try? Secp256k1.PrivateKey(bytes) else { continue }
            accepted += 1
            #expect(key.bytes == bytes && key.publicKey.count == 64)
        }
        #expect(accepted > 50)
    }
}
