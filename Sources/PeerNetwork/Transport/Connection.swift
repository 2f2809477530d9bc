import Ciphers
import EventLoop
import PeerIdentity

/// One TCP connection: upgrade (multistream, Noise, multistream), then streams. Glue between the state machines and the loop.
final class Connection: LoopTCPOwner {
    enum Phase {
        case security(MultistreamNegotiator)
        case handshake(NoiseHandshake)
        case muxer(MultistreamNegotiator)
        case open
        /// Gone for everyone above; the socket may still be sending.
        case over
    }

    static let securityProtocol = "/noise"

    let id: UInt64
    unowned let swarm: Swarm
    let tcp: LoopTCPStream
    let isOutbound: Bool
    /// Whom we dialled.
    let expected: PeerID?
    /// End of the upgrade, later of the linger.
    var deadline: UInt64

    private(set) var phase: Phase
    private var noise: NoiseSession?
    private(set) var muxer: (any MuxerSession)?
    private(set) var peer: PeerID?
    /// Set while it is open.
    private(set) var info: ConnectionInfo?
    var identification: PeerIdentification?
    var streams: [MuxerStreamID: MuxedStream] = [:]

    private var lastActivity: UInt64
    private var blockedSince: UInt64?
    private var isWriting = false
    private var failedWriting: String?
    var isDirty = false

    init(_ swarm: Swarm, _ tcp: LoopTCPStream, id: UInt64, expected: PeerID?, deadline: UInt64) {
        self.swarm = swarm
        self.tcp = tcp
        self.id = id
        self.expected = expected
        isOutbound = expected != nil
        self.deadline = deadline
        lastActivity = swarm.now
        phase = .security(isOutbound ? MultistreamNegotiator(dialing: [Self.securityProtocol]) : MultistreamNegotiator(listening: [Self.securityProtocol]))
    }

    func start() {
        tcp.owner = self
        do throws(EventLoopError) { try tcp.startReading() } catch { return close("\(error)") }
        if case .security(let negotiator) = phase, isOutbound { writePlain(negotiator.opening) }
    }

    var isOver: Bool {
        if case .over = phase { return true }
        return false
    }

    // MARK: From the socket

    func tcp(_ stream: LoopTCPStream, received bytes: Span<UInt8>) -> Int {
        let now = swarm.now
        lastActivity = now
        var used = 0
        do {
            while used < bytes.count {
                switch phase {
                case .security(let negotiator): used += try secure(negotiator, bytes.copied(used..<min(bytes.count, used + 2048)))
                case .handshake(let handshake):
                    guard let message = try nextMessage(bytes, used, limit: NoiseHandshake.maxMessageBytes) else { return used }
                    used = message.upperBound
                    try shakeHands(handshake, bytes.copied(message))
                case .muxer, .open:
                    guard let message = try nextMessage(bytes, used, limit: .max), let noise else { return used }
                    used = message.upperBound
                    let count = try noise.open(bytes.extracting(message), into: &swarm.plaintext)
                    if count > 0 { try take(swarm.plaintext[..<count], now) }
                case .over: return bytes.count
                }
            }
        } catch {
            close("\(error)")
            return bytes.count
        }
        return used
    }

    /// Where the message behind the 2-byte length at `offset` is; nil while it is not whole.
    private func nextMessage(_ bytes: Span<UInt8>, _ offset: Int, limit: Int) throws(NoiseError) -> Range<Int>? {
        guard bytes.count - offset >= 2 else { return nil }
        let length = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
        guard length <= limit else { throw .malformedPayload("handshake message of \(length) bytes") }
        guard bytes.count - offset - 2 >= length else { return nil }
        return (offset + 2)..<(offset + 2 + length)
    }

    func tcpEnded(_ stream: LoopTCPStream) { isOver ? tcp.cancel() : close("the peer closed the connection") }

    func tcp(_ stream: LoopTCPStream, failed error: EventLoopError) {
        // The buffer written from is in use until the call returns.
        if isWriting { failedWriting = "\(error)" } else { isOver ? tcp.cancel() : close("\(error)") }
    }

    func tcpDrained(_ stream: LoopTCPStream) {
        lastActivity = swarm.now
        blockedSince = nil
        if !isOver { wantsFlush() }
    }

    func tick(_ now: UInt64) {
        if case .open = phase {
            if now > lastActivity, now - lastActivity > UInt64(swarm.configuration.idleMillis) * 1_000_000 { return close("idle", graceful: true) }
            if let blockedSince, now > blockedSince, now - blockedSince > UInt64(swarm.configuration.stallMillis) * 1_000_000 {
                return close("the peer takes nothing of what is sent")
            }
            withEvents { muxer?.tick(now: now, events: &$0) }
            tickStreams(now)
        } else if now >= deadline {
            isOver ? tcp.cancel() : close("the upgrade took too long")
        }
    }

    // MARK: Upgrade

    private func secure(_ negotiator: MultistreamNegotiator, _ bytes: [UInt8]) throws -> Int {
        var negotiator = negotiator
        var replies: [UInt8] = []
        let outcome = try negotiator.receive(bytes[...], replies: &replies)
        phase = .security(negotiator)
        writePlain(replies)
        guard case .agreed(_, let rest) = outcome, !isOver else { return bytes.count }
        var handshake = NoiseHandshake(initiator: isOutbound, identity: swarm.key, staticKey: swarm.noiseKey, ephemeral: .generate(), expecting: expected)
        if isOutbound { writePlain(NoiseHandshake.framed(handshake.start())) }
        if !isOver { phase = .handshake(handshake) }
        return bytes.count - rest.count
    }

    private func shakeHands(_ handshake: NoiseHandshake, _ message: [UInt8]) throws {
        var handshake = handshake
        if let answer = try handshake.receive(message[...]) { writePlain(NoiseHandshake.framed(answer)) }
        guard !isOver else { return }
        phase = .handshake(handshake)
        guard let result = handshake.result else { return }
        peer = result.peer
        noise = result.session
        let negotiator = isOutbound ? MultistreamNegotiator(dialing: swarm.configuration.muxers) : MultistreamNegotiator(listening: swarm.configuration.muxers)
        phase = .muxer(negotiator)
        if isOutbound { writeSealed(negotiator.opening) }
    }

    private func take(_ bytes: ArraySlice<UInt8>, _ now: UInt64) throws {
        guard case .muxer(var negotiator) = phase else { return withEvents { self.muxer?.receive(bytes, now: now, events: &$0) } }
        var replies: [UInt8] = []
        let outcome = try negotiator.receive(bytes, replies: &replies)
        phase = .muxer(negotiator)
        writeSealed(replies)
        guard case .agreed(let name, let rest) = outcome, !isOver, let peer else { return }
        let muxer = swarm.makeMuxer(name, dialer: isOutbound, now: now)
        self.muxer = muxer
        muxer.start(now: now)
        phase = .open
        info = ConnectionInfo(id: id, peer: peer, remote: tcp.remote, isOutbound: isOutbound, openedNanos: now)
        wantsFlush()
        swarm.upgraded(self)
        if !rest.isEmpty, !isOver { withEvents { muxer.receive(rest, now: now, events: &$0) } }
    }

    // MARK: To the socket

    func wantsFlush() { swarm.wantsFlush(self) }

    private func writePlain(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, !isOver else { return }
        writing { tcp.write(bytes[...]) }
    }

    private func writeSealed(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, !isOver, let noise else { return }
        let output = swarm.output
        output.clear()
        noise.append(bytes.span, to: output)
        noise.finishMessage(output)
        writing { tcp.write(output.bytes[..<output.count]) }
    }

    private func writing(_ body: () -> Void) {
        isWriting = true
        body()
        isWriting = false
        if tcp.queuedBytes > 0, blockedSince == nil { blockedSince = swarm.now }
        if let failedWriting {
            self.failedWriting = nil
            isOver ? tcp.cancel() : close(failedWriting)
        }
    }

    /// Seals and writes what the muxer has, until the socket takes no more.
    func flush() {
        var rounds = 0
        while case .open = phase, let muxer, muxer.hasOutput, tcp.queuedBytes == 0, rounds < 4 {
            writeFrames()
            rounds += 1
        }
        if case .open = phase, tcp.queuedBytes == 0, muxer?.hasOutput == true { wantsFlush() }
    }

    /// One buffer full of frames.
    private func writeFrames() {
        guard let noise, let muxer else { return }
        let output = swarm.output
        output.clear()
        var drained: [MuxerStreamID] = []
        var finished: [MuxerStreamID] = []
        while output.hasRoom(for: OutgoingFrame.maxBytes), let frame = muxer.nextFrame() {
            noise.keepTogether(frame.header.count + frame.payload.count, output)
            noise.append(frame.header.bytes.span.extracting(0..<frame.header.count), to: output)
            noise.append(frame.payload.span, to: output)
            if let id = frame.drained { drained.append(id) }
            if let id = frame.finished { finished.append(id) }
        }
        noise.finishMessage(output)
        lastActivity = swarm.now
        writing { tcp.write(output.bytes[..<output.count]) }
        // Before the stream is let go of: its end often leaves with its last bytes.
        for id in drained {
            if let stream = streams[id] { stream.owner?.streamDrained(stream) }
        }
        for id in finished { streams.removeValue(forKey: id)?.over(nil) }
        if noise.isWornOut { close("the keys are worn out", graceful: true) }
    }

    // MARK: End

    /// `graceful`: what is queued goes out first, as far as the peer takes it within the linger.
    func close(_ reason: String, graceful: Bool = false) {
        guard !isOver else { return }
        if case .open = phase, let muxer {
            if graceful { flush() }
            guard !isOver else { return }
            // Also after an error: the muxer may owe the peer a last word.
            muxer.goAway()
            if tcp.queuedBytes == 0, muxer.hasOutput {
                phase = .over
                writeFrames()
            }
        }
        phase = .over
        let streams = self.streams
        self.streams = [:]
        muxer = nil
        noise = nil
        if graceful, !tcp.isCancelled {
            tcp.shutdown()
            deadline = swarm.now + UInt64(swarm.configuration.lingerMillis) * 1_000_000
        } else {
            tcp.cancel()
        }
        swarm.ended(self, reason)
        for stream in streams.values { stream.over(.notConnected) }
    }

    /// Has the muxer say what it finds, and acts on it. Owners may do anything meanwhile, also close the connection.
    func withEvents(_ body: (inout [MuxerEvent]) -> Void) {
        var events = swarm.takeEventBuffer()
        body(&events)
        for event in events {
            if isOver { break }
            handle(event)
        }
        swarm.giveBack(eventBuffer: events)
        if case .open = phase { wantsFlush() }
    }
}
