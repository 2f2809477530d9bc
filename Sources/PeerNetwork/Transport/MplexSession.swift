import PeerIdentity

/// mplex («note 07 §3.5»): no flow control, so what the owner leaves unread is bounded by resetting the stream.
public final class MplexSession: MuxerSession {
    public static let protocolName = "/mplex/6.7.0"
    static let maxFrameBytes = 1 << 20
    static let maxUnreadPerStream = 4 << 20
    /// Frames for streams that are not there: some are on their way when a stream is reset.
    static let strayBurst = 4096
    static let straysPerSecond = 256

    enum Flag: UInt64 {
        case new = 0, messageFromListener = 1, messageFromOpener = 2, closeFromListener = 3, closeFromOpener = 4, resetFromListener = 5, resetFromOpener = 6

        var isFromOpener: Bool { rawValue % 2 == 0 }
    }

    final class Stream {
        let id: MuxerStreamID
        var announces: Bool
        var queue = WriteQueue()
        var wantsEnd = false
        var sentEnd = false
        var remoteEnded = false
        var unread = 0
        var isQueued = false
        var isGone = false

        init(_ id: MuxerStreamID, announces: Bool) {
            self.id = id
            self.announces = announces
        }

        var isOurs: Bool { id & 1 == 1 }
        var canSend: Bool { announces || !queue.isEmpty || (wantsEnd && !sentEnd) }
    }

    private let limits: MuxerLimits
    /// Ours have an odd key: both sides number from 0.
    private var streams: [MuxerStreamID: Stream] = [:]
    private var ours = 0
    private var nextNumber: UInt64 = 0
    private var opening: RateLimiter
    private var strays: RateLimiter
    private var isOver = false

    private var partial: [UInt8] = []
    private var body = FrameBody()
    private var bodyStream: Stream?
    private var unread = 0

    private var answers = FIFO<FrameHeader>()
    private var ready = FIFO<Stream>()

    public init(limits: MuxerLimits = .mplex, now: UInt64) {
        self.limits = limits
        opening = RateLimiter(burst: limits.openBurst, perSecond: limits.openPerSecond, nanos: now)
        strays = RateLimiter(burst: Self.strayBurst, perSecond: Self.straysPerSecond, nanos: now)
    }

    public var openStreams: Int { streams.count }
    public func holds(_ id: MuxerStreamID) -> Bool { streams[id] != nil }
    public func start(now: UInt64) {}
    public func tick(now: UInt64, events: inout [MuxerEvent]) {}

    // MARK: Streams

    public func open() -> MuxerStreamID? {
        guard !isOver, ours < limits.outboundStreams else { return nil }
        let stream = Stream(nextNumber << 1 | 1, announces: true)
        nextNumber += 1
        ours += 1
        streams[stream.id] = stream
        enqueue(stream)
        return stream.id
    }

    public func write(_ id: MuxerStreamID, _ bytes: [UInt8]) -> Bool {
        guard let stream = streams[id], !stream.wantsEnd else { return true }
        guard stream.queue.count + bytes.count <= limits.queuedBytes else { return false }
        stream.queue.append(bytes)
        enqueue(stream)
        return true
    }

    public func closeWrite(_ id: MuxerStreamID) {
        guard let stream = streams[id] else { return }
        stream.wantsEnd = true
        enqueue(stream)
    }

    public func reset(_ id: MuxerStreamID) {
        guard let stream = streams[id] else { return }
        // A stream that the peer has not heard of needs no reset.
        if !stream.announces { answers.append(Self.header(id, stream.isOurs ? .resetFromOpener : .resetFromListener, 0)) }
        remove(stream)
    }

    public func consumed(_ id: MuxerStreamID, _ count: Int, now: UInt64) {
        guard let stream = streams[id] else { return }
        let count = min(count, stream.unread)
        stream.unread -= count
        unread -= count
    }

    public func queuedBytes(_ id: MuxerStreamID) -> Int { streams[id]?.queue.count ?? 0 }

    private func remove(_ stream: Stream) {
        guard !stream.isGone else { return }
        stream.isGone = true
        stream.queue.removeAll()
        streams[stream.id] = nil
        if stream.isOurs { ours -= 1 }
        unread -= stream.unread
    }

    private func end(_ reason: String, _ events: inout [MuxerEvent]) {
        guard !isOver else { return }
        goAway()
        events.append(.over(.protocolError(reason)))
    }

    /// mplex has no word for it: streams and queues just go.
    public func goAway() {
        isOver = true
        for stream in streams.values { remove(stream) }
        ready.removeAll()
        answers.removeAll()
    }

    // MARK: Sending

    private static func header(_ id: MuxerStreamID, _ flag: Flag, _ length: Int) -> FrameHeader {
        var header = FrameHeader()
        header.append(varint: (id >> 1) << 3 | flag.rawValue)
        header.append(varint: UInt64(length))
        return header
    }

    public var hasOutput: Bool {
        while let stream = ready.first {
            if !stream.isGone, stream.canSend { return true }
            stream.isQueued = false
            _ = ready.popFirst()
        }
        return !answers.isEmpty
    }

    private func enqueue(_ stream: Stream) {
        guard !stream.isQueued, !stream.isGone, stream.canSend else { return }
        stream.isQueued = true
        ready.append(stream)
    }

    public func nextFrame() -> OutgoingFrame? {
        if let answer = answers.popFirst() { return OutgoingFrame(header: answer) }
        while let stream = ready.popFirst() {
            stream.isQueued = false
            guard !stream.isGone, let frame = frame(of: stream) else { continue }
            enqueue(stream)
            return frame
        }
        return nil
    }

    private func frame(of stream: Stream) -> OutgoingFrame? {
        if stream.announces {
            stream.announces = false
            // The reference names a stream by its number.
            let name = Array(String(stream.id >> 1).utf8)
            return OutgoingFrame(header: Self.header(stream.id, .new, name.count), payload: name[...])
        }
        if !stream.queue.isEmpty {
            let piece = stream.queue.take(OutgoingFrame.maxBytes - 16)
            return OutgoingFrame(
                header: Self.header(stream.id, stream.isOurs ? .messageFromOpener : .messageFromListener, piece.count), payload: piece,
                drained: stream.queue.isEmpty ? stream.id : nil)
        }
        guard stream.wantsEnd, !stream.sentEnd else { return nil }
        stream.sentEnd = true
        var frame = OutgoingFrame(header: Self.header(stream.id, stream.isOurs ? .closeFromOpener : .closeFromListener, 0))
        if stream.remoteEnded {
            frame.finished = stream.id
            remove(stream)
        }
        return frame
    }

    // MARK: Receiving

    public func receive(_ bytes: ArraySlice<UInt8>, now: UInt64, events: inout [MuxerEvent]) {
        var rest = bytes
        while !rest.isEmpty, !isOver {
            if body.isEmpty {
                do throws(MuxerEnd) {
                    guard let (tag, length) = try nextHeader(&rest) else { return }
                    try handle(tag, length, available: rest.count, now, &events)
                } catch {
                    end("\(error)", &events)
                }
            } else {
                takeBody(&rest, &events)
            }
        }
    }

    /// Both varints of a frame, once they are there.
    private func nextHeader(_ rest: inout ArraySlice<UInt8>) throws(MuxerEnd) -> (tag: UInt64, length: Int)? {
        while true {
            if case .value(let tag, let first) = Varint.parse(partial[...]) {
                switch Varint.parse(partial[first...], maximumLength: 4) {
                case .value(let length, _):
                    partial.removeAll(keepingCapacity: true)
                    guard length <= UInt64(Self.maxFrameBytes) else { throw .protocolError("mplex: frame of \(length) bytes") }
                    return (tag, Int(length))
                case .incomplete: break
                case .invalid: throw .protocolError("mplex: length of too many bytes")
                }
            } else if partial.count >= 10 {
                throw .protocolError("mplex: stream id of too many bytes")
            }
            guard let next = rest.popFirst() else { return nil }
            partial.append(next)
        }
    }

    private func handle(_ tag: UInt64, _ length: Int, available: Int, _ now: UInt64, _ events: inout [MuxerEvent]) throws(MuxerEnd) {
        guard let flag = Flag(rawValue: tag & 7) else { throw .protocolError("mplex: flag \(tag & 7)") }
        let number = tag >> 3
        let id = number << 1 | (flag.isFromOpener ? 0 : 1)
        bodyStream = nil
        body.begin(length, available: available)
        if flag == .new {
            guard streams[id] == nil else { throw .protocolError("mplex: stream \(number) is opened twice") }
            guard opening.allow(nanos: now) else { throw .protocolError("mplex: streams are opened too fast") }
            guard streams.count - ours < limits.inboundStreams else {
                guard answers.count < limits.queuedAnswers else { throw .protocolError("mplex: the peer does not read its answers") }
                return answers.append(Self.header(id, .resetFromListener, 0))
            }
            streams[id] = Stream(id, announces: false)
            events.append(.opened(id))
            return
        }
        guard let stream = streams[id] else {
            guard strays.allow(nanos: now) else { throw .protocolError("mplex: too many frames for streams that are not there") }
            return
        }
        switch flag {
        case .new: break
        case .messageFromListener, .messageFromOpener:
            if !stream.remoteEnded { bodyStream = stream }
        case .closeFromListener, .closeFromOpener:
            guard !stream.remoteEnded else { return }
            stream.remoteEnded = true
            events.append(.ended(id))
            if stream.sentEnd { remove(stream) }
        case .resetFromListener, .resetFromOpener:
            remove(stream)
            events.append(.failed(id, .reset))
        }
    }

    private func takeBody(_ rest: inout ArraySlice<UInt8>, _ events: inout [MuxerEvent]) {
        guard let piece = body.take(from: &rest), let stream = bodyStream, !stream.isGone else { return }
        if stream.unread + piece.count > Self.maxUnreadPerStream || unread + piece.count > limits.unreadBytes {
            reset(stream.id)
            events.append(.failed(stream.id, .protocolError("too much unread")))
        } else {
            stream.unread += piece.count
            unread += piece.count
            events.append(.data(stream.id, piece))
        }
    }
}
