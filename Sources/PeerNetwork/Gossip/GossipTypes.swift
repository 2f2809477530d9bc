public import PeerIdentity

/// A new message: its verdict is awaited, and lost when it comes later than six heartbeats («note 07 §4.4»).
public struct GossipDelivery: Sendable {
    public var id: MessageID
    /// Place in `GossipConfiguration.topics`.
    public var topic: Int
    /// Uncompressed.
    public var payload: [UInt8]
    public var sender: PeerID

    public init(id: MessageID, topic: Int, payload: [UInt8], sender: PeerID) {
        self.id = id
        self.topic = topic
        self.payload = payload
        self.sender = sender
    }
}

/// What was found of a message.
public enum GossipAcceptance: Hashable, Sendable {
    /// Goes on to the mesh.
    case accept
    /// Dropped.
    case ignore
    /// Dropped, and all who sent it are blamed.
    case reject
}

/// A peer that another one suggested when it pruned us.
public struct SuggestedPeer: Sendable {
    public var id: PeerID
    /// Verified: signed by the peer itself. Without it there is no address.
    public var record: SignedPeerRecord?

    public init(id: PeerID, record: SignedPeerRecord?) {
        self.id = id
        self.record = record
    }
}

/// What the router wants done.
public enum GossipOutput: Sendable {
    /// Frames wait for the peer: call `takeFrame` until its stream is full or there is none; again when it has drained.
    case writable(PeerID)
    case validate(GossipDelivery)
    /// The peer's gossip has to end: close its streams and call `disconnected`.
    case cut(PeerID, reason: String)
    case suggest([SuggestedPeer], by: PeerID)
}

/// The gossip protocols, best first.
public enum GossipProtocol: String, CaseIterable, Sendable {
    case meshsub11 = "/meshsub/1.1.0"
    case meshsub10 = "/meshsub/1.0.0"
    case floodsub = "/floodsub/1.0.0"
}

/// What has happened since the start.
public struct GossipCounters: Sendable, Equatable {
    public var framesIn = 0, bytesIn = 0, framesOut = 0, bytesOut = 0
    /// RPCs that could not be decoded, and those of peers not listened to.
    public var malformed = 0, graylisted = 0
    public var delivered = 0, duplicates = 0, invalid = 0
    /// Messages left out: of topics not joined, and beyond the bounds on awaited verdicts.
    public var uninteresting = 0, overload = 0
    public var published = 0, forwarded = 0
    public var accepted = 0, ignored = 0, rejected = 0, lateVerdicts = 0
    public var ihaveIn = 0, iwantIn = 0, graftIn = 0, pruneIn = 0, asked = 0, answered = 0
    public var framesDropped = 0, cut = 0, brokenPromises = 0
    /// Signed records of suggested peers that are forged or another peer's.
    public var recordsRefused = 0

    public init() {}
}
