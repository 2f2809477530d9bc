import Bytes
import Diagnostics
public import EventLoop
import Glibc
import PeerDiscovery
public import PeerIdentity
public import PeerTransport
public import Protocol

/// The node on the network: connections, discovery, gossip, requests and the choice of peers, joined («note 07»).
/// Belongs to the loop's thread.
public final class NetworkNode {
    public let configuration: NetworkConfiguration
    public let key: NodeKey
    public let swarm: any PeerSwarm
    public private(set) var discovery: DiscoveryService?
    public let server: RequestServer
    public let client: RequestClient
    public private(set) var gossip: GossipService!
    weak var handlers: (any NetworkHandlers)?

    var manager: PeerManager
    var agents: [PeerID: String] = [:]
    private var protocols: [PeerID: [String]] = [:]
    var counts = NetworkCounters()
    private let loop: EventLoop
    private let store: (any PeerStore)?
    private var timer: LoopTimer?
    private var random: NetworkRandom
    private var ticks = 0
    private var isRunning = false
    private var leaving = 0
    private var stopped: (() -> Void)?
    static let log = Logger("p2p")

    /// - Parameters:
    ///   - handlers: held weakly.
    ///   - swarm: other connections than the usual ones, for tests.
    ///   - store: where known peers are kept between runs.
    public init(
        _ configuration: NetworkConfiguration, key: NodeKey, loop: EventLoop, swarm: (any PeerSwarm)? = nil, store: (any PeerStore)? = nil,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(), handlers: any NetworkHandlers
    ) throws(DecodingError) {
        self.configuration = configuration
        self.key = key
        self.loop = loop
        let swarm = swarm ?? Swarm(loop: loop, key: key, configuration: Self.swarmConfiguration(configuration))
        self.swarm = swarm
        self.store = store
        self.random = NetworkRandom(random)
        self.handlers = handlers
        var peers = PeerManagerConfiguration()
        peers.maxPeers = configuration.maxPeers
        peers.heartbeatMillis = Double(configuration.peerCheckMillis)
        peers.penaltyValues = configuration.penaltyValues
        peers.trusted = configuration.trusted.compactMap { KnownPeer($0) }
        peers.privatePeers = configuration.privatePeers.compactMap { KnownPeer($0) }
        manager = PeerManager(localID: key.id, configuration: peers, unixOffset: Self.unixMillis - Self.steadyMillis, random: random)
        server = RequestServer(swarm: swarm, clock: { Self.steadyMillis })
        client = RequestClient(swarm: swarm, loop: loop, clock: { Self.steadyMillis })
        client.exchangeMillis = configuration.individualRequestMillis
        gossip = makeGossip()
        gossip.onSuggested = { [weak self] in self?.suggested($0) }
        if configuration.hasDiscovery { discovery = try DiscoveryService(loop: loop, key: key, configuration: Self.discoveryConfiguration(configuration)) }
    }

    /// Milliseconds of a clock that never jumps.
    static var steadyMillis: Double { Double(EventLoop.monotonicNanos) / 1e6 }

    static var unixMillis: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }

    public var id: PeerID { key.id }
    /// Our record; nil without discovery.
    public var record: ENR? { discovery?.localENR }

    // MARK: Life

    /// Listens, and dials the peers known from the last run at once.
    public func start() throws(EventLoopError) {
        guard !isRunning else { return }
        isRunning = true
        swarm.delegate = self
        connectRequests()
        gossip.start()
        try swarm.start()
        discovery?.discovered = { [weak self] record in self?.found(record) }
        discovery?.recordChanged = { [weak self] record in
            guard let self else { return }
            handlers?.network(self, recordChanged: record)
        }
        try discovery?.start()
        manager.start(stored: storedPeers(), now: Self.steadyMillis)
        timer = loop.every(.milliseconds(500)) { [weak self] in self?.tick() }
        act()
        Self.log.info("P2P node started", ["peerId": .string("\(id)"), "listen": .string("\(configuration.listen)"), "enr": .string(record?.text ?? "")])
    }

    /// Goodbye to everybody, then closes all. `done` runs within two seconds.
    public func stop(_ done: @escaping () -> Void = {}) {
        guard isRunning, stopped == nil else { return done() }
        stopped = done
        manager.stop(now: Self.steadyMillis)
        act()
        if leaving == 0 { return finishStop() }
        loop.after(.milliseconds(1500)) { [weak self] in self?.finishStop() }
    }

    private func finishStop() {
        guard isRunning else { return }
        isRunning = false
        timer?.cancel()
        gossip.stop()
        discovery?.stop()
        swarm.delegate = nil
        swarm.stop()
        stopped?()
    }

    private func tick() {
        ticks += 1
        server.sweep()
        manager.tick(now: Self.steadyMillis)
        if ticks % 120 == 0 { client.forgetIdle() }
        act()
    }

    /// Does what the peer manager decided.
    private func act() {
        for action in manager.takeActions() {
            switch action {
            case .dial(let address): swarm.dial(address)
            case .goodbye(let peer, let reason): sayGoodbye(peer, reason)
            case .disconnect(let peer, let reason): swarm.disconnect(peer, reason: reason)
            case .close(let connection, let reason): swarm.close(connection: connection, reason: reason)
            case .replaced(let peer):
                // Its streams went with the other connection.
                gossip.closed(peer)
                if let protocols = protocols[peer] { gossip.identified(peer, protocols: protocols) }
            case .lookup: discovery?.lookup()
            case .save(let peers): store?.save(peers)
            }
        }
    }

    /// Open within a second, answered within two; the connection is closed whatever comes of it («note 07 §9.2»).
    private func sayGoodbye(_ peer: PeerID, _ reason: GoodbyeReason) {
        Self.log.debug("Leaving peer", ["peer": .string("\(peer)"), "reason": .string("\(reason)")])
        leaving += 1
        client.send(.goodbye, to: peer, [reason.rawValue], openMillis: 1000) { [weak self] _ in
            guard let self else { return }
            leaving -= 1
            swarm.disconnect(peer, reason: "goodbye sent: \(reason)")
            if leaving == 0, stopped != nil { finishStop() }
        }
    }

    // MARK: Peers

    private func found(_ record: ENR) {
        guard let peer = KnownPeer(record) else { return }
        manager.discovered(peer, now: Self.steadyMillis)
        act()
    }

    private func suggested(_ peers: [PeerAddress]) {
        for peer in peers { manager.suggested(peer, now: Self.steadyMillis) }
        act()
    }

    /// Records of another network, or without an address, are not dialled.
    private func storedPeers() -> [KnownPeer] {
        let peers = store?.load() ?? []
        return peers.compactMap { stored in
            guard let record = try? ENR(text: stored.record), var peer = KnownPeer(record) else { return nil }
            guard record.networkVersion.map({ NetworkVersion.isCompatible($0, with: configuration.networkVersion) }) == true else { return nil }
            peer.lastSeen = stored.lastSeen
            return peer
        }
    }

    /// Lowers a peer's score: for its gossip, its responses, or for what else the owner finds.
    public func penalize(_ peer: PeerID, _ severity: PeerErrorSeverity) {
        counts.penalties[severity, default: 0] += 1
        let score = manager.penalize(peer, severity, now: Self.steadyMillis)
        Self.log.verbose("Penalizing peer", ["peer": .string("\(peer)"), "severity": .string(severity.rawValue), "score": .double(score)])
        act()
    }

    public func applicationScore(_ peer: PeerID) -> Double { manager.scores.score(peer) }

    // MARK: Gossip

    /// Sends an object of our own to all who want it; it is not delivered back to us. `id`: tx hash, or keccak256 of the
    /// signature («note 07 §5.1»). Returns how many peers it is on its way to.
    @discardableResult
    public func publish(_ topic: GossipTopic, id: Bytes32, _ payload: [UInt8]) -> Int {
        let message = P2PMessage(publishTime: UInt64(Self.unixMillis), id: id, payload: payload)
        do { return try gossip.publish(topic, message) } catch {
            Self.log.warn("Message not published", ["topic": .string(topic.rawValue), "reason": .string("\(error)")])
            return 0
        }
    }

    private func makeGossip() -> GossipService {
        GossipService(
            Self.gossipSettings(configuration), swarm: swarm, loop: loop, random: random,
            applicationScore: { [weak self] peer in self?.applicationScore(peer) ?? 0 },
            penalize: { [weak self] peer, severity in self?.penalize(peer, severity) },
            validate: { [weak self] topic, message, _, sender, judged in
                guard let self, let handlers else { return judged(.ignore) }
                handlers.network(self, validate: message, on: topic, from: sender, judged)
            })
    }

    private static func gossipSettings(_ configuration: NetworkConfiguration) -> GossipSettings {
        var settings = GossipSettings(networkVersion: configuration.networkVersion)
        settings.topics = configuration.topics
        settings.heartbeatMillis = configuration.gossipIntervalMillis
        settings.degree = configuration.gossipDegree
        settings.low = configuration.gossipLow
        settings.high = configuration.gossipHigh
        settings.lazy = configuration.gossipLazy
        settings.floodPublish = configuration.floodPublish
        settings.cacheLength = configuration.messageCacheLength
        settings.cacheGossip = configuration.messageCacheGossip
        settings.seenMillis = configuration.seenMillis
        settings.seenCacheSize = configuration.seenCacheSize
        settings.disablesColocationPenalty = configuration.disablesColocationPenalty
        settings.suggestionScore = configuration.suggestionScore
        return settings
    }

    // MARK: Requests

    private func connectRequests() {
        server.onPenalty = { [weak self] peer in self?.penalize(peer, .high) }
        server.onGoodbye = { [weak self] peer, reason in
            guard let self else { return }
            Self.log.debug("Goodbye received", ["peer": .string("\(peer)"), "reason": .string("\(reason)")])
            manager.goodbyeReceived(peer, reason, now: Self.steadyMillis)
            // After the stream has been closed in peace.
            loop.after(.zero) { [weak self] in self?.act() }
        }
        client.onPenalty = { [weak self] peer, severity in self?.penalize(peer, severity) }
        server.handle(.tx) { [weak self] request, _, reply in
            guard let self, let handlers, let hash = try? Bytes32(prefixOf: request) else { return reply([]) }
            handlers.network(self, transaction: hash) { reply($0 ?? []) }
        }
        server.handle(.block) { [weak self] request, _, reply in
            guard let self, let handlers, let number = BlockRequest.number(request) else { return reply([]) }
            handlers.network(self, block: number) { reply($0 ?? []) }
        }
        server.handle(.pool) { [weak self] request, _, reply in
            guard let self, let handlers, request.count == 32 else { return reply([]) }
            handlers.network(self, pendingHashesUnless: request) { reply($0) }
        }
        server.register()
    }

    /// Asks peers for transactions; `done` gets what was found, in order, within the batch's time («note 07 §7.2, §13»).
    /// One transaction is asked of peer after peer, many are spread over peers; `pinned` is the proposal's sender.
    @discardableResult
    public func requestTransactions(_ hashes: [Bytes32], pinned: PeerID? = nil, _ done: @escaping ([[UInt8]?]) -> Void) -> BatchRequest {
        let connected = manager.connectedPeers.shuffled(using: &random)
        let pinned = pinned.flatMap { swarm.isConnected($0) ? $0 : nil }
        let millis = hashes.count == 1 ? configuration.overallRequestMillis : configuration.batchRequestMillis
        return client.sendBatch(.tx, hashes.map(\.serialized), peers: connected, pinned: pinned, millis: millis, validate: { [weak self] index, bytes, peer, verdict in
            guard let self, let handlers else { return verdict(.undecodable) }
            handlers.network(self, judge: bytes, requested: hashes[index], from: peer, verdict)
        }, done: done)
    }

    private static func swarmConfiguration(_ configuration: NetworkConfiguration) -> SwarmConfiguration {
        var result = SwarmConfiguration(agentVersion: configuration.agentVersion)
        result.listen = configuration.listen
        result.announced = configuration.announced
        result.maxInbound = configuration.maxPeers
        result.maxConnections = max(300, 2 * configuration.maxPeers)
        result.maxPerIP = configuration.maxPerIP
        result.newPerSecondAndIP = configuration.newPerSecondAndIP
        return result
    }

    /// Hashes of a peer's pending transactions, 32 bytes each, none if `digest` is that of its pool; nil if it does not say.
    public func requestPool(of peer: PeerID, digest: [UInt8], _ done: @escaping ([UInt8]?) -> Void) {
        client.send(.pool, to: peer, digest) { result in
            guard case .success(let response) = result, response.status == .success else { return done(nil) }
            done(response.data)
        }
    }

    private static func discoveryConfiguration(_ configuration: NetworkConfiguration) -> DiscoveryConfiguration {
        let content = RecordContent(
            role: .fullNode, networkVersion: configuration.networkVersion, clientVersion: configuration.clientVersion, addresses: configuration.announced)
        var result = DiscoveryConfiguration(listen: [configuration.listen], content: content, requiredVersion: configuration.networkVersion)
        result.previousRecord = configuration.previousRecord
        result.bootnodes = configuration.bootnodes
        result.checksBootnodeVersions = configuration.checksBootnodeVersions
        result.reportsBootnodes = configuration.bootnodesAreFullPeers
        result.trusted = configuration.trusted
        result.votesOnAddress = configuration.announced.isEmpty
        return result
    }
}

extension KnownPeer {
    /// Nil without a TCP address.
    public init?(_ record: ENR) {
        guard let socket = record.tcpSocket else { return nil }
        self.init(address: PeerAddress(id: record.peerID, socket: socket), record: record.text, sequence: record.sequence)
    }
}

extension NetworkNode: SwarmDelegate {
    public func swarm(opened connection: ConnectionInfo) {
        counts.connectionsOpened += 1
        manager.opened(connection, now: Self.steadyMillis)
        act()
    }

    public func swarm(closed connection: ConnectionInfo, isLast: Bool, reason: String) {
        counts.connectionsClosed += 1
        Self.log.debug("Connection closed", ["peer": .string("\(connection.peer)"), "reason": .string(reason)])
        if isLast {
            agents[connection.peer] = nil
            protocols[connection.peer] = nil
            gossip.closed(connection.peer)
        }
        manager.closed(connection, now: Self.steadyMillis)
        act()
    }

    public func swarm(identified peer: PeerID, as identification: PeerIdentification) {
        agents[peer] = String(identification.agentVersion.prefix(256))
        protocols[peer] = identification.protocols
        gossip.identified(peer, protocols: identification.protocols)
        if identification.protocols.contains(RequestProtocol.pool.rawValue) { handlers?.network(self, listsPool: peer) }
    }

    public func swarm(dialFailed address: PeerAddress, reason: String) {
        counts.dialsFailed += 1
        Self.log.debug("Dial failed", ["peer": .string("\(address.id)"), "address": .string("\(address.socket)"), "reason": .string(reason)])
        manager.dialFailed(address.id, now: Self.steadyMillis)
        act()
    }
}
