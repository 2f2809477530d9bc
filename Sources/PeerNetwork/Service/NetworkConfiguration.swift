public import EventLoop
public import PeerIdentity
public import Protocol

/// Everything that the node on the network is told (`P2P_*`, «note 07 §14»).
public struct NetworkConfiguration: Sendable {
    /// `P2P_LISTEN_ADDR:P2P_PORT`, TCP and UDP.
    public var listen: SocketAddress
    /// `P2P_IP:P2P_BROADCAST_PORT`, or none to learn it from peers.
    public var announced: [SocketAddress]
    /// The network's version string («note 07 §2»).
    public var networkVersion: String
    /// `ver` of the record, e.g. `0.87.7`.
    public var clientVersion: String
    /// Identify's agent version.
    public var agentVersion: String

    public var bootnodes: [ENR] = []
    public var checksBootnodeVersions = false
    public var bootnodesAreFullPeers = false
    public var trusted: [ENR] = []
    public var privatePeers: [ENR] = []
    /// The record announced last time: its sequence number goes on.
    public var previousRecord: ENR?

    public var maxPeers = 100
    public var peerCheckMillis = 30_000
    public var penaltyValues: [Double] = []
    public var individualRequestMillis = 2000
    public var overallRequestMillis = 4000
    public var batchRequestMillis = 8000

    /// Topics subscribed: all three for full nodes, tx and block proposal for provers.
    public var topics: [GossipTopic] = GossipTopic.allCases
    public var gossipIntervalMillis = 700
    public var gossipDegree = 8
    public var gossipLow = 4
    public var gossipHigh = 12
    public var gossipLazy = 8
    public var floodPublish = false
    public var messageCacheLength = 6
    public var messageCacheGossip = 3
    public var seenMillis = 1_200_000
    public var seenCacheSize = 100_000
    /// `DEBUG_P2P_DISABLE_COLOCATION_PENALTY`
    public var disablesColocationPenalty = false
    /// Gossip score from which a peer's suggestions of other peers are followed. The network's is beyond what anyone reaches.
    public var suggestionScore = 100.0
    /// Connections of one address: networks on one machine need more.
    public var maxPerIP = 32
    public var newPerSecondAndIP = 5
    /// No UDP: peers are only those configured.
    public var hasDiscovery = true

    public init(listen: SocketAddress, announced: [SocketAddress], networkVersion: String, clientVersion: String, agentVersion: String) {
        self.listen = listen
        self.announced = announced
        self.networkVersion = networkVersion
        self.clientVersion = clientVersion
        self.agentVersion = agentVersion
    }
}

/// What the node asks its owner, on the loop's thread. Every answer may come later, once.
public protocol NetworkHandlers: AnyObject {
    /// A gossiped message that has not been seen before on its topic. The verdict counts if it comes within 4 s.
    func network(_ node: NetworkNode, validate message: P2PMessage, on topic: GossipTopic, from peer: PeerID, _ judged: @escaping (GossipJudgement) -> Void)
    /// A transaction's bytes, or none.
    func network(_ node: NetworkNode, transaction hash: Bytes32, _ reply: @escaping ([UInt8]?) -> Void)
    /// A block's bytes, or none.
    func network(_ node: NetworkNode, block number: UInt64, _ reply: @escaping ([UInt8]?) -> Void)
    /// Whether a peer's response is the transaction asked for: other hash `.invalid(.mid)`, bad proof `.invalid(.low)` («note 07 §7.2»).
    func network(_ node: NetworkNode, judge transaction: [UInt8], requested hash: Bytes32, from peer: PeerID, _ verdict: @escaping (ResponseVerdict) -> Void)
    /// Hashes of the pending transactions, 32 bytes each, for another node of our kind; none if their exclusive or is `digest`.
    func network(_ node: NetworkNode, pendingHashesUnless digest: [UInt8], _ reply: @escaping ([UInt8]) -> Void)
    /// A peer can be asked for its pending transactions (`NetworkNode.requestPool`).
    func network(_ node: NetworkNode, listsPool peer: PeerID)
    /// Our record has changed: to be kept for the next start.
    func network(_ node: NetworkNode, recordChanged record: ENR)
}

extension NetworkHandlers {
    public func network(_ node: NetworkNode, pendingHashesUnless digest: [UInt8], _ reply: @escaping ([UInt8]) -> Void) { reply([]) }
    public func network(_ node: NetworkNode, listsPool peer: PeerID) {}
    public func network(_ node: NetworkNode, recordChanged record: ENR) {}
}

/// One line of the table of peers.
public struct PeerEntry: Hashable, Sendable {
    public enum State: String, Hashable, Sendable { case connected, dialing, cached }

    public var id: PeerID
    public var state: State
    public var address: SocketAddress
    /// `enr:…`, if known.
    public var record: String?
    public var isOutbound: Bool
    public var isProtected: Bool
    /// From identify.
    public var agent: String?
    public var applicationScore: Double
    public var gossipScore: Double
    /// Seconds since the connection was made.
    public var connectedSeconds: UInt64
    public var dialAttempts: Int

    /// `/ip4/…/tcp/…/p2p/…`
    public var multiaddr: String { Multiaddr(address, .tcp, peer: id).description }

    /// As `p2p_getPeers` says it.
    public var info: PeerInfo {
        switch state {
        case .connected: .connected(id: id.description, score: JSONNumber(applicationScore))
        case .dialing: .dialing(id: id.description, dialStatus: "active", addresses: [multiaddr])
        case .cached: .cached(id: id.description, addresses: [multiaddr], enr: record ?? "", dialAttempts: JSONNumber(dialAttempts))
        }
    }
}

/// Counts since the start, and what there is now.
public struct NetworkCounters: Sendable {
    public var peers = 0
    public var inboundPeers = 0
    public var dialing = 0
    public var cachedPeers = 0
    public var medianScore: Double = 0
    public var connectionsOpened: UInt64 = 0
    public var connectionsClosed: UInt64 = 0
    public var dialsFailed: UInt64 = 0
    public var goodbyesSent: [GoodbyeReason: Int] = [:]
    public var goodbyesReceived: [GoodbyeReason: Int] = [:]
    public var requestsServed: [RequestProtocol: RequestServer.Counters] = [:]
    public var requestsSent: [RequestProtocol: RequestClient.Counters] = [:]
    public var penalties: [PeerErrorSeverity: Int] = [:]

    public init() {}
}
