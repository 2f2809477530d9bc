import EventLoop
import PeerIdentity
import PeerTransport
import Testing

/// What a swarm told its delegate.
final class Listener: SwarmDelegate {
    var opened: [ConnectionInfo] = []
    var closed: [(info: ConnectionInfo, isLast: Bool, reason: String)] = []
    var identified: [(peer: PeerID, identification: PeerIdentification)] = []
    var failed: [(address: PeerAddress, reason: String)] = []
    func swarm(opened connection: ConnectionInfo) { opened.append(connection) }
    func swarm(closed connection: ConnectionInfo, isLast: Bool, reason: String) { closed.append((connection, isLast, reason)) }
    func swarm(identified peer: PeerID, as identification: PeerIdentification) { identified.append((peer, identification)) }
    func swarm(dialFailed address: PeerAddress, reason: String) { failed.append((address, reason)) }
}

/// Keeps what a stream brings.
final class Collector: PeerStreamOwner {
    var received: [UInt8] = []
    var pieces: [Int] = []
    var ended = false
    var failure: StreamFailure?
    var drained = 0
    /// Whether window is given back.
    var consumes = true
    var onEnd: ((any PeerStream) -> Void)?
    var onReceive: ((any PeerStream, ArraySlice<UInt8>) -> Void)?
    var stream: (any PeerStream)?

    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
        received += bytes
        pieces.append(bytes.count)
        if consumes { stream.consumed(bytes.count) }
        onReceive?(stream, bytes)
    }
    func streamEnded(_ stream: any PeerStream) {
        ended = true
        onEnd?(stream)
    }
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { self.failure = failure }
    func streamDrained(_ stream: any PeerStream) { drained += 1 }
}

/// Two swarms of one loop, the first dialling the second.
final class Pair {
    let loop: EventLoop
    let a: Swarm
    let b: Swarm
    let aSeen = Listener()
    let bSeen = Listener()

    static func configuration(_ change: (inout SwarmConfiguration) -> Void = { _ in }) -> SwarmConfiguration {
        var configuration = SwarmConfiguration(agentVersion: "quetzal/test")
        configuration.listen = SocketAddress(.loopback, 0)
        change(&configuration)
        return configuration
    }

    init(_ loop: EventLoop? = nil, a changeA: (inout SwarmConfiguration) -> Void = { _ in }, b changeB: (inout SwarmConfiguration) -> Void = { _ in }) throws {
        self.loop = try loop ?? EventLoop()
        a = Swarm(loop: self.loop, key: .generate(), configuration: Self.configuration(changeA))
        b = Swarm(loop: self.loop, key: .generate(), configuration: Self.configuration(changeB))
        a.delegate = aSeen
        b.delegate = bSeen
        try a.start()
        try b.start()
    }

    deinit {
        a.stop()
        b.stop()
    }

    var addressOfB: PeerAddress { PeerAddress(id: b.localID, socket: SocketAddress(.loopback, b.port!)) }

    /// Runs the loop until `condition` holds; false after ten seconds.
    @discardableResult
    func until(_ what: String = "", _ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) -> Bool {
        let fine = loop.runUntil(condition)
        if !fine { Issue.record("never happened: \(what)", sourceLocation: sourceLocation) }
        return fine
    }

    func connect(sourceLocation: SourceLocation = #_sourceLocation) {
        a.dial(addressOfB)
        until("connected", { !aSeen.opened.isEmpty && !bSeen.opened.isEmpty }, sourceLocation: sourceLocation)
    }

    /// Opens a stream of `a` to `b`.
    func open(_ protocols: [String], owner: Collector, timeoutMillis: Int = 5000) -> Result<any PeerStream, StreamFailure>? {
        var result: Result<any PeerStream, StreamFailure>?
        a.openStream(to: b.localID, protocols, timeoutMillis: timeoutMillis) { opened in
            result = opened
            if case .success(let stream) = opened {
                stream.owner = owner
                owner.stream = stream
            }
        }
        until("stream opened", { result != nil })
        return result
    }
}

extension EventLoop {
    func runUntil(_ condition: () -> Bool) -> Bool {
        var late = false
        let guardian = after(.seconds(20)) { late = true }
        while !condition(), !late { runOnce() }
        guardian.cancel()
        return condition()
    }
}
