import Bytes
import Hashing
import Signatures

/// A node's place in the discovery network: keccak256 of its public key's coordinates («note 07 §10.1»).
public struct NodeID: Hashable, Sendable, CustomStringConvertible {
    // Words, most significant first: distances are then a few instructions and an id needs no allocation.
    private let a, b, c, d: UInt64

    public static let byteCount = 32

    private init(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    /// Nil unless 32 bytes are given.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (place, byte) in bytes.enumerated() {
            switch place >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        self.init(words.0, words.1, words.2, words.3)
    }

    /// Of a secp256k1 public key in any of its forms; nil if it is no point of the curve.
    public init?(publicKey: [UInt8]) {
        guard let point = Secp256k1.uncompressed(publicKey) else { return nil }
        self.init(bytes: Keccak256.hash(point))
    }

    public init(_ peer: PeerID) { self.init(publicKey: peer.publicKey)! }  // a PeerID's key is a point

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for word in [a, b, c, d] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes
    }

    /// 64 hex digits, as the network's tools print it.
    public var description: String { Hex.encode(bytes) }

    /// Logarithmic distance, 0 (itself) to 256.
    public func distance(to other: NodeID) -> Int {
        let (x, y, z, w) = (a ^ other.a, b ^ other.b, c ^ other.c, d ^ other.d)
        if x != 0 { return 256 - x.leadingZeroBitCount }
        if y != 0 { return 192 - y.leadingZeroBitCount }
        if z != 0 { return 128 - z.leadingZeroBitCount }
        return 64 - w.leadingZeroBitCount
    }

    /// Whether this is nearer to `target` than `other` is, by XOR.
    public func isCloser(to target: NodeID, than other: NodeID) -> Bool {
        let mine = (a ^ target.a, b ^ target.b, c ^ target.c, d ^ target.d)
        let theirs = (other.a ^ target.a, other.b ^ target.b, other.c ^ target.c, other.d ^ target.d)
        return mine < theirs
    }
}
