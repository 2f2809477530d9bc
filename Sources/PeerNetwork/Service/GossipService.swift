import Bytes
import Diagnostics
public import EventLoop
public import PeerGossip
public import PeerIdentity
public import PeerTransport
public import Protocol

/// Gossip on the network's streams: joins `GossipRouter` to the transport, the clock and who judges messages («note 07 §4, §6»).
/// Belongs to the loop's thread.
public final class GossipService {
    /// A message that is new on its topic. `judged` is to be called once, on the loop's thread; after about four seconds it
    /// moves nothing any more (`GossipConfiguration.cacheWindows` heartbeats).
    public typealias Validator = (_ topic: GossipTopic, _ message: P2PMessage, _ id: MessageID, _ sender: PeerID, _ judged: @escaping (GossipJudgement) -> Void) -> Void

    public let settings: GossipSettings
    public let router: GossipRouter
    /// Peers that a good peer suggested when it pruned us, as far as their own signed records say where they are.
    public var onSuggested: (([PeerAddress]) -> Void)?
    private let swarm: any PeerSwarm
    private let loop: EventLoop
    private let validate: Validator
    private let penalize: (PeerID, PeerErrorSeverity) -> Void
    private var links: [PeerID: GossipLink] = [:]
    private var gate: MessageGate
    private var timers: [LoopTimer] = []
    private var isActing = false
    private static let log = Logger("p2p:gossip")
    private static let protocols = GossipProtocol.allCases.map(\.rawValue)
    /// Bytes given to a stream before it has sent earlier ones.
    private static let streamBytes = 512 << 10
    private static let openMillis = 30_000

    /// - Parameters:
    ///   - random: of the network's choices; the system's outside of tests.
    ///   - applicationScore: the peer manager's score of a peer.
    ///   - penalize: a judgement names a penalty for the sender.
    public init(
        _ settings: GossipSettings, swarm: any PeerSwarm, loop: EventLoop, random: any RandomNumberGenerator = SystemRandomNumberGenerator(),
        applicationScore: @escaping (PeerID) -> Double, penalize: @escaping (PeerID, PeerErrorSeverity) -> Void, validate: @escaping Validator
    ) {
        self.settings = settings
        self.swarm = swarm
        self.loop = loop
        self.validate = validate
        self.penalize = penalize
        var source = random
        router = GossipRouter(settings.routerConfiguration, random: { source.next() }, applicationScore: applicationScore)
        gate = MessageGate(seenLimit: settings.seenCacheSize)
    }

    private static var now: UInt64 { EventLoop.monotonicNanos / 1_000_000 }

    // MARK: Life

    /// To be called before the swarm starts.
    public func start() {
        guard timers.isEmpty else { return }
        for name in Self.protocols { swarm.handle(name, maxInboundPerConnection: 32) { [weak self] in self?.accept($0) } }
        for topic in settings.topics { router.subscribe(Self.index(topic), now: Self.now) }
        let beat = Duration.milliseconds(settings.heartbeatMillis)
        let timer = loop.timer { [weak self] _ in
            guard let self else { return }
            router.heartbeat(now: Self.now)
            act()
        }
        timer.start(after: .milliseconds(Int(router.configuration.firstHeartbeat)), repeating: beat)
        timers = [timer, loop.every(.milliseconds(Int(router.configuration.scores.decayInterval))) { [weak self] in self?.router.decayScores(now: Self.now) }]
    }

    public func stop() {
        for timer in timers { timer.cancel() }
        timers = []
        for link in links.values { link.close() }
        links = [:]
    }

    // MARK: Peers

    /// Identify has said which protocols the peer has.
    public func identified(_ peer: PeerID, protocols: [String]) {
        guard protocols.contains(where: Self.protocols.contains), let link = link(peer) else { return }
        open(link)
        act()
    }

    /// The peer's last connection is gone.
    public func closed(_ peer: PeerID) {
        guard let link = links.removeValue(forKey: peer) else { return }
        link.close()
        router.disconnected(peer, now: Self.now)
        act()
    }

    private func link(_ peer: PeerID) -> GossipLink? {
        if let link = links[peer] { return link }
        guard !timers.isEmpty, let connection = swarm.connections.first(where: { $0.peer == peer }) else { return nil }
        let link = GossipLink(peer, self)
        links[peer] = link
        router.connected(peer, address: "\(connection.remote.ip)", isOutbound: connection.isOutbound)
        return link
    }

    private func accept(_ stream: any PeerStream) {
        guard let link = link(stream.peer) else { return stream.reset() }
        // The newest is the one that counts.
        if let old = link.inbound {
            old.owner = nil
            old.closeWrite()
        }
        link.inbound = stream
        stream.owner = link
        router.accepted(stream.peer)
        open(link)
        act()
    }

    private func open(_ link: GossipLink) {
        guard link.outbound == nil, !link.isOpening else { return }
        link.isOpening = true
        swarm.openStream(to: link.peer, Self.protocols, timeoutMillis: Self.openMillis) { [weak self, weak link] result in
            guard let self, let link else { return }
            link.isOpening = false
            switch result {
            case .success(let stream):
                guard links[link.peer] === link, let gossip = GossipProtocol(rawValue: stream.protocolName) else { return stream.reset() }
                link.failures = 0
                link.outbound = stream
                stream.owner = link
                router.opened(link.peer, gossip, now: Self.now)
            case .failure(let failure): reopen(link, failure)
            }
            act()
        }
    }

    /// Our stream could not be opened, or was lost: tries again, more and more rarely. The reference never does, so a peer
    /// whose stream broke would hear nothing of us until it reconnects.
    private func reopen(_ link: GossipLink, _ failure: StreamFailure) {
        guard links[link.peer] === link else { return }
        link.failures += 1
        Self.log.debug("Gossip stream not open", ["peer": .string("\(link.peer)"), "reason": .string("\(failure)")])
        guard link.failures <= 5, failure != .unsupported else { return }
        loop.after(.seconds(1 << link.failures)) { [weak self, weak link] in
            guard let self, let link, links[link.peer] === link else { return }
            open(link)
        }
    }

    func failed(_ stream: any PeerStream, _ failure: StreamFailure, on link: GossipLink) {
        guard links[link.peer] === link else { return }
        if stream === link.outbound {
            link.outbound = nil
            router.closed(link.peer)
            reopen(link, failure)
        } else if stream === link.inbound {
            // As at the reference: the peer is out of gossip until it opens a stream anew.
            links[link.peer] = nil
            link.close()
            router.disconnected(link.peer, now: Self.now)
        }
        act()
    }

    // MARK: Bytes

    func received(_ bytes: ArraySlice<UInt8>, on link: GossipLink) {
        router.received(bytes, from: link.peer, now: Self.now)
        act()
    }

    /// Gives the peer's stream as much as it takes.
    func fill(_ link: GossipLink) {
        guard let stream = link.outbound else { return }
        let now = Self.now
        while stream.queuedBytes < Self.streamBytes, let frame = router.takeFrame(for: link.peer, now: now) { stream.write(frame) }
    }

    /// Carries out what the router wants; what is done may make it want more.
    private func act() {
        guard !isActing else { return }
        isActing = true
        defer { isActing = false }
        while true {
            let outputs = router.takeOutputs()
            if outputs.isEmpty { return }
            for output in outputs {
                switch output {
                case .writable(let peer): if let link = links[peer] { fill(link) }
                case .validate(let delivery): judge(delivery)
                case .cut(let peer, let reason):
                    Self.log.info("Peer cut from gossip", ["peer": .string("\(peer)"), "reason": .string(reason)])
                    // Without its gossip stream the connection would be a deaf one: the reference does not reopen it.
                    closed(peer)
                    swarm.disconnect(peer, reason: "gossip: \(reason)")
                case .suggest(let peers, let suggesting): suggest(peers, suggesting)
                }
            }
        }
    }

    private func suggest(_ peers: [SuggestedPeer], _ suggesting: PeerID) {
        guard let onSuggested, let source = swarm.connections.first(where: { $0.peer == suggesting })?.remote.ip else { return }
        let addresses = peers.compactMap { $0.address(from: source) }
        if !addresses.isEmpty { onSuggested(addresses) }
    }

    // MARK: Messages

    private static func index(_ topic: GossipTopic) -> Int { GossipTopic.allCases.firstIndex(of: topic)! }

    /// What is behind the gate is the validator's.
    private func judge(_ delivery: GossipDelivery) {
        let topic = GossipTopic.allCases[delivery.topic]
        let message: P2PMessage
        do throws(MessageGate.Drop) { message = try gate.open(delivery) } catch { return report(delivery, .ignore) }
        var isJudged = false
        validate(topic, message, delivery.id, delivery.sender) { [weak self] judgement in
            guard let self, !isJudged else { return }
            isJudged = true
            if let penalty = judgement.penalty { penalize(delivery.sender, penalty) }
            let acceptance: GossipAcceptance = switch judgement.verdict {
            case .accept: .accept
            case .ignore: .ignore
            case .reject: .reject
            }
            report(delivery, acceptance)
            act()
        }
    }

    private func report(_ delivery: GossipDelivery, _ acceptance: GossipAcceptance) {
        if !router.report(delivery.id, from: delivery.sender, acceptance, now: Self.now) {
            Self.log.debug("Verdict came too late", ["id": .string("\(delivery.id)")])
        }
    }

    /// Sends an object of our own to who wants it; it is not delivered back. Returns how many peers it is on its way to.
    @discardableResult
    public func publish(_ topic: GossipTopic, _ message: P2PMessage) throws(PublishFailure) -> Int {
        let sent = try router.publish(message.serialized, topic: Self.index(topic), now: Self.now)
        gate.published(sent.id, topic: Self.index(topic))
        act()
        return sent.recipients
    }

    // MARK: State

    public func score(_ peer: PeerID) -> Double { router.score(peer, now: Self.now) }
    public func mesh(_ topic: GossipTopic) -> [PeerID] { router.mesh(Self.index(topic)) }
    public func subscribers(_ topic: GossipTopic) -> [PeerID] { router.subscribers(Self.index(topic)) }
    public var counters: GossipCounters { router.counters }
    public var sizes: GossipRouter.Sizes { router.sizes }
}
