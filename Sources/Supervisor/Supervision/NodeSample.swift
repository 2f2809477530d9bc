import EventLoop
import IPC
import Messages

/// All figures of a node at one moment, read from shared memory. Two of them make rates.
public struct NodeSample: Sendable {
    public struct Worker: Sendable {
        public var board: BoardContent.Worker
        public var state: WorkerState
        public var heartbeatAgeMillis: UInt64
        public var cpuNanos: UInt64
        public var residentBytes: UInt64
        public var idle: UInt64
        public var processing: UInt64
        public var housekeeping: UInt64
        public var backpressure: UInt64
        public var note: String

        /// What a person wants to read: the board knows of giving up and waiting, the worker of booting and running.
        public var stateText: String {
            if board.isGivenUp { return "given up" }
            if board.processID == 0 { return board.isActive ? "restarting" : "off" }
            return state.name
        }
    }

    public struct Link: Sendable {
        public struct Consumer: Sendable {
            public var name: String
            public var isReliable: Bool
            public var isActive: Bool
            public var cursor: UInt64
            public var consumed: UInt64
            public var filtered: UInt64
            public var lost: UInt64
            public var malformed: UInt64
        }

        public var name: String
        public var producer: String
        public var depth: Int
        /// Sequence of the next message.
        public var next: UInt64
        public var payloadBytes: UInt64
        /// Sends refused for want of credits.
        public var backpressure: UInt64
        public var consumers: [Consumer]

        /// Messages published so far.
        public var published: UInt64 { next > UInt64(depth) ? next - UInt64(depth) : 0 }
        /// Unread messages of the slowest consumer that is there.
        public var fill: UInt64 {
            consumers.filter { $0.isActive && $0.cursor != RingCursorBlock.left && $0.cursor >= UInt64(depth) }
                .map { next > $0.cursor ? min(next - $0.cursor, UInt64(depth)) : 0 }.max() ?? 0
        }
    }

    public struct Sync: Sendable, Equatable {
        public var height: UInt64
        public var target: UInt64
        public var proven: UInt64
        public var finalised: UInt64
        public var l1Block: UInt64

        public init(height: UInt64, target: UInt64, proven: UInt64, finalised: UInt64, l1Block: UInt64) {
            self.height = height
            self.target = target
            self.proven = proven
            self.finalised = finalised
            self.l1Block = l1Block
        }

        public init(_ region: WorkerRegion) {
            self.init(
                height: region.value(.archiverBlockHeight), target: region.value(.archiverTargetHeight), proven: region.value(.archiverProvenBlockHeight),
                finalised: region.value(.archiverFinalisedBlockHeight), l1Block: region.value(.archiverL1BlockHeight))
        }
    }

    public var nanos: UInt64
    public var content: BoardContent
    public var workers: [Worker]
    public var links: [Link]
    public var sync: Sync?
    /// nil where no executor runs.
    public var execution: ExecutionSample?

    public init(_ view: NodeView) throws(IPCError) {
        try self.init(
            nanos: EventLoop.monotonicNanos, content: try view.content(), region: { worker throws(IPCError) in try view.region(worker) },
            producerWord: { link, offset throws(IPCError) in try view.producerWord(link, offset) })
    }

    package init(
        nanos: UInt64, content: BoardContent, region regionOf: (BoardContent.Worker) throws(IPCError) -> WorkerRegion,
        producerWord: (BoardContent.Link, Int) throws(IPCError) -> UInt64
    ) throws(IPCError) {
        self.nanos = nanos
        self.content = content
        workers = []
        links = []
        var regions: [WorkerRegion] = []
        for worker in content.workers {
            let region = try regionOf(worker)
            regions.append(region)
            let beat = region.heartbeatNanos
            workers.append(Worker(
                board: worker, state: region.state, heartbeatAgeMillis: beat > 0 && nanos > beat ? (nanos - beat) / 1_000_000 : 0, cpuNanos: region.cpuNanos,
                residentBytes: region.residentBytes, idle: region[.idle], processing: region[.processing], housekeeping: region[.housekeeping],
                backpressure: region[.backpressure], note: region.note))
            if worker.kind == "archiver", worker.index == 0 { sync = Sync(region) }
        }
        if content.workers.contains(where: { $0.kind == "executor" }) {
            var sum = ExecutionSample()
            for (worker, region) in zip(content.workers, regions) where worker.kind == "executor" || worker.kind == "api" { sum.add(region, isHost: worker.kind == "api") }
            execution = sum
        }
        for link in content.links {
            links.append(Link(
                name: link.name, producer: content.workers[link.producer].name, depth: link.shape.depth, next: try producerWord(link, RingProducerBlock.next),
                payloadBytes: try producerWord(link, RingProducerBlock.payloadBytes), backpressure: try producerWord(link, RingProducerBlock.backpressure),
                consumers: link.consumers.filter { $0.input >= 0 && $0.input < WorkerRegion.inputLimit }.map { consumer in
                    let region = regions[consumer.worker]
                    func word(_ field: Int) -> UInt64 { region.input(consumer.input, field) }
                    return Link.Consumer(
                        name: content.workers[consumer.worker].name, isReliable: consumer.isReliable, isActive: content.workers[consumer.worker].isActive,
                        cursor: word(RingCursorBlock.cursor), consumed: word(RingCursorBlock.consumed), filtered: word(RingCursorBlock.filtered),
                        lost: word(RingCursorBlock.lost), malformed: word(RingCursorBlock.malformed))
                }))
        }
    }

    /// Everything that should run runs.
    public var isHealthy: Bool { content.degraded.isEmpty && workers.allSatisfy { !$0.board.isActive || $0.state == .running } }
}
