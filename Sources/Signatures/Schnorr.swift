public import Bytes
public import Field
import Hashing

/// Schnorr signatures over Grumpkin as account contracts use them («note 01 §12»). A node never needs to verify
/// one natively; wallets and tests do.
public enum Schnorr {
    /// `s ‖ e`: the response, 32 bytes below q when honest, and the raw 32-byte challenge.
    public struct Signature: Hashable, Sendable, BinaryCodable {
        public var s, e: [UInt8]

        public init(s: [UInt8], e: [UInt8]) {
            precondition(s.count == 32 && e.count == 32)
            self.s = s
            self.e = e
        }

        public init(from reader: inout ByteReader) throws(DecodingError) {
            s = Array(try reader.read(32, "schnorr s"))
            e = Array(try reader.read(32, "schnorr e"))
        }

        public func write(to writer: inout ByteWriter) {
            writer.write(s)
            writer.write(e)
        }
    }

    public static func publicKey(_ secret: Fq) -> GrumpkinPoint { secret * GrumpkinPoint.generator }

    /// With a nonce from the system's random source.
    public static func sign(_ message: [UInt8], secret: Fq) -> Signature {
        var random = SystemRandomNumberGenerator()
        while true {
            let entropy = (0..<64).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            if let signature = sign(message, secret: secret, nonce: Fq(reducing: entropy)) { return signature }
        }
    }

    /// nil for the one nonce in 2^254 that gives a signature no verifier takes (s or e zero, nonce zero).
    static func sign(_ message: [UInt8], secret: Fq, nonce: Fq) -> Signature? {
        guard !nonce.isZero else { return nil }
        let digest = challenge(nonce * GrumpkinPoint.generator, publicKey(secret), message)
        let e = Fq(reducing: digest)
        let s = nonce - secret * e
        guard !e.isZero, !s.isZero else { return nil }
        return Signature(s: s.bytes, e: digest)
    }

    /// False for a public key off the curve or infinite, for s or e that are zero modulo q, and for an infinite R.
    public static func verify(_ signature: Signature, _ message: [UInt8], publicKey: GrumpkinPoint) -> Bool {
        guard publicKey.isOnCurve, !publicKey.isInfinite else { return false }
        let s = Fq(reducing: signature.s)
        let e = Fq(reducing: signature.e)
        guard !s.isZero, !e.isZero else { return false }
        let r = GrumpkinPoint.sum([(e, publicKey), (s, .generator)])
        guard !r.isInfinite else { return false }
        return challenge(r, publicKey, message) == signature.e
    }

    private static func challenge(_ r: GrumpkinPoint, _ key: GrumpkinPoint, _ message: [UInt8]) -> [UInt8] {
        BLAKE2s.hash(Pedersen.hash([r.x, key.x, key.y]).bytes + message)
    }
}
