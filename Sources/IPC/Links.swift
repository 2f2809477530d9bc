internal import CLinux

/// Whom a message is to wake. Who sleeps on reads it later, with the next message that wakes him or at housekeeping.
public enum Wake: Sendable {
    case everyone
    /// The consumer at this place of the link's consumers, which come in the order of their indices.
    case one(Int)
    case nobody
}

/// A link that this worker produces.
public final class OutputLink {
    public let name: String
    var ring: RingProducer
    private let consumers: [Bell]
    private let own: Bell
    private(set) var isStarved = false
    private(set) var starvedSince: UInt64 = 0

    init(name: String, ring: consuming RingProducer, consumers: [Bell], own: Bell) {
        self.name = name
        self.ring = ring
        self.consumers = consumers
        self.own = own
    }

    /// Publishes one message and wakes who sleeps. `noCredits`: a reliable consumer is behind; keep the message,
    /// `Worker.creditsReturned` says when to go on. Never waits.
    @discardableResult
    public func send(_ payload: RawSpan, kind: UInt16, signature: UInt64 = 0, flags: UInt16 = 0, waking: Wake = .everyone) -> RingProducer.Outcome {
        let micros = UInt32(truncatingIfNeeded: ql_monotonic_nanos() / 1000)
        let outcome = payload.withUnsafeBytes { ring.send($0, kind: kind, signature: signature, flags: flags, micros: micros) }
        switch outcome {
        case .published: wake(waking)
        case .noCredits: starve()
        case .tooLarge: break
        }
        return outcome
    }

    @discardableResult
    public func send(_ payload: [UInt8], kind: UInt16, signature: UInt64 = 0, flags: UInt16 = 0) -> RingProducer.Outcome {
        send(payload.span.bytes, kind: kind, signature: signature, flags: flags)
    }

    /// Wakes whom earlier messages did not.
    public func wakeConsumers() { for bell in consumers { bell.ring() } }

    private func wake(_ waking: Wake) {
        var waking = waking
        // Who sleeps on holds the ring up in the end.
        if case .everyone = waking {} else if ring.isTight { waking = .everyone }
        switch waking {
        case .everyone: for bell in consumers { bell.ring() }
        case .one(let place): if place < consumers.count { consumers[place].ring() }
        case .nobody: break
        }
    }

    /// Messages that can be sent now.
    public var credits: Int { ring.credits() }
    public var mtu: Int { ring.shape.mtu }

    private func starve() {
        guard !isStarved else { return }
        isStarved = true
        starvedSince = ql_monotonic_nanos()
        ring.setStarved(true)
        // A consumer that advanced just before it could see the flag rings nobody: come back soon by ourselves.
        if ring.credits() > 0 { own.ring() }
    }

    /// Nanoseconds it was starved, if credits are back.
    func takeCredits(now: UInt64) -> UInt64? {
        guard isStarved else { return nil }
        ring.refreshCredits()
        guard ring.credits() > 0 else { return nil }
        isStarved = false
        ring.setStarved(false)
        return now &- starvedSince
    }
}

/// A link that this worker consumes.
public final class InputLink {
    public let name: String
    var ring: RingConsumer
    private let producer: Bell
    /// Where the payload is copied to before anybody looks at it.
    private let buffer: UnsafeMutableRawBufferPointer

    init(name: String, ring: consuming RingConsumer, producer: Bell) {
        self.name = name
        buffer = .allocate(byteCount: ring.shape.mtu, alignment: 64)
        self.ring = ring
        self.producer = producer
    }

    deinit { buffer.deallocate() }

    /// Messages that wait, as far as the producer can be believed.
    public var lag: UInt64 { ring.lag }

    /// A message this worker could not use: unknown kind, or a body that does not parse. Counted per link, not logged.
    public func countMalformed() { ring.countMalformed() }

    func hasMessage() -> Bool { ring.isReady }

    /// Takes at most `limit` steps; true if there may be more.
    func drain(_ worker: any Worker, limit: Int) -> Bool {
        let before = ring.next
        defer { if ring.next != before, ring.producerWaits() { producer.ring() } }
        for _ in 0..<limit {
            switch ring.poll() {
            case .empty: return false
            case .malformed: continue
            case .overrun(let lost): worker.overrun(self, lost: lost)
            case .message(let message):
                guard worker.filter(message, from: self) else {
                    ring.skip()
                    continue
                }
                guard ring.copy(message, into: buffer) else { continue }  // the next poll reports the overrun
                worker.handle(message, payload: UnsafeRawBufferPointer(rebasing: buffer[..<Int(message.size)]).bytes, from: self)
                ring.advance(message)
            }
        }
        return true
    }
}
