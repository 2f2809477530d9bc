import Diagnostics
import EventLoop
import JSON

/// JSON-RPC to L1 execution hosts in order of preference.
///
/// Calls made in one turn of the loop leave in one HTTP request; equal calls in flight are sent once. A host that fails
/// rests (exponentially longer) while the others are asked; one on another chain is excluded. A call fails only when
/// every host has failed it, and after transient failures every host has been asked a second time.
@LoopActor public final class L1RPCClient {
    public struct Configuration: Sendable {
        public var hosts: [HTTPAddress]
        /// What `eth_chainId` must be; checked with the first request to each host.
        public var chainID: UInt64?
        public var timeout = Duration.seconds(15)
        /// A host is given up this early while another one can be asked instead.
        public var failoverTimeout = Duration.seconds(5)
        public var maximumBatchCalls = 100
        /// Bound of the sum of the calls' sizes and expected answer sizes in one batch.
        public var maximumBatchWeight = 4 << 20
        public var maximumResponseBytes = 64 << 20
        /// A call waits this long for a resting host when there is no other.
        public var patience = Duration.seconds(3)

        public init(hosts: [HTTPAddress], chainID: UInt64?) {
            self.hosts = hosts
            self.chainID = chainID
        }
    }

    public let configuration: Configuration
    public private(set) var statistics = RPCStatistics()
    let loop: EventLoop
    let http: HTTPClient
    let hosts: [L1Host]
    private var pending: [RPCFlight] = []
    private var flights: [RPCCall: RPCFlight] = [:]
    private var isFlushing = false
    /// Index of the host whose answer was used last, by method.
    private var lastAnswers: [String: Int] = [:]
    private let log = Logger("l1")

    public init(_ configuration: Configuration, http: HTTPClient, loop: EventLoop) {
        self.configuration = configuration
        self.http = http
        self.loop = loop
        hosts = configuration.hosts.enumerated().map { index, address in
            L1Host(index: index, address: address, isChainKnown: configuration.chainID == nil, batchLimit: configuration.maximumBatchCalls)
        }
    }

    /// Health by host, in order of preference; names are printable.
    public var health: [(host: String, health: HostHealth)] { hosts.map { ($0.name, $0.health) } }

    /// Makes one call. `decode` gives the result its shape; when it throws, the host is at fault and the next one is asked.
    func call<T: Sendable>(_ call: RPCCall, decode: @escaping (JSONElement) throws(JSONError) -> T) async throws(L1Error) -> T {
        let result: Result<T, L1Error> = await withCheckedContinuation { continuation in
            submit(call, RPCFlight.Waiter(
                accept: { json throws(JSONError) in continuation.resume(returning: .success(try decode(json))) },
                fail: { continuation.resume(returning: .failure($0)) }))
        }
        return try result.get()
    }

    private func submit(_ call: RPCCall, _ waiter: RPCFlight.Waiter) {
        if let flight = flights[call] {
            statistics.methods[call.method, default: .init()].shared += 1
            flight.waiters.append(waiter)
            return
        }
        let flight = RPCFlight(call, [waiter])
        flights[call] = flight
        enqueue(flight)
    }

    private func enqueue(_ flight: RPCFlight) {
        pending.append(flight)
        guard !isFlushing else { return }
        isFlushing = true
        LoopExecutor.shared.atEndOfTurn { LoopActor.assumeIsolated { self.flush() } }
    }

    // MARK: Choosing hosts

    private func flush() {
        isFlushing = false
        let flights = pending
        pending = []
        var byHost: [Int: [RPCFlight]] = [:]
        for flight in flights {
            switch choose(flight) {
            case .host(let index): byHost[index, default: []].append(flight)
            case .wait(let duration):
                loop.after(duration) { [self] in
                    enqueue(flight)
                    LoopExecutor.shared.drain()
                }
            case .none(let error): end(flight, error)
            }
        }
        for (index, flights) in byHost.sorted(by: { $0.key < $1.key }) { send(flights, to: hosts[index]) }
    }

    private enum Choice {
        case host(Int)
        case wait(Duration)
        case none(L1Error)
    }

    private func choose(_ flight: RPCFlight) -> Choice {
        let method = flight.call.method
        guard !hosts.isEmpty else {
            return .none(L1Error(.noHost, method: method, "no L1 execution host is configured", advice: "set --l1-rpc-urls or ETHEREUM_HOSTS"))
        }
        let now = EventLoop.monotonicNanos
        let usable = hosts.filter { $0.health.exclusion == nil }
        guard !usable.isEmpty else {
            return .none(L1Error(
                .wrongChain(expected: configuration.chainID ?? 0, got: 0), method: method, "every L1 host is excluded",
                advice: "correct --l1-rpc-urls or --l1-chain-id", causes: hosts.compactMap(\.health.exclusion)))
        }
        var left = usable.filter { !flight.tried.contains($0.index) }
        if left.isEmpty {
            guard flight.mayRepeat, flight.round == 0 else { return .none(summary(flight)) }
            flight.round = 1
            flight.tried = []
            left = usable
        }
        if let host = left.first(where: { !$0.health.isResting(now: now) }) { return .host(host.index) }
        let soonest = left.min { $0.health.restsUntil < $1.health.restsUntil }!
        let rest = soonest.health.rest(now: now)
        if rest <= configuration.patience { return .wait(rest) }
        var error = summary(flight)
        if flight.causes.isEmpty { error.causes = left.compactMap(\.health.lastError) }
        error.retryAfter = rest
        return .none(error)
    }

    /// What is told to those who wait when no host is left.
    private func summary(_ flight: RPCFlight) -> L1Error {
        let causes = flight.causes
        if causes.count == 1 { return causes[0] }
        var kind = L1Error.Kind.unreachable
        // Hosts that gave no answer have no say in what the answer was.
        let answers = causes.filter { $0.kind != .unreachable && $0.kind != .rateLimited && $0.kind != .unauthorized }
        let voices = answers.isEmpty ? causes : answers
        if let last = voices.last, voices.allSatisfy({ $0.kind == last.kind }) { kind = last.kind }
        // Only the last word of each host.
        var latest: [String: L1Error] = [:]
        for cause in causes { latest[cause.host ?? ""] = cause }
        let list = hosts.compactMap { latest[$0.name] }
        if list.count == 1 { return list[0] }
        return L1Error(kind, method: flight.call.method, list.isEmpty ? "every L1 host is resting after failures" : "every L1 host failed", causes: list)
    }

    private func end(_ flight: RPCFlight, _ error: L1Error) {
        if flights[flight.call] === flight { flights.removeValue(forKey: flight.call) }
        statistics.methods[flight.call.method, default: .init()].errors += 1
        let waiters = flight.waiters
        flight.waiters = []
        for waiter in waiters { waiter.fail(error) }
    }

    // MARK: Sending

    private func send(_ flights: [RPCFlight], to host: L1Host) {
        if host.batchLimit == 1, !host.isChainKnown {
            return exchange([], with: host, andThen: flights)
        }
        let limit = max(1, host.batchLimit - (host.isChainKnown ? 0 : 1))
        var batch: [RPCFlight] = []
        var weight = 0
        for flight in flights {
            let size = flight.call.weight + flight.call.parameters.count
            if !batch.isEmpty, batch.count >= limit || weight + size > configuration.maximumBatchWeight {
                exchange(batch, with: host)
                batch = []
                weight = 0
            }
            batch.append(flight)
            weight += size
        }
        if !batch.isEmpty { exchange(batch, with: host) }
    }

    private func exchange(_ batch: [RPCFlight], with host: L1Host, andThen later: [RPCFlight] = []) {
        let checksChain = !host.isChainKnown
        var calls = batch.map(\.call)
        if checksChain { calls.insert(RPCCall("eth_chainId"), at: 0) }
        let first = 1
        var writer = JSONWriter()
        if calls.count > 1 { writer.beginArray() }
        for (position, call) in calls.enumerated() { call.write(id: first + position, to: &writer) }
        if calls.count > 1 { writer.endArray() }
        for call in calls { statistics.methods[call.method, default: .init()].requests += 1 }
        statistics.exchanges += 1
        host.health.requests += UInt64(calls.count)
        // In the second round slowness may be all there is, so every host gets the full time.
        let hasAlternative = batch.allSatisfy { $0.round == 0 } && hosts.count { $0.health.exclusion == nil } > 1
        let request = HTTPRequest(
            .post, host.address, headers: [("Content-Type", "application/json")], body: writer.bytes,
            timeout: hasAlternative ? min(configuration.timeout, configuration.failoverTimeout) : configuration.timeout,
            maximumResponseBytes: configuration.maximumResponseBytes)
        http.send(request) { [self] outcome in
            received(outcome, host: host, batch: batch, checksChain: checksChain, count: calls.count, first: first)
            for flight in later { enqueue(flight) }
        }
    }

    private func received(_ outcome: Result<HTTPResponse, HTTPFailure>, host: L1Host, batch: [RPCFlight], checksChain: Bool, count: Int, first: Int) {
        let method = batch.first?.call.method ?? "eth_chainId"
        let response: HTTPResponse
        switch outcome {
        case .success(let value): response = value
        case .failure(let failure): return failed(batch, host, transportError(failure, host, method))
        }
        var replies: [RPCReply]
        do throws(RPCResponseReader.Refusal) {
            replies = try RPCResponseReader(host: host.name, method: method).read(response, first: first, count: count)
        } catch {
            switch error {
            case .failed(let error): return failed(batch, host, error)
            case .batchTooLarge, .noBatches:
                guard count > 1 else { return failed(batch, host, L1Error(.badAnswer, host: host.name, method: method, "a single call is refused as too large a batch")) }
                var limit = max(1, count / 2)
                if case .noBatches = error { limit = 1 }
                host.batchLimit = min(host.batchLimit, limit)
                log.info("\(host.name) takes \(host.batchLimit == 1 ? "no batches" : "batches of at most \(host.batchLimit) calls")")
                for flight in batch { enqueue(flight) }
                return
            }
        }
        if checksChain {
            guard accepts(replies.removeFirst(), of: host, batch) else { return }
        }
        deliver(replies, batch, host)
    }

    private func transportError(_ failure: HTTPFailure, _ host: L1Host, _ method: String) -> L1Error {
        let advice = switch failure {
        case .timeout: "the host is slow or overloaded; add another with --l1-rpc-urls"
        case .unreachable, .tls: "check the address and the network"
        default: nil as String?
        }
        return L1Error(failure == .cancelled ? .cancelled : .unreachable, host: host.name, method: method, failure.description, advice: advice)
    }

    /// Whether the host is on the right chain; excludes it otherwise.
    private func accepts(_ reply: RPCReply, of host: L1Host, _ batch: [RPCFlight]) -> Bool {
        switch reply {
        case .result(let json):
            guard let id = json.string.flatMap(quantity) else {
                failed(batch, host, L1Error(.badAnswer, host: host.name, method: "eth_chainId", "the result is no number"))
                return false
            }
            if let expected = configuration.chainID, id != expected {
                let error = L1Error(
                    .wrongChain(expected: expected, got: id), host: host.name, method: "eth_chainId",
                    "the host is on chain \(id), this node follows chain \(expected); the host is not used",
                    advice: "correct --l1-rpc-urls or --l1-chain-id")
                if host.health.exclusion == nil { log.error(error.description) }
                host.health.exclusion = error
                for flight in batch {
                    flight.causes.append(error)
                    enqueue(flight)
                }
                return false
            }
            host.isChainKnown = true
            return true
        case .error(let error):
            failed(batch, host, L1Error(.badAnswer, host: host.name, method: "eth_chainId", "\(error.message) (code \(error.code))"))
        case .failure(let error): failed(batch, host, error)
        }
        return false
    }

    // MARK: Answers

    private func deliver(_ replies: [RPCReply], _ batch: [RPCFlight], _ host: L1Host) {
        var hostError: L1Error?
        var isAnswered = replies.isEmpty
        for (reply, flight) in zip(replies, batch) {
            let method = flight.call.method
            switch reply {
            case .result(let json):
                var unhappy: [RPCFlight.Waiter] = []
                var complaint: JSONError?
                if flights[flight.call] === flight { flights.removeValue(forKey: flight.call) }
                for waiter in flight.waiters {
                    do throws(JSONError) { try waiter.accept(json) } catch {
                        unhappy.append(waiter)
                        complaint = error
                    }
                }
                flight.waiters = unhappy
                guard let complaint else {
                    isAnswered = true
                    lastAnswers[method] = host.index
                    continue
                }
                let error = L1Error(.badAnswer, host: host.name, method: method, "the result is wrong: \(complaint.description)")
                hostError = error
                again(flight, host, error)
            case .error(let error): deliver(error, flight, host)
            case .failure(var error):
                error.method = method
                hostError = error
                again(flight, host, error)
            }
        }
        if let hostError {
            note(host, hostError)
        } else if isAnswered {
            if host.health.failures > 2 { log.info("\(host.name) answers again") }
            host.health.succeeded()
        }
    }

    private func deliver(_ error: RPCServerError, _ flight: RPCFlight, _ host: L1Host) {
        let method = flight.call.method
        let text = error.code == 0 ? error.message : "\(error.message) (code \(error.code))"
        func made(_ kind: L1Error.Kind, advice: String? = nil) -> L1Error { L1Error(kind, host: host.name, method: method, text, advice: advice) }
        switch RPCErrorClass(error) {
        case .reverted:
            let reason = RevertReason(data: error.data ?? [])
            end(flight, L1Error(.reverted(reason), host: host.name, method: method, reason.isEmpty ? text : "execution reverted: \(reason)"))
        case .rangeTooLarge, .batchTooLarge: end(flight, made(.rangeTooLarge))
        case .invalidRequest: end(flight, made(.refused(code: error.code)))
        case .unknownBlock:
            flight.mayRepeat = false
            again(flight, host, made(.unknownBlock))
        case .unsupported:
            flight.mayRepeat = false
            again(flight, host, made(.unsupported, advice: "use a host that offers this method"))
        default:
            flight.mayRepeat = false
            again(flight, host, made(.refused(code: error.code)))
        }
    }

    /// Takes the call to the next host.
    private func again(_ flight: RPCFlight, _ host: L1Host, _ error: L1Error) {
        flight.tried.insert(host.index)
        flight.causes.append(error)
        if flights[flight.call] == nil { flights[flight.call] = flight }
        enqueue(flight)
    }

    private func failed(_ batch: [RPCFlight], _ host: L1Host, _ error: L1Error) {
        note(host, error)
        for flight in batch {
            var error = error
            error.method = flight.call.method
            again(flight, host, error)
        }
    }

    /// Lets the host whose answer to `method` was used last rest, as after a failure.
    func distrust(lastAnswerTo method: String, _ reason: String) {
        guard let index = lastAnswers[method], hosts.count > 1 else { return }
        let host = hosts[index]
        note(host, L1Error(.inconsistent, host: host.name, method: method, reason, advice: "the host may serve wrong data; the next one is asked", retryAfter: .seconds(5)))
    }

    private func note(_ host: L1Host, _ error: L1Error) {
        guard error.kind != .cancelled else { return }
        host.health.failed(error, now: EventLoop.monotonicNanos)
        if host.health.failures <= 1 || host.health.failures.nonzeroBitCount == 1 {
            log.warn("L1 host fails: \(error)", ["failuresInRow": LogValue(host.health.failures), "restMs": LogValue(host.health.rest(now: EventLoop.monotonicNanos).millis)])
        }
    }
}

/// A JSON-RPC quantity (`0x…`, no more than 64 bits).
func quantity(_ text: String) -> UInt64? {
    guard text.hasPrefix("0x") || text.hasPrefix("0X"), text.utf8.count > 2 else { return nil }
    return UInt64(text.dropFirst(2), radix: 16)
}
