import PeerIdentity

/// A peer that speaks a gossip protocol. Belongs to the router.
final class GossipPeer {
    let id: PeerID
    let isOutbound: Bool
    /// Of our stream to it; nil until that is open.
    var outbound: GossipProtocol?
    var reader: FrameReader
    /// When the frame at hand began.
    var frameSince: UInt64?
    var outbox = Outbox()
    /// A `writable` has been given out and not all frames taken since.
    var isAnnounced = false
    /// When it last took a frame, or the first of those that wait was queued.
    var lastTaken: UInt64 = 0
    /// Its end has been asked for.
    var isCut = false
    /// Bit per topic.
    var subscriptions: UInt64 = 0
    // Within the heartbeat.
    var ihaveFrames = 0
    var asked = 0
    var iwantIDs = 0
    var uselessFrames = 0
    var suggested = 0
    // Verdicts awaited of messages that it sent first.
    var pendingBytes = 0
    var pendingMessages = 0
    /// RPCs taken without asking for the score, and until when.
    var trusted = (left: 0, until: UInt64(0))

    init(id: PeerID, isOutbound: Bool, frameLimit: Int) {
        self.id = id
        self.isOutbound = isOutbound
        reader = FrameReader(limit: frameLimit)
    }

    var isMeshable: Bool { outbound == .meshsub11 || outbound == .meshsub10 }
}

/// One topic's peers. Belongs to the router.
final class TopicState {
    let index: Int
    let name: [UInt8]
    let maximumPayload: Int
    var isJoined = false
    var mesh: [GossipPeer] = []
    var subscribers: [GossipPeer] = []
    /// Where we publish without having joined.
    var fanout: [GossipPeer] = []
    var fanoutPublished: UInt64?
    /// Until when a peer is not grafted. Outlives connections.
    var backoff: [PeerID: UInt64] = [:]

    init(index: Int, _ configuration: GossipTopicConfiguration) {
        self.index = index
        name = Array(configuration.name.utf8)
        maximumPayload = configuration.maximumPayload
    }

    func isInMesh(_ peer: GossipPeer) -> Bool { mesh.contains { $0 === peer } }
}

extension [GossipPeer] {
    mutating func drop(_ peer: GossipPeer) { removeAll { $0 === peer } }
}
