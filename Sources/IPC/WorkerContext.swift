internal import CLinux
public import EventLoop
import Glibc

/// Everything a worker process was given.
public final class WorkerContext {
    public let kind: String
    public let index: Int
    /// Incarnation of this worker slot, from 1.
    public let generation: UInt64
    /// The resolved configuration, as the supervisor froze it.
    public let configuration: [UInt8]
    public let region: WorkerRegion
    public let outputs: [OutputLink]
    public let inputs: [InputLink]
    /// Regions of all workers of the node, for kinds that observe (metrics). Read-only.
    public let peers: [(kind: String, index: Int, region: WorkerRegion, inputs: [String])]
    /// The process's loop. A polling worker's loop is not run by anyone.
    public let loop: EventLoop
    let bell: Bell
    var failure: WorkerFailure?
    var onFailure: (() -> Void)?
    /// Of a polling worker.
    var messages: (() -> Void)?

    init(_ attachment: Attachment, configuration: [UInt8], schemaHash: UInt64) throws {
        kind = attachment.kind
        index = attachment.index
        generation = attachment.generation
        self.configuration = configuration
        loop = try EventLoop()
        let region = try WorkerRegion(attachment.region, schemaHash: schemaHash, writable: true)
        self.region = region
        let bells = try Bell.join(attachment.bells, slots: attachment.slots)
        let bell = try Bell(bells, slot: attachment.slot, event: attachment.event)
        self.bell = bell
        var outputs: [OutputLink] = []
        for output in attachment.outputs {
            var reliable: [(Mapping, Int)] = []
            var wake: [Bell] = []
            for consumer in output.consumers {
                wake.append(try Bell(bells, slot: consumer.slot, event: consumer.event))
                guard consumer.isReliable else { continue }
                reliable.append((try WorkerRegion(consumer.region, schemaHash: schemaHash, writable: false).mapping, WorkerRegion.cursorOffset(input: consumer.input)))
            }
            let ring = try RingProducer(output.shape.join(output.descriptor, writable: true), shape: output.shape, generation: attachment.generation, reliable: reliable)
            outputs.append(OutputLink(name: output.link, ring: ring, consumers: wake, own: bell))
        }
        self.outputs = outputs
        var inputs: [InputLink] = []
        for input in attachment.inputs {
            let ring = try RingConsumer(
                input.shape.join(input.descriptor, writable: false), shape: input.shape, own: region.mapping,
                cursorOffset: WorkerRegion.cursorOffset(input: input.input), reliable: input.isReliable)
            inputs.append(InputLink(name: input.link, ring: ring, producer: try Bell(bells, slot: input.producerSlot, event: input.producerEvent)))
        }
        self.inputs = inputs
        peers = try attachment.peers.map { ($0.kind, $0.index, try WorkerRegion($0.region, schemaHash: schemaHash, writable: false), $0.inputs) }
    }

    /// The output link of that name; the topology promised it, so its absence is a broken invariant.
    public func output(_ name: String) -> OutputLink {
        guard let link = outputs.first(where: { $0.name == name }) else { preconditionFailure("worker \(kind) has no output link \(name)") }
        return link
    }

    /// Wakes the worker's driver, from any thread; `Worker.hasWork` says what for.
    public func wake() { bell.ring() }

    /// From inside long work of a polling worker's `afterCredit`: hands what has come to `Worker.handle`, so that the rings
    /// are not held up. With a sign of life.
    public func takeMessages() {
        beat()
        messages?()
    }

    /// Whether the supervisor wants this worker to stop: long work had better end.
    public var isStopRequested: Bool { ql_stop_requested() != 0 }

    /// A sign of life from inside long work.
    public func beat() { region.heartbeatNanos = ql_monotonic_nanos() }

    /// Announces that the next `duration` may pass without a sign of life (opening a large database), so that the
    /// supervisor does not take the worker for hung.
    public func expectSilence(of duration: Duration) {
        beat()
        region.patienceNanos = ql_monotonic_nanos() &+ UInt64(max(0, duration.components.seconds)) &* 1_000_000_000
    }

    /// One sentence for `aztec status`: what the worker waits for. Empty: nothing to say.
    public func note(_ text: String) { region.note = text }

    /// Ends this worker after the current callback: it cannot go on. The reason shows in `aztec status`.
    public func fail(_ failure: WorkerFailure) {
        if self.failure == nil { self.failure = failure }
        onFailure?()
    }
}
