public import CLinux
public import Synchronization

/// What a look at a ring found.
public enum RingPoll: Equatable, Sendable {
    /// Nothing new.
    case empty
    /// A message; `RingConsumer.copy` its payload, then `advance`.
    case message(RingMessage)
    /// The producer overwrote messages before they were read (or restarted the ring); this many are lost. Already moved on.
    case overrun(lost: UInt64)
    /// The line's metadata pointed outside the ring. Counted and skipped.
    case malformed
}

/// A reading end of a ring: maps it read-only and believes nothing in it.
///
/// The producer may be compromised. Everything is read once, checked against this side's own `RingShape`, and payload is
/// copied out before anybody parses it. The worst a hostile producer reaches is that it is not heard.
public struct RingConsumer: ~Copyable {
    @usableFromInline let mapping: Mapping
    @usableFromInline let lines: UnsafeMutableRawPointer
    @usableFromInline let payload: UnsafeMutableRawPointer
    @usableFromInline let own: Mapping
    @usableFromInline let cursor: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let cursorOffset: Int
    public let shape: RingShape
    @usableFromInline let mask: UInt64
    @usableFromInline let lastStart: UInt32

    /// Sequence of the next message wanted.
    public var next: UInt64 { position }
    @usableFromInline var position: UInt64
    @usableFromInline var counts: Counts
    private var generation: UInt64

    @usableFromInline struct Counts {
        @usableFromInline var consumed: UInt64 = 0
        @usableFromInline var filtered: UInt64 = 0
        @usableFromInline var lost: UInt64 = 0
        @usableFromInline var malformed: UInt64 = 0
        @usableFromInline var payloadBytes: UInt64 = 0
        @usableFromInline var overruns: UInt64 = 0
    }

    /// Joins at the cursor that stands at `cursorOffset` of `own`, this consumer's own region: a predecessor's last
    /// position (what it had read but not advanced past comes again), or the ring's beginning for a reliable link.
    ///
    /// Where the position makes no sense the consumer starts at the producer's position.
    public init(_ mapping: Mapping, shape: RingShape, own: Mapping, cursorOffset: Int, reliable: Bool) throws(IPCError) {
        guard mapping.count == shape.bytes else { throw IPCError("a consumer needs its whole ring mapped") }
        guard own.isWritable, cursorOffset >= 0, cursorOffset + RingCursorBlock.bytes <= own.count else { throw IPCError("a cursor must lie in the consumer's own region") }
        self.mapping = mapping
        self.shape = shape
        self.own = own
        self.cursorOffset = cursorOffset
        lines = mapping.base + RingShape.linesOffset
        payload = mapping.base + shape.payloadOffset
        cursor = own.word(cursorOffset + RingCursorBlock.cursor)
        mask = UInt64(shape.depth - 1)
        lastStart = UInt32(shape.chunks - shape.chunksPerMessage)
        counts = Counts()
        generation = mapping.word(RegionHeader.generationOffset).pointee.load(ordering: .acquiring)
        let published = max(shape.firstSequence, mapping.word(RingProducerBlock.next).pointee.load(ordering: .acquiring))
        let stored = cursor.pointee.load(ordering: .relaxed)
        if stored == 0 {
            position = reliable ? max(shape.firstSequence, mapping.word(RingProducerBlock.first).pointee.load(ordering: .relaxed)) : published
        } else if stored >= shape.firstSequence, stored <= published &+ 1 {  // +1: a producer that died before it stored `next`
            position = stored
        } else {
            position = published
        }
        counts.consumed = own.word(cursorOffset + RingCursorBlock.consumed).pointee.load(ordering: .relaxed)
        counts.filtered = own.word(cursorOffset + RingCursorBlock.filtered).pointee.load(ordering: .relaxed)
        counts.lost = own.word(cursorOffset + RingCursorBlock.lost).pointee.load(ordering: .relaxed)
        counts.malformed = own.word(cursorOffset + RingCursorBlock.malformed).pointee.load(ordering: .relaxed)
        counts.payloadBytes = own.word(cursorOffset + RingCursorBlock.payloadBytes).pointee.load(ordering: .relaxed)
        counts.overruns = own.word(cursorOffset + RingCursorBlock.overruns).pointee.load(ordering: .relaxed)
        cursor.pointee.store(position, ordering: .releasing)
    }

    /// Looks for the next message. Never waits.
    @inlinable
    public mutating func poll() -> RingPoll {
        let line = lines + Int(position & mask) * RingShape.lineBytes
        let sequence = line.assumingMemoryBound(to: Atomic<UInt64>.self)
        // Acquires the release in RingProducer.publish.
        let seen = sequence.pointee.load(ordering: .acquiring)
        if seen != position {
            // Older, or «being written»: not there yet. (Distances are signed: sequences do not wrap in practice, garbage may.)
            return Int64(bitPattern: seen &- position) < 0 ? .empty : resynchronise()
        }
        let signature = (line + 8).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
        let place = (line + 16).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
        let tags = (line + 24).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .relaxed)
        // Pairs with the release fence in publish: had a field come from a later message, the sequence would differ now.
        atomicMemoryFence(ordering: .acquiring)
        guard sequence.pointee.load(ordering: .relaxed) == position else { return resynchronise() }
        let message = RingMessage(sequence: seen, signature: signature, place: place, tags: tags)
        guard message.size <= shape.mtu, message.chunk <= lastStart else {
            counts.malformed &+= 1
            step()
            return .malformed
        }
        return .message(message)
    }

    /// Copies the payload of the message that `poll` returned. False if it was overwritten meanwhile: what was copied is
    /// worthless, and the next `poll` reports the overrun. `destination` has room for the message's size.
    @inlinable
    public mutating func copy(_ message: RingMessage, into destination: UnsafeMutableRawBufferPointer) -> Bool {
        let size = Int(message.size)
        precondition(size <= destination.count && message.size <= shape.mtu && message.chunk <= lastStart)
        if size > 0 { ql_copy_from_shared(destination.baseAddress!, payload + Int(message.chunk) * RingShape.chunkBytes, size) }
        atomicMemoryFence(ordering: .acquiring)
        let sequence = (lines + Int(message.sequence & mask) * RingShape.lineBytes).assumingMemoryBound(to: Atomic<UInt64>.self)
        return sequence.pointee.load(ordering: .relaxed) == message.sequence
    }

    /// Done with the current message: its place may be reused.
    @inlinable
    public mutating func advance(_ message: RingMessage) {
        counts.consumed &+= 1
        counts.payloadBytes &+= UInt64(message.size)
        step()
    }

    /// Passes over the current message without its payload.
    @inlinable
    public mutating func skip() {
        counts.filtered &+= 1
        step()
    }

    @inlinable
    mutating func step() {
        position &+= 1
        // Released here, acquired by RingProducer.refreshCredits.
        cursor.pointee.store(position, ordering: .releasing)
    }

    /// The line held something else than was wanted. Moves on to the older half of what is still there.
    @usableFromInline
    mutating func resynchronise() -> RingPoll {
        let published = mapping.word(RingProducerBlock.next).pointee.load(ordering: .acquiring)
        let first = mapping.word(RingProducerBlock.first).pointee.load(ordering: .relaxed)
        var target = published &- UInt64(shape.depth / 2)
        if Int64(bitPattern: target &- first) < 0, Int64(bitPattern: first &- position) > 0 { target = first }
        // Progress is certain whatever the producer wrote: at least one message further.
        if Int64(bitPattern: target &- position) <= 0 { target = position &+ 1 }
        let lost = target &- position
        counts.lost &+= lost
        counts.overruns &+= 1
        position = target
        cursor.pointee.store(position, ordering: .releasing)
        return .overrun(lost: lost)
    }

    /// True once after each restart of the producer. At housekeeping; a ring that was started anew is re-joined here.
    public mutating func producerRestarted() -> Bool {
        let present = mapping.word(RegionHeader.generationOffset).pointee.load(ordering: .acquiring)
        guard present != generation else { return false }
        let known = generation
        generation = present
        let first = mapping.word(RingProducerBlock.first).pointee.load(ordering: .relaxed)
        if Int64(bitPattern: first &- position) > 0 {
            counts.overruns &+= 1
            position = first
            cursor.pointee.store(position, ordering: .releasing)
        }
        return known != 0
    }

    /// True if `poll` would not be empty.
    @inlinable
    public var isReady: Bool {
        let line = (lines + Int(position & mask) * RingShape.lineBytes).assumingMemoryBound(to: Atomic<UInt64>.self)
        return Int64(bitPattern: line.pointee.load(ordering: .acquiring) &- position) >= 0
    }

    /// True while the producer waits for credits; ask after advancing. The fence orders the cursor before the look at the
    /// flag, and `RingProducer.setStarved` the flag before its look at the cursors: one of the two sees the other.
    public func producerWaits() -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return mapping.word(RingProducerBlock.starved).pointee.load(ordering: .relaxed) != 0
    }

    /// Messages published and not read yet, as far as the producer can be believed.
    public var lag: UInt64 {
        let published = mapping.word(RingProducerBlock.next).pointee.load(ordering: .relaxed)
        return published > position ? min(published - position, UInt64(shape.depth)) : 0
    }

    /// A message that this side could not use (unknown kind, body that does not parse).
    public mutating func countMalformed() { counts.malformed &+= 1 }

    /// Leaves cleanly: the producer is not held back by this consumer any more.
    public mutating func leave() {
        writeCounters()
        cursor.pointee.store(RingCursorBlock.left, ordering: .releasing)
    }

    /// Publishes the counters that accumulate locally. At housekeeping.
    public func writeCounters() {
        own.word(cursorOffset + RingCursorBlock.consumed).pointee.store(counts.consumed, ordering: .relaxed)
        own.word(cursorOffset + RingCursorBlock.filtered).pointee.store(counts.filtered, ordering: .relaxed)
        own.word(cursorOffset + RingCursorBlock.lost).pointee.store(counts.lost, ordering: .relaxed)
        own.word(cursorOffset + RingCursorBlock.malformed).pointee.store(counts.malformed, ordering: .relaxed)
        own.word(cursorOffset + RingCursorBlock.payloadBytes).pointee.store(counts.payloadBytes, ordering: .relaxed)
        own.word(cursorOffset + RingCursorBlock.overruns).pointee.store(counts.overruns, ordering: .relaxed)
    }
}
