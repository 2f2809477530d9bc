/// A topic that the node knows. Nothing is stored of others.
public struct GossipTopicConfiguration: Sendable {
    public var name: String
    /// Bytes of an uncompressed payload.
    public var maximumPayload: Int
    public var score = TopicScoreParameters()

    public init(name: String, maximumPayload: Int) {
        self.name = name
        self.maximumPayload = maximumPayload
    }
}

/// Numbers of gossip («note 07 §4.3»). Times are ms. Defaults are the network's, those under «Bounds» are ours.
public struct GossipConfiguration: Sendable {
    public var topics: [GossipTopicConfiguration]

    /// Peers in a topic's mesh: wanted, least, most.
    public var meshDegree = 8
    public var meshLow = 4
    public var meshHigh = 12
    /// Of these, kept for their score when the mesh is cut down, and at least that many that we dialled.
    public var meshByScore = 4
    public var meshOutbound = 2
    /// Peers beside the mesh that hear of new messages: at least so many, and this part of them.
    public var lazyDegree = 8
    public var gossipFactor = 0.25
    public var heartbeat: UInt64 = 700
    public var firstHeartbeat: UInt64 = 100
    public var fanoutLifetime: UInt64 = 60_000
    /// Windows of the message cache, and those of them that IHAVE offers.
    public var cacheWindows = 6
    public var gossipWindows = 3
    public var seenLifetime: UInt64 = 1_200_000
    public var pruneBackoff: UInt64 = 60_000
    public var unsubscribeBackoff: UInt64 = 10_000
    public var graftFloodThreshold: UInt64 = 10_000
    public var opportunisticGraftTicks = 60
    public var opportunisticGraftPeers = 2
    public var backoffCleanupTicks = 15
    public var promiseTime: UInt64 = 3000
    /// Of a peer within a heartbeat: IHAVE frames, and ids asked for.
    public var maxIHaveFrames = 10
    public var maxIHaveIDs = 5000
    /// Times that a peer gets the same message on request.
    public var maxRetransmissions = 3
    /// Peers suggested in one PRUNE that are followed.
    public var prunePeers = 16
    public var floodPublish = false
    public var scores = ScoreParameters()
    public var thresholds = ScoreThresholds()

    // MARK: Bounds

    /// A frame from a peer. We send less than 4 MiB; the reference answers IWANT in one frame of any size.
    public var maxFrame = 16 << 20
    /// Ids in one IWANT frame, so that the answer stays below `maxFrame`.
    public var idsPerIWant = 64
    /// IWANT ids of a peer looked up within a heartbeat.
    public var maxIWantIDs = 5000
    public var rpc = GossipRPC.Limits()
    /// Malformed frames, or any of a graylisted peer, within a heartbeat; who sends more is disconnected.
    public var maxUselessFrames = 100
    /// Begun and unfinished frames of all peers.
    public var maxPartialBytes = 64 << 20
    /// Time for one frame, beyond which a peer must have sent 64 KiB/s of it.
    public var frameTime: UInt64 = 30_000
    /// Messages whose verdict is awaited, as they came (compressed): of all peers, and of one.
    public var maxPendingBytes = 64 << 20
    public var maxPendingMessages = 4096
    public var maxPendingBytesOfPeer = 16 << 20
    public var maxPendingMessagesOfPeer = 1024
    public var maxCacheBytes = 128 << 20
    public var maxSeen = 400_000
    public var maxDeliveryRecords = 100_000
    public var maxBackoffs = 4096
    public var maxBackoff: UInt64 = 86_400_000
    /// Queue towards a peer: beyond which gossip, messages are dropped, and it is cut.
    public var outboxGossipBytes = 1 << 20
    public var outboxMessageBytes = 8 << 20
    public var outboxControlBytes = 9 << 20
    /// A peer that has taken nothing for so long although something waits is cut.
    public var stallTime: UInt64 = 20_000

    public init(topics: [GossipTopicConfiguration]) { self.topics = topics }
}
