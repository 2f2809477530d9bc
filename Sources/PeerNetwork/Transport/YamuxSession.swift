import PeerIdentity

/// yamux («note 07 §3.5»), reacting to each frame as the reference does.
public final class YamuxSession: MuxerSession {
    public static let protocolName = "/yamux/1.0.0"
    static let pingNanos: UInt64 = 30_000_000_000
    /// A peer that has not answered a ping for so long is gone.
    static let pingLimitNanos: UInt64 = 60_000_000_000
    /// What windows of one session may grow by.
    static let maxGrowth = YamuxStream.maxWindow

    let isDialer: Bool
    let limits: MuxerLimits
    let budget: WindowBudget

    var streams: [UInt32: YamuxStream] = [:]
    var inbound = 0
    var outbound = 0
    private var nextID: UInt32
    var opening: RateLimiter
    var isOver = false

    // Receiving
    var partial: [UInt8] = []
    var body = FrameBody()
    /// Whose payload is coming in; nil when it is to be dropped.
    var bodyStream: YamuxStream?
    var bodyEnds = false
    var unread = 0
    var growth = 0

    // Sending
    var answers = FIFO<YamuxFrame>()
    private var ready = FIFO<YamuxStream>()

    // Keep-alive
    private var pingValue: UInt32 = 0
    var pingSent: UInt64?
    private var nextPing: UInt64 = 0
    /// Last measured; nil before the first answer.
    var roundTrip: UInt64?

    public init(dialer: Bool, limits: MuxerLimits = .yamux, budget: WindowBudget = WindowBudget(limit: 64 << 20), now: UInt64) {
        isDialer = dialer
        self.limits = limits
        self.budget = budget
        nextID = dialer ? 1 : 2
        opening = RateLimiter(burst: limits.openBurst, perSecond: limits.openPerSecond, nanos: now)
    }

    deinit { budget.give(growth) }

    public var openStreams: Int { streams.count }
    public func holds(_ id: MuxerStreamID) -> Bool { stream(id) != nil }
    public func start(now: UInt64) { ping(now) }

    public func tick(now: UInt64, events: inout [MuxerEvent]) {
        guard !isOver else { return }
        if let pingSent {
            if now > pingSent, now - pingSent > Self.pingLimitNanos { end(.protocolError("yamux: ping was not answered"), &events) }
        } else if now >= nextPing {
            ping(now)
        }
    }

    private func ping(_ now: UInt64) {
        answers.append(YamuxFrame(.ping, .syn, 0, pingValue))
        pingSent = now
        nextPing = now + Self.pingNanos
    }

    /// The peer's answer to our ping; false when it answers none.
    func pong(_ value: UInt32, _ now: UInt64) -> Bool {
        guard let sent = pingSent, value == pingValue else { return false }
        roundTrip = max(1, now - min(now, sent))
        pingSent = nil
        pingValue &+= 1
        return true
    }

    // MARK: Streams

    public func open() -> MuxerStreamID? {
        guard !isOver, outbound < limits.outboundStreams, nextID < .max - 1 else { return nil }
        let stream = YamuxStream(id: nextID, isInbound: false, now: 0)
        nextID += 2
        outbound += 1
        streams[stream.id] = stream
        enqueue(stream)
        return UInt64(stream.id)
    }

    func stream(_ id: MuxerStreamID) -> YamuxStream? { UInt32(exactly: id).flatMap { streams[$0] } }

    public func write(_ id: MuxerStreamID, _ bytes: [UInt8]) -> Bool {
        guard let stream = stream(id), !stream.wantsEnd else { return true }
        guard stream.queue.count + bytes.count <= limits.queuedBytes else { return false }
        stream.queue.append(bytes)
        enqueue(stream)
        return true
    }

    public func closeWrite(_ id: MuxerStreamID) {
        guard let stream = stream(id) else { return }
        stream.wantsEnd = true
        enqueue(stream)
    }

    public func reset(_ id: MuxerStreamID) {
        guard let stream = stream(id) else { return }
        answers.append(YamuxFrame(.windowUpdate, stream.pendingFlags.union(.reset), stream.id, 0))
        remove(stream)
    }

    public func consumed(_ id: MuxerStreamID, _ count: Int, now: UInt64) {
        guard let stream = stream(id) else { return }
        let count = min(count, stream.unread)
        stream.unread -= count
        unread -= count
        stream.owed += count
        // Half a window at a time. The peer that used it up within a few round trips was waiting for us: let it have more.
        guard stream.owed * 2 >= stream.windowSize, !stream.remoteEnded else { return }
        if let roundTrip, now - min(now, stream.lastUpdate) < 4 * roundTrip, stream.windowSize * 2 <= YamuxStream.maxWindow,
            growth + stream.windowSize <= Self.maxGrowth, budget.take(stream.windowSize)
        {
            growth += stream.windowSize
            stream.owed += stream.windowSize
            stream.windowSize *= 2
        }
        stream.lastUpdate = now
        stream.owesUpdate = true
        enqueue(stream)
    }

    public func queuedBytes(_ id: MuxerStreamID) -> Int { stream(id)?.queue.count ?? 0 }

    func remove(_ stream: YamuxStream) {
        guard !stream.isGone else { return }
        stream.isGone = true
        stream.queue.removeAll()
        streams[stream.id] = nil
        if stream.isInbound { inbound -= 1 } else { outbound -= 1 }
        unread -= stream.unread
        let grown = stream.windowSize - YamuxStream.initialWindow
        growth -= grown
        budget.give(grown)
    }

    /// Ends the session; on an error of the peer it is told so.
    func end(_ reason: MuxerEnd, _ events: inout [MuxerEvent]) {
        guard !isOver else { return }
        close()
        if case .protocolError = reason { answers.append(YamuxFrame(.goAway, [], 0, 1)) }
        events.append(.over(reason))
    }

    public func goAway() {
        guard !isOver else { return }
        close()
        answers.append(YamuxFrame(.goAway, [], 0, 0))
    }

    private func close() {
        isOver = true
        for stream in streams.values { remove(stream) }
        ready.removeAll()
    }

    // MARK: Sending

    public var hasOutput: Bool {
        while let stream = ready.first {
            if !stream.isGone, stream.canSend { return true }
            stream.isQueued = false
            _ = ready.popFirst()
        }
        return !answers.isEmpty
    }

    func enqueue(_ stream: YamuxStream) {
        guard !stream.isQueued, !stream.isGone, stream.canSend else { return }
        stream.isQueued = true
        ready.append(stream)
    }

    /// Answers first, then the streams in turn, one frame each.
    public func nextFrame() -> OutgoingFrame? {
        if let answer = answers.popFirst() { return OutgoingFrame(header: answer.header) }
        while let stream = ready.popFirst() {
            stream.isQueued = false
            guard !stream.isGone, let frame = frame(of: stream) else { continue }
            enqueue(stream)
            return frame
        }
        return nil
    }

    private func frame(of stream: YamuxStream) -> OutgoingFrame? {
        func header(_ kind: YamuxFrame.Kind, _ flags: YamuxFrame.Flags, _ length: Int) -> FrameHeader {
            let all = flags.union(stream.pendingFlags)
            stream.pendingFlags = []
            return YamuxFrame(kind, all, stream.id, UInt32(length)).header
        }
        if stream.owesUpdate {
            stream.owesUpdate = false
            let delta = stream.remoteEnded ? 0 : stream.owed
            stream.owed = 0
            stream.receiveWindow += delta
            return OutgoingFrame(header: header(.windowUpdate, [], delta))
        }
        if !stream.queue.isEmpty, stream.sendWindow > 0 {
            let piece = stream.queue.take(min(stream.sendWindow, OutgoingFrame.maxBytes - YamuxFrame.headerBytes))
            stream.sendWindow -= piece.count
            return OutgoingFrame(header: header(.data, [], piece.count), payload: piece, drained: stream.queue.isEmpty ? UInt64(stream.id) : nil)
        }
        guard stream.wantsEnd, !stream.sentEnd, stream.queue.isEmpty else { return nil }
        stream.sentEnd = true
        var frame = OutgoingFrame(header: header(.windowUpdate, .fin, 0))
        if stream.remoteEnded {
            frame.finished = UInt64(stream.id)
            remove(stream)
        }
        return frame
    }
}
