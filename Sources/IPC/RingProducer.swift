public import CLinux
public import Synchronization

/// The writing end of a ring. `~Copyable` and not `Sendable`: there is one, on one thread.
///
/// Publishing line `seq & mask` takes these steps, and the process may die between any two of them:
/// 1. payload into chunks that no readable message uses;
/// 2. line's sequence := seq − 1, which belongs to no line of this index: «being written»;
/// 3. signature, place, tags;
/// 4. line's sequence := seq: the message is there.
/// A death before 4 leaves nothing visible; `init` of the successor continues after the last message that is.
public struct RingProducer: ~Copyable {
    @usableFromInline let mapping: Mapping
    @usableFromInline let lines: UnsafeMutableRawPointer
    @usableFromInline let payload: UnsafeMutableRawPointer
    @usableFromInline let block: UnsafeMutableRawPointer
    public let shape: RingShape
    @usableFromInline let mask: UInt64
    /// Largest chunk at which a message may start.
    @usableFromInline let lastStart: Int
    @usableFromInline let chunksPerMessage: Int

    /// Sequence of the next message.
    public var next: UInt64 { position }
    @usableFromInline var position: UInt64
    @usableFromInline var nextChunk: Int
    /// Messages that may be published before the cursors must be looked at again.
    @usableFromInline var cached: Int
    @usableFromInline var payloadBytes: UInt64
    @usableFromInline var backpressure: UInt64
    @usableFromInline var cursors: [Cursor]

    /// A reliable consumer's cursor as the producer sees it.
    @usableFromInline struct Cursor {
        @usableFromInline let mapping: Mapping
        @usableFromInline let offset: Int
        @usableFromInline var believed: UInt64
    }

    /// Joins as the ring's producer, continuing after the last visible message of a predecessor that died.
    ///
    /// `reliable` are the cursors that hold this producer back. `generation` is this incarnation's number, larger than
    /// every predecessor's. Complexity: O(depth).
    public init(_ mapping: Mapping, shape: RingShape, generation: UInt64, reliable: [(mapping: Mapping, offset: Int)]) throws(IPCError) {
        guard mapping.isWritable, mapping.count == shape.bytes else { throw IPCError("a producer needs its whole ring writable") }
        self.mapping = mapping
        self.shape = shape
        lines = mapping.base + RingShape.linesOffset
        payload = mapping.base + shape.payloadOffset
        block = mapping.base
        mask = UInt64(shape.depth - 1)
        chunksPerMessage = shape.chunksPerMessage
        lastStart = shape.chunks - shape.chunksPerMessage
        cached = 0
        payloadBytes = mapping.word(RingProducerBlock.payloadBytes).pointee.load(ordering: .relaxed)
        backpressure = mapping.word(RingProducerBlock.backpressure).pointee.load(ordering: .relaxed)
        cursors = reliable.map { Cursor(mapping: $0.mapping, offset: $0.offset, believed: shape.firstSequence) }
        switch Self.lastVisible(mapping, shape) {
        case .message(let sequence, let chunk, let size):
            position = sequence + 1
            nextChunk = chunk + (size + RingShape.chunkBytes - 1) / RingShape.chunkBytes
            if nextChunk > lastStart { nextChunk = 0 }
        case .none:
            position = max(shape.firstSequence, mapping.word(RingProducerBlock.first).pointee.load(ordering: .relaxed))
            nextChunk = 0
        case .garbage:
            // Nothing in it can be believed. Start far above any sequence of an earlier incarnation; consumers see a
            // larger sequence than they expect and resynchronise.
            position = generation << 44 | shape.firstSequence
            nextChunk = 0
            for line in 0..<shape.depth { mapping.word(RingShape.linesOffset + line * RingShape.lineBytes).pointee.store(0, ordering: .relaxed) }
            mapping.word(RingProducerBlock.first).pointee.store(position, ordering: .relaxed)
        }
        // A cursor is believed from the oldest message on that can still be unread.
        let oldest = max(shape.firstSequence, position &- UInt64(shape.depth))
        for index in cursors.indices { cursors[index].believed = oldest }
        mapping.word(RingProducerBlock.starved).pointee.store(0, ordering: .relaxed)
        mapping.word(RingProducerBlock.next).pointee.store(position, ordering: .releasing)
        mapping.word(RegionHeader.generationOffset).pointee.store(generation, ordering: .releasing)
        refreshCredits()
    }

    private enum Found { case none, garbage, message(sequence: UInt64, chunk: Int, size: Int) }

    /// The newest visible message, if the ring is one that a well-behaved producer can have left.
    private static func lastVisible(_ mapping: Mapping, _ shape: RingShape) -> Found {
        let stated = mapping.word(RingProducerBlock.next).pointee.load(ordering: .relaxed)
        let depth = UInt64(shape.depth)
        var newest: UInt64 = 0
        for line in 0..<shape.depth {
            let sequence = mapping.word(RingShape.linesOffset + line * RingShape.lineBytes).pointee.load(ordering: .relaxed)
            if sequence >= depth, sequence & (depth - 1) == UInt64(line) { newest = max(newest, sequence) }
        }
        guard newest > 0 else { return stated == 0 || stated == max(depth, mapping.word(RingProducerBlock.first).pointee.load(ordering: .relaxed)) ? .none : .garbage }
        // `next` is stored after the line, so it may be one behind.
        guard stated == newest + 1 || stated == newest || (stated == 0 && newest == depth), newest < UInt64.max >> 1 else { return .garbage }
        let place = mapping.word(RingShape.linesOffset + Int(newest & (depth - 1)) * RingShape.lineBytes + 16).pointee.load(ordering: .relaxed)
        let chunk = Int(place & 0xffff_ffff), size = Int(place >> 32)
        guard size <= shape.mtu, chunk <= shape.chunks - shape.chunksPerMessage else { return .garbage }
        return .message(sequence: newest, chunk: chunk, size: size)
    }

    /// Messages that may be published now without overwriting what a reliable consumer has not read.
    @inlinable
    public mutating func credits() -> Int {
        if cached == 0 { refreshCredits() }
        return cached
    }

    /// Whether a reliable consumer has left three quarters of the ring unread.
    @inlinable
    public var isTight: Bool {
        mutating get {
            if cached <= shape.depth / 4 { refreshCredits() }
            return cached <= shape.depth / 4
        }
    }

    /// Looks at the cursors. A cursor that went backwards or ahead of the producer is not believed and counted.
    @inlinable
    public mutating func refreshCredits() {
        var slowest = position
        for index in cursors.indices {
            // Acquires the consumer's release: its reads of what is below the cursor are over.
            let cursor = cursors[index].mapping.word(cursors[index].offset).pointee.load(ordering: .acquiring)
            if cursor == RingCursorBlock.left {
                cursors[index].believed = position
            } else if cursor &- cursors[index].believed <= position &- cursors[index].believed {
                cursors[index].believed = cursor
            } else if cursor > position {
                let count = mapping.word(RingProducerBlock.badCursors)
                count.pointee.store(count.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            }
            slowest = min(slowest, cursors[index].believed)
        }
        cached = shape.depth - Int(position &- slowest)
    }

    /// The place for the next message's payload: room for `mtu` bytes, 64-byte aligned. Valid until `publish`.
    @inlinable
    public func payloadPlace() -> UnsafeMutableRawPointer { payload + nextChunk * RingShape.chunkBytes }

    /// Makes the message visible whose payload lies at `payloadPlace`. The caller has seen `credits() > 0`.
    @inlinable
    public mutating func publish(kind: UInt16, signature: UInt64, size: Int, flags: UInt16 = 0, micros: UInt32 = 0) {
        precondition(size >= 0 && size <= shape.mtu, "message larger than the link's mtu")
        precondition(cached > 0, "publishing without credits")
        let line = lines + Int(position & mask) * RingShape.lineBytes
        let sequence = line.assumingMemoryBound(to: Atomic<UInt64>.self)
        // The fence orders «being written» before the new fields, and before the payload of the messages after this one:
        // a reader that sees any of those sees the sequence changed (pairs with the fences in RingConsumer).
        sequence.pointee.store(position &- 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        (line + 8).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(signature, ordering: .relaxed)
        (line + 16).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(UInt64(nextChunk) | UInt64(size) << 32, ordering: .relaxed)
        (line + 24).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(UInt64(kind) | UInt64(flags) << 16 | UInt64(micros) << 32, ordering: .relaxed)
        // Released here, acquired by RingConsumer.poll: fields and payload are there when the sequence is.
        sequence.pointee.store(position, ordering: .releasing)
        position &+= 1
        cached &-= 1
        payloadBytes &+= UInt64(size)
        (block + RingProducerBlock.next).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(position, ordering: .releasing)
        nextChunk += (size + RingShape.chunkBytes - 1) / RingShape.chunkBytes
        if nextChunk > lastStart { nextChunk = 0 }
        // Nobody reads there now; having the line before the next message comes keeps a miss out of its way.
        ql_prefetch_for_write(payloadPlace())
    }

    public enum Outcome: Equatable, Sendable { case published(UInt64), noCredits, tooLarge }

    /// Copies and publishes one message; says so if a reliable consumer is behind or the message exceeds the mtu.
    @inlinable
    public mutating func send(_ bytes: UnsafeRawBufferPointer, kind: UInt16, signature: UInt64 = 0, flags: UInt16 = 0, micros: UInt32 = 0) -> Outcome {
        guard bytes.count <= shape.mtu else { return .tooLarge }
        guard credits() > 0 else {
            backpressure &+= 1
            return .noCredits
        }
        if let base = bytes.baseAddress { ql_copy_to_shared(payloadPlace(), base, bytes.count) }
        let sequence = position
        publish(kind: kind, signature: signature, size: bytes.count, flags: flags, micros: micros)
        return .published(sequence)
    }

    /// States whether this producer waits for credits, so that consumers ring its bell.
    public mutating func setStarved(_ starved: Bool) {
        mapping.word(RingProducerBlock.starved).pointee.store(starved ? 1 : 0, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if starved { refreshCredits() }
    }

    /// Publishes the counters that accumulate locally. At housekeeping.
    public func writeCounters() {
        mapping.word(RingProducerBlock.payloadBytes).pointee.store(payloadBytes, ordering: .relaxed)
        mapping.word(RingProducerBlock.backpressure).pointee.store(backpressure, ordering: .relaxed)
    }
}
