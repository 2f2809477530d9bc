import Protocol

/// How many requests a responder grants in a period: in a burst, and then evenly («note 07 §8»).
public struct RequestQuota: Hashable, Sendable {
    public var perPeer: Int
    public var global: Int
    public var periodMillis: Double

    public init(perPeer: Int, global: Int, periodMillis: Double = 1000) {
        self.perPeer = perPeer
        self.global = global
        self.periodMillis = periodMillis
    }
}

/// The five request/response protocols («note 07 §7.1»), and one of our own, which only nodes that list it in identify are
/// asked on: the reference never sees it used.
public enum RequestProtocol: String, Hashable, Sendable, CaseIterable {
    case ping = "/aztec/req/ping/0.1.0"
    case status = "/aztec/req/status/0.1.0"
    case goodbye = "/aztec/req/goodbye/0.1.0"
    case tx = "/aztec/req/tx/0.1.0"
    case block = "/aztec/req/block/0.1.0"
    /// Hashes of the pending transactions: what a node that was away has missed of gossip.
    case pool = "/quetzal/req/pool/0.1.0"

    /// The reference's, which we grant and which we expect to be granted.
    public var quota: RequestQuota {
        switch self {
        case .ping, .status, .goodbye: RequestQuota(perPeer: 5, global: 10)
        case .tx: RequestQuota(perPeer: 10, global: 200)
        case .block: RequestQuota(perPeer: 2, global: 5)
        case .pool: RequestQuota(perPeer: 2, global: 5)
        }
    }

    /// Bytes a request must have before it can be answered: a hash, a field, or anything.
    public var requestBytes: Int {
        switch self {
        case .tx, .block, .pool: 32
        case .ping, .status, .goodbye: 1
        }
    }

    /// Bytes of a request that we read; a longer one is refused. The reference has no limit, nor any use for more.
    public static let maxRequestBytes = 1024

    /// Bytes of a response, uncompressed, that we accept. The largest valid transaction has about 0.8 MB; a block holds
    /// at most its blobs' worth of effects.
    public var maxResponseBytes: Int {
        switch self {
        case .ping, .status, .goodbye: 1024
        case .tx: 4 << 20
        case .block: 8 << 20
        case .pool: 1 << 20
        }
    }
}

/// First byte of a response («note 07 §7.1»).
public enum ResponseStatus: UInt8, Hashable, Sendable {
    case success = 0
    case rateLimited = 1
    case badlyFormed = 2
    /// Never on the wire: the exchange itself failed.
    case failure = 126
    case unknown = 127

    public init(wire byte: UInt8) { self = ResponseStatus(rawValue: byte) ?? .unknown }
}

/// Why a peer hangs up («note 07 §7.1»). Numbers without a name are kept as they came.
public struct GoodbyeReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let shutdown = GoodbyeReason(rawValue: 1)
    public static let maxPeers = GoodbyeReason(rawValue: 2)
    public static let lowScore = GoodbyeReason(rawValue: 3)
    public static let banned = GoodbyeReason(rawValue: 4)
    public static let wrongNetwork = GoodbyeReason(rawValue: 5)
    public static let unknown = GoodbyeReason(rawValue: 6)

    /// From a request's bytes; any length but one means `unknown`.
    public init(request bytes: ArraySlice<UInt8>) {
        self = bytes.count == 1 ? GoodbyeReason(rawValue: bytes.first!) : .unknown
    }

    public var description: String {
        switch self {
        case .shutdown: "shutdown"
        case .maxPeers: "max peers"
        case .lowScore: "low score"
        case .banned: "banned"
        case .wrongNetwork: "wrong network"
        case .unknown: "unknown"
        default: "reason \(rawValue)"
        }
    }
}
