internal import CSecp256k1
import Hashing

/// ECDSA over secp256k1 as Ethereum uses it («note 01 §13»): signing with RFC 6979 nonces and low s, recovery of
/// the signer's address.
public enum Secp256k1 {
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// A byte string of the wrong length was given for the named thing.
        case length(String, expected: Int, got: Int)
        /// Not in 1..<n.
        case privateKeyOutOfRange
        /// Not one of 0, 1, 27, 28.
        case invalidV(UInt64)
        /// r or s not in 1..<n.
        case scalarOutOfRange
        /// r is no x-coordinate that belongs to a public key.
        case notRecoverable

        public var description: String {
            switch self {
            case .length(let name, let expected, let got): "\(name): \(got) bytes instead of \(expected)"
            case .privateKeyOutOfRange: "private key: out of range 1..n-1"
            case .invalidV(let v): "signature v: \(v) is none of 0, 1, 27, 28"
            case .scalarOutOfRange: "signature: r or s out of range 1..n-1"
            case .notRecoverable: "signature: no public key belongs to it"
            }
        }
    }

    /// libsecp256k1's context: created once, immutable afterwards, which the library allows to share between threads.
    struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
        static let shared = Context()

        private init() {
            pointer = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE))
            // Blinds the scalar multiplications with secrets; without it signing is merely less hardened.
            _ = secp256k1_context_randomize(pointer, (0..<32).map { _ in UInt8.random(in: .min ... .max) })
        }
    }

    /// A signature with its recovery bit. `r` and `s` are 32 bytes, big-endian; `v` is 27 or 28 from `sign`.
    public struct Signature: Hashable, Sendable {
        public var r, s: [UInt8]
        public var v: UInt8

        public init(r: [UInt8], s: [UInt8], v: UInt8) {
            self.r = r
            self.s = s
            self.v = v
        }
    }

    public struct PrivateKey: Sendable {
        /// 32 bytes. Secret.
        public let bytes: [UInt8]
        /// x ‖ y, 64 bytes.
        public let publicKey: [UInt8]

        public init(_ bytes: [UInt8]) throws(Failure) {
            guard bytes.count == 32 else { throw .length("private key", expected: 32, got: bytes.count) }
            var key = secp256k1_pubkey()
            guard secp256k1_ec_pubkey_create(Context.shared.pointer, &key, bytes) == 1 else { throw .privateKeyOutOfRange }
            self.bytes = bytes
            publicKey = Secp256k1.serialize(&key)
        }

        /// 20 bytes.
        public var address: [UInt8] { Secp256k1.address(publicKey: publicKey) }

        /// Signs 32 bytes as they are.
        public func sign(digest: [UInt8]) throws(Failure) -> Signature {
            guard digest.count == 32 else { throw .length("digest", expected: 32, got: digest.count) }
            var signature = secp256k1_ecdsa_recoverable_signature()
            guard secp256k1_ecdsa_sign_recoverable(Context.shared.pointer, &signature, digest, bytes, nil, nil) == 1 else {
                throw .privateKeyOutOfRange
            }
            var compact = [UInt8](repeating: 0, count: 64)
            var recoveryID: Int32 = 0
            _ = secp256k1_ecdsa_recoverable_signature_serialize_compact(Context.shared.pointer, &compact, &recoveryID, &signature)
            return Signature(r: Array(compact[..<32]), s: Array(compact[32...]), v: UInt8(27 + recoveryID))
        }

        /// Signs `ethereumDigest(message)`.
        public func signEthereumMessage(_ message: [UInt8]) throws(Failure) -> Signature {
            try sign(digest: Secp256k1.ethereumDigest(message))
        }
    }

    /// EIP-191: `keccak256("\x19Ethereum Signed Message:\n32" ‖ message)` of a 32-byte message.
    public static func ethereumDigest(_ message: [UInt8]) -> [UInt8] {
        precondition(message.count == 32)
        return Keccak256.hash(Array("\u{19}Ethereum Signed Message:\n32".utf8) + message)
    }

    /// Last 20 bytes of keccak256 of the 64-byte public key.
    public static func address(publicKey: [UInt8]) -> [UInt8] {
        precondition(publicKey.count == 64)
        return Array(Keccak256.hash(publicKey)[12...])
    }

    /// The public key, 64 bytes. v is one of 0, 1, 27, 28; a high s is accepted.
    public static func recoverPublicKey(digest: [UInt8], r: [UInt8], s: [UInt8], v: UInt64) throws(Failure) -> [UInt8] {
        guard digest.count == 32 else { throw .length("digest", expected: 32, got: digest.count) }
        guard r.count == 32 else { throw .length("signature r", expected: 32, got: r.count) }
        guard s.count == 32 else { throw .length("signature s", expected: 32, got: s.count) }
        let recoveryID: Int32
        switch v {
        case 0, 27: recoveryID = 0
        case 1, 28: recoveryID = 1
        default: throw .invalidV(v)
        }
        var signature = secp256k1_ecdsa_recoverable_signature()
        guard secp256k1_ecdsa_recoverable_signature_parse_compact(Context.shared.pointer, &signature, r + s, recoveryID) == 1,
            r.contains(where: { $0 != 0 }), s.contains(where: { $0 != 0 })
        else { throw .scalarOutOfRange }
        var key = secp256k1_pubkey()
        guard secp256k1_ecdsa_recover(Context.shared.pointer, &key, &signature, digest) == 1 else { throw .notRecoverable }
        return serialize(&key)
    }

    /// The signer's address, 20 bytes.
    public static func recoverAddress(digest: [UInt8], r: [UInt8], s: [UInt8], v: UInt64) throws(Failure) -> [UInt8] {
        address(publicKey: try recoverPublicKey(digest: digest, r: r, s: s, v: v))
    }

    private static func serialize(_ key: inout secp256k1_pubkey) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65)
        var length = 65
        _ = secp256k1_ec_pubkey_serialize(Context.shared.pointer, &bytes, &length, &key, UInt32(SECP256K1_EC_UNCOMPRESSED))
        return Array(bytes[1...])
    }
}
