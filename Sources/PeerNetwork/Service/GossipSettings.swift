public import PeerGossip
public import Protocol

/// What the node is told of gossip (`P2P_GOSSIPSUB_*`, «note 07 §14»).
public struct GossipSettings: Sendable {
    /// The network's version string, part of the topics' names.
    public var networkVersion: String
    /// Those joined: all three for full nodes, tx and block proposal for provers.
    public var topics: [GossipTopic] = GossipTopic.allCases
    public var heartbeatMillis = 700
    public var degree = 8
    public var low = 4
    public var high = 12
    public var lazy = 8
    public var floodPublish = false
    public var cacheLength = 6
    public var cacheGossip = 3
    public var seenMillis = 1_200_000
    /// Ids remembered for each topic besides, however old (`P2P_SEEN_MSG_CACHE_SIZE`).
    public var seenCacheSize = 100_000
    public var disablesColocationPenalty = false
    /// Score from which a peer's suggestions of peers are followed.
    public var suggestionScore = 100.0

    public init(networkVersion: String) { self.networkVersion = networkVersion }

    /// Topics in the order of `GossipTopic.allCases`.
    public var routerConfiguration: GossipConfiguration {
        var result = GossipConfiguration(topics: GossipTopic.allCases.map {
            GossipTopicConfiguration(name: $0.name(version: networkVersion), maximumPayload: Self.maximumPayload($0))
        })
        result.heartbeat = UInt64(max(1, heartbeatMillis))
        result.scores.cacheTime = result.heartbeat
        result.meshDegree = degree
        result.meshLow = low
        result.meshHigh = high
        result.lazyDegree = lazy
        result.floodPublish = floodPublish
        result.cacheWindows = cacheLength
        result.gossipWindows = cacheGossip
        result.seenLifetime = UInt64(max(0, seenMillis))
        result.thresholds.acceptPeers = suggestionScore
        if disablesColocationPenalty { result.scores.colocationWeight = 0 }
        return result
    }

    /// Bytes of a message, wrapper included. A transaction is at most some 850 KiB: 16000 fields of calldata, a class log of
    /// 3000 fields, public inputs and a proof of 172 KB. A proposal may have its transactions in it.
    static func maximumPayload(_ topic: GossipTopic) -> Int {
        switch topic {
        case .tx, .blockAttestation: 1 << 20
        case .blockProposal: 10 << 20
        }
    }
}
