import Ciphers
public import EventLoop
import Glibc
public import PeerIdentity

/// All connections of the node over libuv TCP («note 07 §3»). Belongs to the loop's thread; `stop` before letting go of it.
public final class Swarm: PeerSwarm {
    public let loop: EventLoop
    public let key: NodeKey
    public let configuration: SwarmConfiguration
    public weak var delegate: (any SwarmDelegate)?

    /// One for the process's life, as the reference does.
    let noiseKey = X25519.KeyPair.generate()
    let budget: WindowBudget

    // Upgraded connections; of one peer the oldest first.
    var live: [UInt64: Connection] = [:]
    var byPeer: [PeerID: [Connection]] = [:]
    var upgrading: [UInt64: Connection] = [:]
    private var lingering: [Connection] = []
    private var lastID: UInt64 = 0

    // Listening
    var listener: LoopTCPListener?
    public internal(set) var port: UInt16?
    var gate: InboundGate

    // Dialling
    var dials: [PeerID: Dial] = [:]
    var waitingDials = FIFO<PeerAddress>()
    var backoff = DialBackoff()

    // Protocols
    struct Handler {
        var maxInbound: Int
        var accept: (any PeerStream) -> Void
    }
    var handlers: [String: Handler] = [:]
    /// In the order of registration, as identify lists them.
    var protocolNames: [String] = []

    // Shared by all connections: each is in use within one call only.
    let output = SealedOutput()
    var plaintext = [UInt8](repeating: 0, count: NoiseSession.maxPlaintextBytes)
    private var eventBuffer: [MuxerEvent] = []

    private var turn: LoopTurn?
    private var timer: LoopTimer?
    private var dirty: [Connection] = []
    private var postponed: [() -> Void] = []
    var isStopped = false

    /// Announced in identify; a change is pushed to the peers that take it.
    public var announced: [SocketAddress] {
        didSet { if announced != oldValue { pushIdentify() } }
    }

    public init(loop: EventLoop, key: NodeKey, configuration: SwarmConfiguration) {
        self.loop = loop
        self.key = key
        self.configuration = configuration
        // A peer that hangs up while we write is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        announced = configuration.announced
        budget = WindowBudget(limit: configuration.windowGrowthBytes)
        gate = InboundGate(perSecond: configuration.newPerSecondAndIP)
        turn = loop.beforeWaiting { [unowned self] in flush() }
        serveIdentify()
    }

    deinit {
        // Whoever stopped it left nothing here.
        for connection in Array(live.values) + Array(upgrading.values) { connection.tcp.cancel() }
        for dial in dials.values { dial.connecting?.cancel() }
        listener?.cancel()
        timer?.cancel()
        turn?.cancel()
    }

    public var localID: PeerID { key.id }
    var now: UInt64 { EventLoop.monotonicNanos }

    public var connections: [ConnectionInfo] { live.values.compactMap(\.info) }
    public func isConnected(_ peer: PeerID) -> Bool { byPeer[peer] != nil }
    public func isDialing(_ peer: PeerID) -> Bool { dials[peer] != nil }

    /// Starts to listen, if configured, and the clock of all limits.
    public func start() throws(EventLoopError) {
        precondition(timer == nil && !isStopped)
        if configuration.listen != nil { try listen() }
        timer = loop.every(.milliseconds(100)) { [unowned self] in tick() }
        timer?.isEssential = false
    }

    public func stop() {
        guard !isStopped else { return }
        isStopped = true
        listener?.cancel()
        listener = nil
        for connection in live.values { connection.close("shutting down", graceful: true) }
        for connection in upgrading.values { connection.close("shutting down") }
        for dial in dials.values { dial.connecting?.cancel() }
        dials = [:]
        waitingDials.removeAll()
        // The kernel still sends what it has taken.
        for connection in lingering { connection.tcp.cancel() }
        lingering = []
        timer?.cancel()
        turn?.cancel()
        postponed = []
        dirty = []
    }

    // MARK: Connections

    func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    func makeMuxer(_ name: String, dialer: Bool, now: UInt64) -> any MuxerSession {
        name == MplexSession.protocolName ? MplexSession(now: now) : YamuxSession(dialer: dialer, budget: budget, now: now)
    }

    func upgraded(_ connection: Connection) {
        upgrading[connection.id] = nil
        guard let info = connection.info else { return }
        if info.peer == localID { return connection.close("connected to ourselves") }
        if live.count >= configuration.maxConnections { return connection.close("too many connections") }
        live[connection.id] = connection
        byPeer[info.peer, default: []].append(connection)
        if connection.isOutbound {
            backoff.succeeded(info.remote)
            dials[info.peer] = nil
            dialNext()
        }
        delegate?.swarm(opened: info)
        if !connection.isOver { identify(connection) }
    }

    /// A connection has ended, upgraded or not.
    func ended(_ connection: Connection, _ reason: String) {
        if !connection.tcp.isCancelled, !isStopped { lingering.append(connection) } else { connection.tcp.cancel() }
        upgrading[connection.id] = nil
        if live.removeValue(forKey: connection.id) != nil, let info = connection.info {
            let others = byPeer[info.peer]?.filter { $0 !== connection } ?? []
            byPeer[info.peer] = others.isEmpty ? nil : others
            if !isStopped { listenAgain() }
            delegate?.swarm(closed: info, isLast: others.isEmpty, reason: reason)
        } else if let expected = connection.expected {
            dialEnded(expected, connection.tcp.remote, reason)
        } else if !isStopped {
            listenAgain()
        }
    }

    public func close(connection: UInt64, reason: String) { live[connection]?.close(reason, graceful: true) }

    public func disconnect(_ peer: PeerID, reason: String) {
        for connection in byPeer[peer] ?? [] { connection.close(reason, graceful: true) }
    }

    // MARK: Protocols and streams

    public func handle(_ protocolName: String, maxInboundPerConnection: Int, _ accept: @escaping (any PeerStream) -> Void) {
        if handlers.updateValue(Handler(maxInbound: maxInboundPerConnection, accept: accept), forKey: protocolName) == nil {
            protocolNames.append(protocolName)
            pushIdentify()
        }
    }

    public func openStream(to peer: PeerID, _ protocols: [String], timeoutMillis: Int, _ opened: @escaping (Result<any PeerStream, StreamFailure>) -> Void) {
        precondition(!protocols.isEmpty)
        guard let connection = byPeer[peer]?.first else { return later { opened(.failure(.notConnected)) } }
        connection.open(protocols, deadline: now + UInt64(timeoutMillis) * 1_000_000, opened)
    }

    func outboundLimit(_ protocolName: String) -> Int { Self.identifyProtocols.contains(protocolName) ? 1 : configuration.maxOutboundPerProtocol }

    // MARK: The loop

    func wantsFlush(_ connection: Connection) {
        guard !connection.isDirty else { return }
        connection.isDirty = true
        dirty.append(connection)
    }

    /// Runs `action` in the next turn, so that no caller is called back before it returns.
    func later(_ action: @escaping () -> Void) {
        guard !isStopped else { return }
        postponed.append(action)
    }

    /// Writes out what this round's callbacks have queued: a peer gets it in few messages, and one write.
    private func flush() {
        guard !dirty.isEmpty || !postponed.isEmpty else { return }
        let actions = postponed
        postponed = []
        for action in actions { action() }
        let connections = dirty
        dirty = []
        for connection in connections {
            connection.isDirty = false
            connection.flush()
        }
        if !dirty.isEmpty || !postponed.isEmpty { turn?.askForAnother() }
    }

    private func tick() {
        let now = now
        for connection in Array(live.values) { connection.tick(now) }
        for connection in Array(upgrading.values) { connection.tick(now) }
        for connection in lingering { connection.tick(now) }
        lingering.removeAll { $0.tcp.isCancelled }
        tickDials(now)
        gate.tick(now)
        if !isStopped { listenAgain() }
    }

    func takeEventBuffer() -> [MuxerEvent] {
        defer { eventBuffer = [] }
        return eventBuffer
    }

    func giveBack(eventBuffer events: [MuxerEvent]) {
        // A burst does not keep its room.
        guard events.capacity <= 1024 else { return }
        var events = events
        events.removeAll(keepingCapacity: true)
        eventBuffer = events
    }
}
