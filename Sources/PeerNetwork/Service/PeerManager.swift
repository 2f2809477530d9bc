public import PeerIdentity
public import PeerTransport
public import Protocol

/// Whom to dial, keep and leave («note 07 §9»). No input or output of its own: events in, `takeActions` out; clock
/// (steady milliseconds) and randomness come from outside.
public struct PeerManager: Sendable {
    /// A peer to dial sooner or later.
    struct Candidate: Sendable {
        var peer: KnownPeer
        var attempts = 0
        var added: Double
        var notBefore: Double = 0
    }

    static let maxAttempts = 3
    static let maxCached = 100
    static let maxCachedAge: Double = 300_000
    static let timeOutMillis: Double = 300_000
    static let maxTimedOut = 2048
    /// A crossing dial is decided by one side at once, by the other only after this.
    static let duplicateGraceMillis: Double = 5000
    /// A second, incoming connection later than this means that the peer has lost the first.
    static let staleMillis: Double = 10_000

    public let localID: PeerID
    public let configuration: PeerManagerConfiguration
    public internal(set) var scores: ApplicationScores
    let unixOffset: Double
    var random: NetworkRandom

    /// Open connections by peer, oldest first; times are when we heard of them.
    var connections: [PeerID: [(info: ConnectionInfo, opened: Double)]] = [:]
    var cached: [PeerID: Candidate] = [:]
    var dialing: [PeerID: Candidate] = [:]
    var timedOut: [PeerID: Double] = [:]
    var protected: [PeerID: Candidate] = [:]
    var known: [PeerID: KnownPeer] = [:]
    /// Peers that we are taking leave of, or that have taken leave of us.
    var leaving: Set<PeerID> = []
    /// Failed or short connections in a row, of peers that we reconnect to.
    var lostCount: [PeerID: Int] = [:]
    var actions: [PeerAction] = []
    var isDirty = false
    var lastSave: Double = -.infinity
    var lastLookup: Double = -.infinity
    var nextHeartbeat: Double = 0
    public private(set) var goodbyesSent: [GoodbyeReason: Int] = [:]
    public private(set) var goodbyesReceived: [GoodbyeReason: Int] = [:]
    var isStopped = false

    /// `unixOffset`: what to add to the steady clock for milliseconds since 1970.
    public init(localID: PeerID, configuration: PeerManagerConfiguration, unixOffset: Double, random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.localID = localID
        self.configuration = configuration
        self.unixOffset = unixOffset
        self.random = NetworkRandom(random)
        scores = ApplicationScores(penaltyValues: configuration.penaltyValues)
        for peer in configuration.trusted + configuration.privatePeers where peer.id != localID {
            protected[peer.id] = Candidate(peer: peer, added: 0)
        }
    }

    public mutating func takeActions() -> [PeerAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    public func isProtected(_ peer: PeerID) -> Bool { protected[peer] != nil }
    public func isConnected(_ peer: PeerID) -> Bool { connections[peer] != nil }
    public var connectedPeers: [PeerID] { Array(connections.keys) }
    public var connectionCount: Int { connections.values.reduce(0) { $0 + $1.count } }
    public func connection(_ peer: PeerID) -> ConnectionInfo? { connections[peer]?.first?.info }
    public func record(_ peer: PeerID) -> KnownPeer? { known[peer] ?? protected[peer]?.peer }
    public var dialingPeers: [PeerAddress] { dialing.values.map(\.peer.address) }
    public var cachedPeers: [(peer: KnownPeer, attempts: Int)] { cached.values.sorted { $0.added < $1.added }.map { ($0.peer, $0.attempts) } }

    // MARK: Life

    /// Dials protected peers and those known from the last run, the latest seen first.
    public mutating func start(stored: [KnownPeer], now: Double) {
        for id in protected.keys.sorted() { dialProtected(id, now: now) }
        let recent = stored.filter { $0.id != localID }.sorted { $0.lastSeen > $1.lastSeen }.prefix(configuration.maxKnown)
        for peer in recent {
            known[peer.id] = peer
            guard protected[peer.id] == nil, dialing[peer.id] == nil, cached[peer.id] == nil else { continue }
            let candidate = Candidate(peer: peer, added: now)
            if wanted > 0, dialing.count < configuration.maxDialing { dial(candidate) } else { cache(candidate) }
        }
        nextHeartbeat = now
    }

    /// Everything that is due; call it at least every second, and after every other event.
    public mutating func tick(now: Double) {
        guard !isStopped else { return }
        if now >= nextHeartbeat {
            nextHeartbeat = now + configuration.heartbeatMillis
            heartbeat(now: now)
        }
        for (id, candidate) in protected where candidate.notBefore <= now { dialProtected(id, now: now) }
        closeDuplicates(now: now)
        dialCached(now: now)
        if wanted > 0, connections.count < 8, now - lastLookup >= 5000 { lookup(now: now) }
        if isDirty, now - lastSave >= 1000 { save(now: now) }
    }

    /// Goodbye to everybody, and no more dials.
    public mutating func stop(now: Double) {
        isStopped = true
        for peer in connections.keys.sorted() { sayGoodbye(peer, .shutdown) }
        touchConnected(now: now)
        save(now: now)
    }

    // MARK: Events

    public mutating func opened(_ info: ConnectionInfo, now: Double) {
        let candidate = dialing.removeValue(forKey: info.peer) ?? cached.removeValue(forKey: info.peer)
        connections[info.peer, default: []].append((info, now))
        if let candidate { remember(candidate.peer, now: now) } else if let peer = record(info.peer) { remember(peer, now: now) }
        guard !isStopped else { return sayGoodbye(info.peer, .shutdown) }
        if !isProtected(info.peer) {
            switch scores.state(info.peer) {
            case .banned: return sayGoodbye(info.peer, .banned)
            case .disconnect: return sayGoodbye(info.peer, .lowScore)
            case .healthy: break
            }
        }
        protected[info.peer]?.attempts = 0
        closeDuplicates(now: now)
    }

    public mutating func closed(_ info: ConnectionInfo, now: Double) {
        guard let entry = connections[info.peer]?.first(where: { $0.info.id == info.id }) else { return }
        connections[info.peer]!.removeAll { $0.info.id == info.id }
        guard connections[info.peer]!.isEmpty else { return }
        connections[info.peer] = nil
        let leftInPeace = leaving.remove(info.peer) != nil
        guard !isStopped else { return }
        if protected[info.peer] != nil {
            delayProtected(info.peer, now: now)
        } else if !leftInPeace, let peer = known[info.peer], scores.state(info.peer) == .healthy {
            // A lost connection: perhaps the peer restarts. One that is lost again and again is left alone for a while.
            let count = now - entry.opened >= 30_000 ? 0 : (lostCount[info.peer] ?? 0) + 1
            lostCount[info.peer] = count > 0 ? count : nil
            if count >= Self.maxAttempts { timeOut(info.peer, until: now + Self.timeOutMillis) } else {
                cache(Candidate(peer: peer, attempts: 0, added: now, notBefore: now + Double.random(in: 1000...3000, using: &random)))
            }
        }
    }

    public mutating func dialFailed(_ peer: PeerID, now: Double) {
        guard var candidate = dialing.removeValue(forKey: peer), connections[peer] == nil else { return }
        if protected[peer] != nil { return delayProtected(peer, now: now) }
        candidate.attempts += 1
        if candidate.attempts < Self.maxAttempts {
            candidate.notBefore = now + Double(candidate.attempts) * 5000 + Double.random(in: 0...1000, using: &random)
            cache(candidate)
        } else {
            timeOut(peer, until: now + Self.timeOutMillis)
        }
    }

    /// A record from discovery, already checked for signature and network.
    public mutating func discovered(_ peer: KnownPeer, now: Double) {
        guard peer.id != localID, !isStopped else { return }
        if let old = protected[peer.id] {
            if peer.sequence > old.peer.sequence { protected[peer.id]!.peer = peer }
            return
        }
        if connections[peer.id] != nil {
            // Also how we learn the records of those who dialled us.
            if known[peer.id].map({ $0.sequence < peer.sequence || $0.record != peer.record }) ?? true { remember(peer, now: now) }
            return
        }
        if let until = timedOut[peer.id] {
            guard until <= now else { return }
            timedOut[peer.id] = nil
        }
        guard scores.state(peer.id) == .healthy, dialing[peer.id] == nil else { return }
        if let old = cached[peer.id] {
            if peer.sequence > old.peer.sequence { cached[peer.id]!.peer = peer }
            return
        }
        let candidate = Candidate(peer: peer, added: now)
        if wanted > 0, dialing.count < configuration.maxDialing { dial(candidate) } else { cache(candidate) }
    }

    /// An address that a peer vouches for and another one passed on. Whether it is of our network shows when it is dialled.
    /// Discovery comes first: a suggestion takes nobody's place, and any record replaces it.
    public mutating func suggested(_ address: PeerAddress, now: Double) {
        guard !isProtected(address.id), connections[address.id] == nil, cached[address.id] == nil, cached.count < Self.maxCached else { return }
        discovered(known[address.id] ?? KnownPeer(address: address, record: "", sequence: 0), now: now)
    }

    /// Returns the new score. A peer that is banned by it is left at once (the reference waits for its heartbeat).
    @discardableResult
    public mutating func penalize(_ peer: PeerID, _ severity: PeerErrorSeverity, now: Double) -> Double {
        let score = scores.penalize(peer, severity, now: now)
        if PeerScoreState(score: score) == .banned, !isProtected(peer), connections[peer] != nil { sayGoodbye(peer, .banned) }
        return score
    }

    public mutating func goodbyeReceived(_ peer: PeerID, _ reason: GoodbyeReason, now: Double) {
        goodbyesReceived[reason.rawValue <= 6 ? reason : .unknown, default: 0] += 1
        guard connections[peer] != nil else { return }
        leaving.insert(peer)
        actions.append(.disconnect(peer, reason: "goodbye received: \(reason)"))
        guard protected[peer] == nil else { return }
        switch reason {
        case .shutdown:
            // It may be back soon; three attempts find out.
            if let record = known[peer] { cache(Candidate(peer: record, added: now, notBefore: now + Double.random(in: 5000...15_000, using: &random))) }
        case .maxPeers: timeOut(peer, until: now + 60_000)
        default: timeOut(peer, until: now + Self.timeOutMillis)
        }
    }

    // MARK: Heartbeat

    /// Ordinary connected peers that we are not about to leave.
    private var ordinary: [PeerID] { connections.keys.filter { protected[$0] == nil && !leaving.contains($0) } }

    /// Dials that there is room for.
    var wanted: Int {
        let dialled = dialing.keys.reduce(0) { $0 + (protected[$1] == nil ? 1 : 0) }
        return configuration.maxPeers - protected.count - ordinary.count - dialled
    }

    private mutating func heartbeat(now: Double) {
        scores.decayAll(now: now)
        timedOut = timedOut.filter { $0.value > now }
        lostCount = lostCount.filter { cached[$0.key] != nil || dialing[$0.key] != nil || connections[$0.key] != nil }
        for peer in ordinary {
            switch scores.state(peer) {
            case .banned: sayGoodbye(peer, .banned)
            case .disconnect: sayGoodbye(peer, .lowScore)
            case .healthy: break
            }
        }
        let healthy = ordinary
        let room = max(0, configuration.maxPeers - protected.count)
        if healthy.count > room {
            // The best stay; among equals those we have known for longer.
            let ranked = healthy.map { (peer: $0, score: scores.score($0), opened: connections[$0]![0].opened) }
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.opened < $1.opened }
            for entry in ranked.dropFirst(room) { sayGoodbye(entry.peer, .maxPeers) }
        }
        cached = cached.filter { connections[$0.key] == nil && now - $0.value.added <= Self.maxCachedAge }
        touchConnected(now: now)
        if wanted > 0 { lookup(now: now) }
    }

    private mutating func lookup(now: Double) {
        lastLookup = now
        actions.append(.lookup)
    }

    private mutating func sayGoodbye(_ peer: PeerID, _ reason: GoodbyeReason) {
        guard leaving.insert(peer).inserted else { return }
        goodbyesSent[reason, default: 0] += 1
        actions.append(.goodbye(peer, reason))
    }
}
