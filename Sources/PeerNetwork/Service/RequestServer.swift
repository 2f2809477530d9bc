public import PeerIdentity
public import PeerTransport

/// Answers the five protocols for all peers («note 07 §7, §8»). Belongs to the loop's thread.
///
/// Bounds: a request has at most `RequestProtocol.maxRequestBytes` and must be complete within `requestMillis`; a response
/// must have left within `responseMillis`; unsent responses hold at most `maxQueuedPerPeer` bytes for one peer and
/// `maxQueued` for all, beyond which requests are answered with `rateLimited`.
public final class RequestServer {
    /// Gives `reply` the response's bytes, empty if there are none to give; nil refuses the request (stream reset).
    public typealias Handler = (_ request: [UInt8], _ peer: PeerID, _ reply: @escaping ([UInt8]?) -> Void) -> Void

    public struct Counters: Hashable, Sendable {
        public var received = 0
        public var answered = 0
        public var rateLimited = 0
        public var refused = 0
        public var timedOut = 0
    }

    public static let requestMillis: Double = 10_000
    public static let responseMillis: Double = 10_000
    public static let maxQueuedPerPeer = 4 << 20
    public static let maxQueued = 48 << 20
    /// Streams of one protocol that a connection may hold open (the reference's number).
    public static let streamsPerConnection = 32

    public private(set) var counters: [RequestProtocol: Counters] = [:]
    /// A peer went beyond its limit.
    public var onPenalty: ((PeerID) -> Void)?
    public var onGoodbye: ((PeerID, GoodbyeReason) -> Void)?

    private let swarm: any PeerSwarm
    private let clock: () -> Double
    private var limits = RequestLimits()
    private var handlers: [RequestProtocol: Handler] = [:]
    private var exchanges: [ObjectIdentifier: InboundExchange] = [:]
    private var queued: [PeerID: Int] = [:]
    private var allQueued = 0
    private var lastCleaning: Double = 0

    /// `clock`: steady milliseconds.
    public init(swarm: any PeerSwarm, clock: @escaping () -> Double) {
        self.swarm = swarm
        self.clock = clock
        handlers[.ping] = { _, _, reply in reply(Array("pong".utf8)) }
        handlers[.status] = { _, _, reply in reply(Array("ok".utf8)) }
    }

    /// Sets what answers `kind`. Ping and status answer by themselves, goodbye goes to `onGoodbye`.
    public func handle(_ kind: RequestProtocol, _ handler: @escaping Handler) { handlers[kind] = handler }

    /// Registers all five with the swarm: a protocol that we lacked would cost us points at whoever tries it.
    public func register() {
        for kind in RequestProtocol.allCases {
            swarm.handle(kind.rawValue, maxInboundPerConnection: Self.streamsPerConnection) { [weak self] stream in self?.accept(stream, kind) }
        }
    }

    /// Ends what is overdue; call it about every half second.
    public func sweep() {
        let now = clock()
        for exchange in exchanges.values where exchange.deadline <= now {
            counters[exchange.kind, default: Counters()].timedOut += 1
            finish(exchange)
            exchange.stream.reset()
        }
        if now - lastCleaning >= 60_000 {
            lastCleaning = now
            limits.forgetIdle(now: now)
        }
    }

    public var openExchanges: Int { exchanges.count }
    public var queuedBytes: Int { allQueued }

    // MARK: One exchange

    private func accept(_ stream: any PeerStream, _ kind: RequestProtocol) {
        counters[kind, default: Counters()].received += 1
        let exchange = InboundExchange(self, stream, kind, deadline: clock() + Self.requestMillis)
        exchanges[ObjectIdentifier(exchange)] = exchange
        stream.owner = exchange
        let verdict = limits.check(kind, stream.peer, now: clock())
        if verdict == .deniedPeer { onPenalty?(stream.peer) }
        if verdict != .allowed || isFull(stream.peer) {
            counters[kind]!.rateLimited += 1
            send(exchange, ResponseReader.frames(.rateLimited))
        }
    }

    fileprivate func take(_ exchange: InboundExchange, _ step: RequestReader.Step) {
        switch step {
        case .incomplete: break
        case .nothing:
            finish(exchange)
            exchange.stream.closeWrite()
        case .refused:
            counters[exchange.kind]!.refused += 1
            finish(exchange)
            exchange.stream.reset()
        case .request(let request):
            exchange.phase = .answering
            if exchange.kind == .goodbye {
                // Not answered: the connection goes.
                exchange.deadline = clock() + 1000
                exchange.stream.closeWrite()
                onGoodbye?(exchange.stream.peer, GoodbyeReason(request: request[...]))
                return
            }
            exchange.deadline = clock() + Self.responseMillis
            guard let handler = handlers[exchange.kind] else { return send(exchange, ResponseReader.frames(.success)) }
            handler(request, exchange.stream.peer) { [weak self, weak exchange] response in
                guard let self, let exchange, exchange.phase == .answering else { return }
                guard let response else {
                    counters[exchange.kind]!.refused += 1
                    finish(exchange)
                    return exchange.stream.reset()
                }
                // Many requests may have been let in before the first of them was answered.
                guard !isFull(exchange.stream.peer) else {
                    counters[exchange.kind]!.rateLimited += 1
                    return send(exchange, ResponseReader.frames(.rateLimited))
                }
                counters[exchange.kind]!.answered += 1
                send(exchange, ResponseReader.frames(.success, response))
            }
        }
    }

    private func isFull(_ peer: PeerID) -> Bool { (queued[peer] ?? 0) >= Self.maxQueuedPerPeer || allQueued >= Self.maxQueued }

    private func send(_ exchange: InboundExchange, _ frames: [[UInt8]]) {
        exchange.phase = .sending
        exchange.deadline = clock() + Self.responseMillis
        exchange.queued = frames.reduce(0) { $0 + $1.count }
        queued[exchange.stream.peer, default: 0] += exchange.queued
        allQueued += exchange.queued
        // The status is a frame of its own: the reference reads the first frame as nothing else.
        for frame in frames { exchange.stream.write(frame) }
        exchange.stream.closeWrite()
    }

    /// The response has left; whoever does not close their side now is not waited for long.
    fileprivate func sent(_ exchange: InboundExchange) {
        guard exchange.phase == .sending else { return }
        exchange.phase = .done
        exchange.deadline = clock() + 2000
        unqueue(exchange)
    }

    fileprivate func finish(_ exchange: InboundExchange) {
        exchange.phase = .done
        unqueue(exchange)
        exchanges[ObjectIdentifier(exchange)] = nil
    }

    private func unqueue(_ exchange: InboundExchange) {
        guard exchange.queued > 0 else { return }
        allQueued -= exchange.queued
        let rest = (queued[exchange.stream.peer] ?? 0) - exchange.queued
        queued[exchange.stream.peer] = rest > 0 ? rest : nil
        exchange.queued = 0
    }
}

private final class InboundExchange: PeerStreamOwner {
    enum Phase { case reading, answering, sending, done }

    weak var server: RequestServer?
    let stream: any PeerStream
    let kind: RequestProtocol
    var phase = Phase.reading
    var deadline: Double
    var queued = 0
    private var reader: RequestReader
    private var peerClosed = false

    init(_ server: RequestServer, _ stream: any PeerStream, _ kind: RequestProtocol, deadline: Double) {
        self.server = server
        self.stream = stream
        self.kind = kind
        self.deadline = deadline
        reader = RequestReader(kind)
    }

    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
        stream.consumed(bytes.count)
        guard phase == .reading else { return }
        server?.take(self, reader.receive(bytes))
    }

    func streamEnded(_ stream: any PeerStream) {
        peerClosed = true
        switch phase {
        case .reading: server?.take(self, reader.end())
        case .done: server?.finish(self)
        case .answering where kind == .goodbye: server?.finish(self)
        case .answering, .sending: break
        }
    }

    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { server?.finish(self) }

    func streamDrained(_ stream: any PeerStream) {
        server?.sent(self)
        if phase == .done, peerClosed { server?.finish(self) }
    }
}
