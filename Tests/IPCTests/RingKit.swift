import IPC

/// A ring between a producer and consumers of one process: each side maps the memory on its own, as processes do.
final class RingKit {
    let shape: RingShape
    let file: SharedFile
    let regions: [SharedFile]

    init(depth: Int, mtu: Int, burst: Int = 1, consumers: Int = 1) throws {
        shape = try RingShape(depth: depth, mtu: mtu, burst: burst)
        file = try shape.create(name: "test-ring")
        regions = try (0..<consumers).map { _ in try WorkerRegion.create(name: "test-worker", schemaHash: 0) }
    }

    func producer(generation: UInt64 = 1, reliable: Bool = true) throws -> ProducerEnd {
        ProducerEnd(try RingProducer(
            shape.join(file.descriptor, writable: true), shape: shape, generation: generation,
            reliable: reliable ? regions.map { (try WorkerRegion($0.readOnlyDescriptor, schemaHash: 0, writable: false).mapping, WorkerRegion.cursorOffset(input: 0)) } : []))
    }

    func consumer(_ index: Int = 0, reliable: Bool = true) throws -> ConsumerEnd {
        ConsumerEnd(try RingConsumer(
            shape.join(file.readOnlyDescriptor, writable: false), shape: shape,
            own: WorkerRegion(regions[index].descriptor, schemaHash: 0, writable: true).mapping, cursorOffset: WorkerRegion.cursorOffset(input: 0), reliable: reliable))
    }

    func raw() throws -> Mapping { try Mapping(file.descriptor, count: shape.bytes, writable: true) }
}

/// The ends in a class: `#expect` cannot call mutating methods of what cannot be copied.
final class ProducerEnd {
    var ring: RingProducer
    init(_ ring: consuming RingProducer) { self.ring = ring }

    func send(_ bytes: [UInt8], kind: UInt16 = 1, signature: UInt64 = 0, flags: UInt16 = 0, micros: UInt32 = 0) -> RingProducer.Outcome {
        bytes.withUnsafeBytes { ring.send($0, kind: kind, signature: signature, flags: flags, micros: micros) }
    }
    func credits() -> Int { ring.credits() }
    func refreshCredits() { ring.refreshCredits() }
    var next: UInt64 { ring.next }
}

final class ConsumerEnd {
    var ring: RingConsumer
    init(_ ring: consuming RingConsumer) { self.ring = ring }

    /// The next message's payload, if there is one.
    func take() -> [UInt8]? {
        guard case .message(let message) = ring.poll() else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(message.size))
        guard bytes.withUnsafeMutableBytes({ ring.copy(message, into: $0) }) else { return nil }
        ring.advance(message)
        return bytes
    }
    func poll() -> RingPoll { ring.poll() }
    func copy(_ message: RingMessage, into buffer: UnsafeMutableRawBufferPointer) -> Bool { ring.copy(message, into: buffer) }
    func advance(_ message: RingMessage) { ring.advance(message) }
    func skip() { ring.skip() }
    func leave() { ring.leave() }
    func producerRestarted() -> Bool { ring.producerRestarted() }
    var lag: UInt64 { ring.lag }
    var next: UInt64 { ring.next }
}

/// xorshift64*: tests must be repeatable.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}
