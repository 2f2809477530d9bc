public import PeerIdentity

/// Gossipsub as the network speaks it («note 07 §4»): meshsub 1.1 and 1.0, floodsub, unsigned messages, verdicts from outside.
///
/// Does no I/O and knows no clock: every call says what happened and when (`now`, ms of a steady clock) and leaves what is to
/// be done in `outputs`. Not thread-safe.
public final class GossipRouter {
    public let configuration: GossipConfiguration
    public let scores: PeerScores
    public internal(set) var counters = GossipCounters()

    var outputs: [GossipOutput] = []
    var random: GossipRandom
    var peers: [PeerID: GossipPeer] = [:]
    /// In the order they came, so that runs can be repeated.
    var peerList: [GossipPeer] = []
    let topics: [TopicState]
    var cache: MessageCache
    var seen: SeenCache<MessageID>
    var promises = Promises()
    /// Of the last call.
    var clock: UInt64 = 0
    var ticks = 0
    var partialBytes = 0
    var pendingBytes = 0
    var pendingMessages = 0

    /// `random`: 64 fresh bits a call. `applicationScore`: the peer manager's score of a peer.
    public init(_ configuration: GossipConfiguration, random: @escaping () -> UInt64, applicationScore: @escaping (PeerID) -> Double) {
        precondition(configuration.topics.count <= 64, "a peer's subscriptions are the bits of one word")
        self.configuration = configuration
        self.random = GossipRandom(source: random)
        scores = PeerScores(
            configuration.scores, topics: configuration.topics.map(\.score), maxDeliveryRecords: configuration.maxDeliveryRecords,
            applicationScore: applicationScore)
        topics = configuration.topics.enumerated().map { TopicState(index: $0.offset, $0.element) }
        cache = MessageCache(windows: configuration.cacheWindows, gossipWindows: configuration.gossipWindows, capacity: configuration.maxCacheBytes)
        seen = SeenCache(capacity: max(1, configuration.maxSeen), lifetime: configuration.seenLifetime)
    }

    /// What is to be done, in order; empty afterwards.
    public func takeOutputs() -> [GossipOutput] {
        defer { outputs.removeAll(keepingCapacity: true) }
        return outputs
    }

    // MARK: Peers

    /// The peer speaks a gossip protocol: identify says so, or it has opened a stream. `address`: its IP. Does nothing when it is known.
    public func connected(_ id: PeerID, address: String?, isOutbound: Bool) {
        guard peers[id] == nil else { return }
        let peer = GossipPeer(id: id, isOutbound: isOutbound, frameLimit: configuration.maxFrame)
        peers[id] = peer
        peerList.append(peer)
        scores.add(id)
        if let address { scores.add(id, address: address) }
    }

    /// Our stream to the peer is open.
    public func opened(_ id: PeerID, _ gossip: GossipProtocol, now: UInt64) {
        guard let peer = peers[id], peer.outbound == nil, !peer.isCut else { return }
        clock = now
        peer.outbound = gossip
        let joined = topics.filter(\.isJoined).map(\.name)
        if !joined.isEmpty { send(.subscriptions(joined, subscribes: true), to: peer) }
    }

    /// Our stream to the peer is lost while the connection stands; what waited for it is lost too.
    public func closed(_ id: PeerID) {
        guard let peer = peers[id] else { return }
        peer.outbound = nil
        peer.outbox.removeAll()
        peer.isAnnounced = false
    }

    /// The peer has opened a stream: what came on an earlier one and is no whole frame is void.
    public func accepted(_ id: PeerID) {
        guard let peer = peers[id] else { return }
        partialBytes -= peer.reader.count
        peer.reader = FrameReader(limit: configuration.maxFrame)
        peer.frameSince = nil
    }

    /// The last connection to the peer is gone, or its gossip has ended.
    public func disconnected(_ id: PeerID, now: UInt64) {
        guard let peer = peers.removeValue(forKey: id) else { return }
        peerList.drop(peer)
        partialBytes -= peer.reader.count
        for topic in topics {
            topic.mesh.drop(peer)
            topic.subscribers.drop(peer)
            topic.fanout.drop(peer)
        }
        scores.remove(id, now: now)
    }

    func cut(_ peer: GossipPeer, _ reason: String) {
        guard !peer.isCut else { return }
        peer.isCut = true
        counters.cut += 1
        peer.outbound = nil
        peer.outbox.removeAll()
        outputs.append(.cut(peer.id, reason: reason))
    }

    // MARK: Queues

    /// Queues a frame. False when the peer does not get it.
    @discardableResult
    func send(_ frame: GossipFrame, to peer: GossipPeer) -> Bool {
        guard peer.outbound != nil else { return false }
        let limits = Outbox.Limits(
            gossipBytes: configuration.outboxGossipBytes, messageBytes: configuration.outboxMessageBytes, controlBytes: configuration.outboxControlBytes)
        if peer.outbox.isEmpty { peer.lastTaken = clock }
        let before = peer.outbox.dropped
        let outcome = peer.outbox.push(frame, limits)
        counters.framesDropped += peer.outbox.dropped - before
        switch outcome {
        case .queued:
            if !peer.isAnnounced {
                peer.isAnnounced = true
                outputs.append(.writable(peer.id))
            }
            return true
        case .dropped: return false
        case .overflow:
            cut(peer, "reads too slowly: \(peer.outbox.bytes) bytes waiting")
            return false
        }
    }

    /// The next frame for the peer's stream, length included; nil when none waits.
    public func takeFrame(for id: PeerID, now: UInt64) -> [UInt8]? {
        guard let peer = peers[id] else { return nil }
        guard let frame = peer.outbox.pop() else {
            peer.isAnnounced = false
            return nil
        }
        peer.lastTaken = now
        counters.framesOut += 1
        counters.bytesOut += frame.bytes.count
        return frame.bytes
    }

    // MARK: State, for metrics and tests

    public var peerCount: Int { peers.count }
    public func score(_ id: PeerID, now: UInt64) -> Double { scores.score(id, now: now) }
    public func mesh(_ topic: Int) -> [PeerID] { topics[topic].mesh.map(\.id) }
    public func subscribers(_ topic: Int) -> [PeerID] { topics[topic].subscribers.map(\.id) }
    public func fanout(_ topic: Int) -> [PeerID] { topics[topic].fanout.map(\.id) }
    public func isKnown(_ id: PeerID) -> Bool { peers[id] != nil }
    public func queuedBytes(_ id: PeerID) -> Int { peers[id]?.outbox.bytes ?? 0 }

    /// Sizes of what is stored, for the bounds' tests and metrics.
    public struct Sizes: Sendable, Equatable {
        public var cachedMessages = 0, cachedBytes = 0, seen = 0, deliveryRecords = 0, promises = 0, backoffs = 0
        public var pendingMessages = 0, pendingBytes = 0, partialBytes = 0, queuedBytes = 0, knownScores = 0
    }

    public var sizes: Sizes {
        Sizes(
            cachedMessages: cache.count, cachedBytes: cache.bytes, seen: seen.count, deliveryRecords: scores.deliveryRecordCount,
            promises: promises.count, backoffs: topics.reduce(0) { $0 + $1.backoff.count }, pendingMessages: pendingMessages,
            pendingBytes: pendingBytes, partialBytes: partialBytes, queuedBytes: peerList.reduce(0) { $0 + $1.outbox.bytes }, knownScores: scores.count)
    }
}

/// Randomness from outside.
struct GossipRandom: RandomNumberGenerator {
    let source: () -> UInt64
    mutating func next() -> UInt64 { source() }
}
