public import PeerIdentity
public import PeerTransport

public struct PeerManagerConfiguration: Sendable {
    /// Connections wanted and kept (`P2P_MAX_PEERS`), those of protected peers included.
    public var maxPeers = 100
    /// `P2P_PEER_CHECK_INTERVAL_MS`
    public var heartbeatMillis: Double = 30_000
    /// `P2P_PEER_PENALTY_VALUES`
    public var penaltyValues: [Double] = []
    /// `P2P_TRUSTED_PEERS`: never pruned, dialled again whenever they are gone.
    public var trusted: [KnownPeer] = []
    /// `P2P_PRIVATE_PEERS`: the same, and kept out of discovery.
    public var privatePeers: [KnownPeer] = []
    /// Dials at one time.
    public var maxDialing = 32
    /// Peers kept for the next start.
    public var maxKnown = 256

    public init() {}
}

/// What the peer manager wants done.
public enum PeerAction: Hashable, Sendable {
    case dial(PeerAddress)
    /// Say goodbye, then hang up whatever the answer.
    case goodbye(PeerID, GoodbyeReason)
    case disconnect(PeerID, reason: String)
    /// One of two connections to a peer.
    case close(connection: UInt64, reason: String)
    /// The remaining connection of the peer is another one than before: streams must be opened anew.
    case replaced(PeerID)
    /// Look for more peers.
    case lookup
    case save([StoredPeer])
}
