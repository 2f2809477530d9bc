public import Bytes
import Signatures

/// A peer's name: the identity multihash of its secp256k1 public key protobuf («note 07 §1»).
public struct PeerID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Compressed public key, 33 bytes. The multihash is this behind a constant prefix.
    public let publicKey: [UInt8]

    private static let keyPrefix: [UInt8] = [0x08, 0x02, 0x12, 0x21]
    private static let hashPrefix: [UInt8] = [0x00, 0x25]
    public static let byteCount = 39

    /// Throws unless `publicKey` is a compressed point of the curve.
    public init(publicKey: [UInt8]) throws(DecodingError) {
        guard publicKey.count == 33, Secp256k1.isCompressedPoint(publicKey) else { throw DecodingError("public key: not a compressed secp256k1 point") }
        self.publicKey = publicKey
    }

    init(checked publicKey: [UInt8]) { self.publicKey = publicKey }

    /// From the 37-byte libp2p public key protobuf, as Noise and identify carry it.
    public init(publicKeyProtobuf bytes: ArraySlice<UInt8>) throws(DecodingError) {
        var reader = ProtobufReader(bytes)
        var type: UInt64?
        var key: [UInt8]?
        while let field = try reader.next() {
            switch field.number {
            case 1: type = try field.varint("key type")
            case 2: key = Array(try field.bytes("key data"))
            default: break
            }
        }
        guard type == 2 else { throw DecodingError("public key: type \(type.map(String.init) ?? "none"), only secp256k1 (2) is known") }
        guard let key else { throw DecodingError("public key: no data") }
        try self.init(publicKey: key)
    }

    /// From the 39-byte multihash.
    public init(multihash bytes: ArraySlice<UInt8>) throws(DecodingError) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.hashPrefix) else { throw DecodingError("peer id: not the identity multihash of a secp256k1 key") }
        try self.init(publicKeyProtobuf: bytes.dropFirst(2))
    }

    /// From base58btc text (`16Uiu2HA…`).
    public init(text: String) throws(DecodingError) {
        guard let bytes = Base58.decode(text) else { throw DecodingError("peer id: not base58") }
        try self.init(multihash: bytes[...])
    }

    /// In one go: an array's own hash takes a byte at a time, and peers are looked up with every frame.
    public func hash(into hasher: inout Hasher) { publicKey.withUnsafeBytes { hasher.combine(bytes: $0) } }

    public var publicKeyProtobuf: [UInt8] { Self.keyPrefix + publicKey }
    public var multihash: [UInt8] { Self.hashPrefix + publicKeyProtobuf }
    public var description: String { Base58.encode(multihash) }

    public static func < (left: PeerID, right: PeerID) -> Bool { left.publicKey.lexicographicallyPrecedes(right.publicKey) }

    /// Whether `signature` (DER, low s) is this peer's over sha256(message).
    public func verify(message: [UInt8], signature: [UInt8]) -> Bool { Secp256k1.verifyDER(message: message, signature: signature, publicKey: publicKey) }
}
