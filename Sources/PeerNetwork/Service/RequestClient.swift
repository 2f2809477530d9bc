public import EventLoop
public import PeerIdentity
public import PeerTransport
public import Protocol

/// Asks peers («note 07 §7.2»), never more of one than it grants. Belongs to the loop's thread.
public final class RequestClient {
    public struct Counters: Hashable, Sendable {
        public var sent = 0
        public var succeeded = 0
        public var failed = 0
    }

    /// Whole exchange with one peer, from the opened stream on (`P2P_REQRESP_INDIVIDUAL_REQUEST_TIMEOUT_MS`).
    public var exchangeMillis = 2000
    public private(set) var counters: [RequestProtocol: Counters] = [:]
    /// An exchange failed by the peer's fault.
    public var onPenalty: ((PeerID, PeerErrorSeverity) -> Void)?

    let loop: EventLoop
    let clock: () -> Double
    private let swarm: any PeerSwarm
    private var limits = OutboundLimits()
    private var exchanges: [ObjectIdentifier: OutboundExchange] = [:]

    public init(swarm: any PeerSwarm, loop: EventLoop, clock: @escaping () -> Double) {
        self.swarm = swarm
        self.loop = loop
        self.clock = clock
    }

    /// Milliseconds until the peer may be asked; 0 now.
    public func wait(_ kind: RequestProtocol, _ peer: PeerID) -> Double { limits.wait(kind, peer, now: clock()) }

    /// Sends at once; ask `wait` before. `done` runs once, never before this returns.
    public func send(_ kind: RequestProtocol, to peer: PeerID, _ request: [UInt8], openMillis: Int = 2000, done: @escaping (Result<RequestResponse, StreamFailure>) -> Void) {
        guard limits.take(kind, peer, now: clock()) else {
            return deliver(.success(RequestResponse(.rateLimited, problem: "our own limit")), done)
        }
        guard swarm.isConnected(peer) else { return deliver(.failure(.notConnected), done) }
        counters[kind, default: Counters()].sent += 1
        let exchange = OutboundExchange(kind) { [weak self] exchange, result in
            guard let self else { return }
            exchanges[ObjectIdentifier(exchange)] = nil
            conclude(kind, peer, result)
            deliver(result, done)
        }
        exchanges[ObjectIdentifier(exchange)] = exchange
        let millis = exchangeMillis
        swarm.openStream(to: peer, [kind.rawValue], timeoutMillis: openMillis) { [loop] opened in
            switch opened {
            case .failure(let failure): exchange.end(.failure(failure))
            case .success(let stream): exchange.start(stream, request, loop, millis)
            }
        }
    }

    /// Asks for all of `requests`, spread over `peers`. `validate` judges each response; `done` runs once with what was
    /// found by `millis`, in the order asked.
    ///
    /// - Parameters:
    ///   - peers: everybody who may be asked, in random order.
    ///   - pinned: a peer that is asked for as much as its limit allows, e.g. the proposal's sender.
    @discardableResult
    public func sendBatch(
        _ kind: RequestProtocol, _ requests: [[UInt8]], peers: [PeerID], pinned: PeerID? = nil, maxPeers: Int? = nil, millis: Int = 8000,
        validate: @escaping BatchRequest.Validator, done: @escaping ([[UInt8]?]) -> Void
    ) -> BatchRequest {
        let plan = BatchPlan(count: requests.count, peers: peers, pinned: pinned, maxPeers: maxPeers)
        let batch = BatchRequest(self, kind, requests, plan, validate, done)
        batch.start(millis)
        return batch
    }

    /// Call it now and then: limiters that owe nothing are dropped.
    public func forgetIdle() { limits.forgetIdle(now: clock()) }

    private func deliver(_ result: Result<RequestResponse, StreamFailure>, _ done: @escaping (Result<RequestResponse, StreamFailure>) -> Void) {
        loop.after(.zero) { done(result) }
    }

    private func conclude(_ kind: RequestProtocol, _ peer: PeerID, _ result: Result<RequestResponse, StreamFailure>) {
        switch result {
        case .success: counters[kind]!.succeeded += 1
        case .failure(let failure):
            counters[kind]!.failed += 1
            // Nobody answers a goodbye, and our own limit on streams is not the peer's fault.
            if kind != .goodbye, failure != .tooManyStreams { onPenalty?(peer, .high) }
        }
    }
}

private final class OutboundExchange: PeerStreamOwner {
    private var reader: ResponseReader
    private var stream: (any PeerStream)?
    private var timer: LoopTimer?
    private var done: ((OutboundExchange, Result<RequestResponse, StreamFailure>) -> Void)?

    init(_ kind: RequestProtocol, _ done: @escaping (OutboundExchange, Result<RequestResponse, StreamFailure>) -> Void) {
        reader = ResponseReader(limit: kind.maxResponseBytes)
        self.done = done
    }

    func start(_ stream: any PeerStream, _ request: [UInt8], _ loop: EventLoop, _ millis: Int) {
        self.stream = stream
        stream.owner = self
        timer = loop.after(.milliseconds(millis)) { [weak self] in self?.abort(.timedOut) }
        stream.write(request)
        stream.closeWrite()
    }

    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
        stream.consumed(bytes.count)
        if done != nil, !reader.receive(bytes) { abort(.protocolError("response too long")) }
    }

    func streamEnded(_ stream: any PeerStream) { end(.success(reader.end())) }
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { end(.failure(failure)) }

    private func abort(_ failure: StreamFailure) {
        let stream = stream
        end(.failure(failure))
        stream?.reset()
    }

    func end(_ result: Result<RequestResponse, StreamFailure>) {
        timer?.cancel()
        timer = nil
        stream = nil
        let done = done
        self.done = nil
        done?(self, result)
    }
}
