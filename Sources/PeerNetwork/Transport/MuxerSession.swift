/// A stream's name within its connection, for either muxer.
public typealias MuxerStreamID = UInt64

/// What a muxer found in the peer's bytes.
public enum MuxerEvent: Hashable, Sendable {
    /// The peer opened a stream.
    case opened(MuxerStreamID)
    case data(MuxerStreamID, ArraySlice<UInt8>)
    /// The peer will send no more on the stream.
    case ended(MuxerStreamID)
    /// The stream is gone both ways.
    case failed(MuxerStreamID, StreamFailure)
    /// The session is gone; bytes that it still has to send (a go-away) should go out first.
    case over(MuxerEnd)
}

public enum MuxerEnd: Error, Hashable, Sendable, CustomStringConvertible {
    /// The peer said good-bye, with yamux's code.
    case goAway(UInt32)
    case protocolError(String)

    public var description: String {
        switch self {
        case .goAway(0): "the peer went away"
        case .goAway(let code): "the peer went away with code \(code)"
        case .protocolError(let what): what
        }
    }
}

/// A frame's first bytes.
public struct FrameHeader: Sendable {
    public private(set) var bytes = InlineArray<16, UInt8>(repeating: 0)
    public private(set) var count = 0

    mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }

    mutating func append<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
        var shift = T.bitWidth
        while shift > 0 {
            shift -= 8
            append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }

    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    public var array: [UInt8] { (0..<count).map { bytes[$0] } }
}

/// A frame to send, its payload still where its writer put it.
public struct OutgoingFrame: Sendable {
    /// Header and payload of the largest frame. It fits one Noise message.
    public static let maxBytes = NoiseSession.maxPlaintextBytes

    public var header: FrameHeader
    public var payload: ArraySlice<UInt8> = []
    /// The stream whose last queued byte this is.
    public var drained: MuxerStreamID?
    /// The stream that is over with this frame.
    public var finished: MuxerStreamID?

    public var array: [UInt8] { header.array + payload }
}

/// Bounds on what one peer can make a session hold or do.
public struct MuxerLimits: Sendable {
    public var inboundStreams: Int
    public var outboundStreams: Int
    /// Streams opened by the peer: so many at once, then so many per second.
    public var openBurst = 1000
    public var openPerSecond = 100
    /// Answers (pongs, resets) that the peer lets pile up.
    public var queuedAnswers = 1024
    /// Received and not yet consumed, over all streams.
    public var unreadBytes = 16 << 20
    /// Written and not yet sent, on one stream.
    public var queuedBytes = 32 << 20

    public static let yamux = MuxerLimits(inboundStreams: 1000, outboundStreams: 1000)
    public static let mplex = MuxerLimits(inboundStreams: 1024, outboundStreams: 1024)
}

/// yamux or mplex over one connection: bytes in, events and frames out. Clock readings are passed in, in nanoseconds.
public protocol MuxerSession: AnyObject {
    /// To be called once, first.
    func start(now: UInt64)
    /// Any cut of the peer's bytes.
    func receive(_ bytes: ArraySlice<UInt8>, now: UInt64, events: inout [MuxerEvent])
    /// Timers: keep-alive and its limit. Any time, some times a second is enough.
    func tick(now: UInt64, events: inout [MuxerEvent])
    /// Nil when there are too many, or the session is over.
    func open() -> MuxerStreamID?
    /// False when too much is queued already; the bytes are dropped.
    func write(_ id: MuxerStreamID, _ bytes: [UInt8]) -> Bool
    func closeWrite(_ id: MuxerStreamID)
    func reset(_ id: MuxerStreamID)
    /// `count` bytes of the stream are out of the way.
    func consumed(_ id: MuxerStreamID, _ count: Int, now: UInt64)
    func queuedBytes(_ id: MuxerStreamID) -> Int
    /// The next frame that may be sent.
    func nextFrame() -> OutgoingFrame?
    var hasOutput: Bool { get }
    /// Ends the session from our side: nothing but the good-bye is sent any more.
    func goAway()
    var openStreams: Int { get }
    func holds(_ id: MuxerStreamID) -> Bool
}
