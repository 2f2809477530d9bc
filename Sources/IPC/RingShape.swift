/// Size and layout of one ring, agreed on before anyone maps it.
///
/// | offset | |
/// |---|---|
/// | 0 | `RegionHeader`, 64 bytes |
/// | 128 | producer block (`RingProducerBlock`), written by the producer only |
/// | 512 | metadata: `depth` lines of 32 bytes (`RingLine`) |
/// | `payloadOffset` | payload in 64-byte chunks, `mtu × (depth + burst + 1)` bytes rounded up |
///
/// Memory full of zeros is a valid empty ring: sequences start at `depth`, and a line is empty unless its sequence is at
/// least `depth` and equals the line's index modulo `depth`.
public struct RingShape: Equatable, Sendable {
    /// Messages that stay readable; a power of two.
    public var depth: Int
    /// Largest payload in bytes.
    public var mtu: Int
    /// Most messages the producer publishes between two looks at its credits.
    public var burst: Int

    public static let chunkBytes = 64
    public static let lineBytes = 32
    public static let linesOffset = 512
    public static let depthLimit = 1 << 20
    public static let mtuLimit = 16 << 20

    public init(depth: Int, mtu: Int, burst: Int = 1) throws(IPCError) {
        guard depth >= 2, depth <= Self.depthLimit, depth & (depth - 1) == 0 else { throw IPCError("ring depth \(depth) is not a power of two in 2…\(Self.depthLimit)") }
        guard mtu >= 8, mtu <= Self.mtuLimit else { throw IPCError("ring mtu \(mtu) is not in 8…\(Self.mtuLimit)") }
        guard burst >= 1, burst <= depth else { throw IPCError("ring burst \(burst) is not in 1…\(depth)") }
        self.depth = depth
        self.mtu = mtu
        self.burst = burst
        guard chunks <= UInt32.max else { throw IPCError("ring of \(chunks) chunks is too large") }
    }

    @inlinable public var chunksPerMessage: Int { (mtu + Self.chunkBytes - 1) / Self.chunkBytes }
    @inlinable public var chunks: Int { chunksPerMessage * (depth + burst + 1) }
    @inlinable public var payloadOffset: Int { (Self.linesOffset + depth * Self.lineBytes + 4095) & ~4095 }
    public var bytes: Int { (payloadOffset + chunks * Self.chunkBytes + 4095) & ~4095 }
    /// The first sequence of a new ring.
    @inlinable public var firstSequence: UInt64 { UInt64(depth) }

    public var layoutHash: UInt64 {
        IPC.layoutHash("ring 1: seq@0 sig@8 chunk@16 size@20 kind@24 flags@26 micros@28; depth \(depth) mtu \(mtu) burst \(burst)")
    }

    public func create(name: String) throws(IPCError) -> SharedFile {
        try RegionHeader.create(name: name, kind: .ring, count: bytes, layoutHash: layoutHash)
    }

    public func join(_ descriptor: Int32, writable: Bool) throws(IPCError) -> Mapping {
        try RegionHeader.join(descriptor, kind: .ring, count: bytes, layoutHash: layoutHash, writable: writable)
    }
}

/// Offsets of the producer's own words (all `UInt64`), a line of cache away from the metadata.
///
/// `next` is for newcomers, monitors and resynchronisation only; consumers follow the lines.
public enum RingProducerBlock {
    /// Sequence of the next message. Released by publish; acquired by consumers that join or lost the thread.
    public static let next = 128
    /// First sequence that this ring's present content can have; raised when a ring had to be started anew.
    public static let first = 136
    /// Payload bytes published.
    public static let payloadBytes = 144
    /// Times a publish was refused for want of credits.
    public static let backpressure = 152
    /// Cursors that made no sense (consumer insane or hostile) and were not believed.
    public static let badCursors = 160
    /// 1 while the producer waits for credits: consumers then ring its bell after advancing.
    public static let starved = 192
}

/// A message's metadata as the consumer read it: checked against the ring's shape, so its payload lies inside the ring.
public struct RingMessage: Equatable, Sendable {
    public var sequence: UInt64
    /// What filters look at before the payload is touched.
    public var signature: UInt64
    @usableFromInline var chunk: UInt32
    public var size: UInt32
    public var kind: UInt16
    public var flags: UInt16
    /// Low 32 bits of the producer's monotonic clock in microseconds; 0 if it did not say.
    public var publishedMicros: UInt32

    @usableFromInline
    init(sequence: UInt64, signature: UInt64, place: UInt64, tags: UInt64) {
        self.sequence = sequence
        self.signature = signature
        chunk = UInt32(truncatingIfNeeded: place)
        size = UInt32(truncatingIfNeeded: place >> 32)
        kind = UInt16(truncatingIfNeeded: tags)
        flags = UInt16(truncatingIfNeeded: tags >> 16)
        publishedMicros = UInt32(truncatingIfNeeded: tags >> 32)
    }
}

/// Where a consumer's cursor lives: 128 bytes in the region that only this consumer writes.
public enum RingCursorBlock {
    public static let bytes = 128
    /// Next sequence the consumer wants: all below are done with. 0: never attached; `left`: wants nothing, infinite credits.
    /// Released by the consumer after its last read of a message; acquired by the producer before it reuses the place.
    public static let cursor = 0
    public static let consumed = 8
    public static let filtered = 16
    /// Messages that were overwritten before they were read.
    public static let lost = 24
    /// Lines whose metadata pointed outside the ring, or of no known kind.
    public static let malformed = 32
    public static let payloadBytes = 40
    /// Times the thread was lost (one overrun may lose many messages).
    public static let overruns = 48

    public static let left = UInt64.max
}
