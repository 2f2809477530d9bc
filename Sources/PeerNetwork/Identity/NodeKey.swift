public import Bytes
public import Signatures

/// The node's one network key: libp2p identity, ENR and discv5 («note 07 §1»). Secret: never printed.
public struct NodeKey: Sendable {
    public let key: Secp256k1.PrivateKey
    public let id: PeerID

    public init(_ key: Secp256k1.PrivateKey) {
        self.key = key
        id = PeerID(checked: key.compressedPublicKey)
    }

    /// A new random one.
    public static func generate() -> NodeKey {
        while true {
            var source = SystemRandomNumberGenerator()
            let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &source) }
            if let key = try? Secp256k1.PrivateKey(bytes) { return NodeKey(key) }
        }
    }

    private static let prefix: [UInt8] = [0x08, 0x02, 0x12, 0x20]

    /// From the text form: hex of the libp2p private key protobuf, 72 digits.
    public init(text: String) throws(DecodingError) {
        guard !text.hasPrefix("0x"), let bytes = Hex.decode(text), bytes.count == 36, bytes.starts(with: Self.prefix) else {
            throw DecodingError("network key: not 72 hex digits of a secp256k1 private key protobuf (08021220…)")
        }
        do { self.init(try Secp256k1.PrivateKey(Array(bytes[4...]))) } catch { throw DecodingError("network key: \(error)") }
    }

    /// The text form. Secret.
    public var text: String { Hex.encode(Self.prefix + key.bytes) }

    /// DER signature with low s over sha256(message), as libp2p signs.
    public func sign(message: [UInt8]) -> [UInt8] { key.signDER(message: message) }
}
