/// What a worker process is given, by descriptor number: written by the supervisor into a frozen memory file, one line a thing.
/// Lines of words, so that it can be read with `cat /proc/PID/fd/4`.
public struct Attachment: Equatable, Sendable {
    /// Descriptors every worker has at these numbers, after stdin, stdout, stderr.
    public static let configurationDescriptor: Int32 = 3
    public static let attachmentDescriptor: Int32 = 4
    /// Read end of a pipe that the supervisor alone holds open.
    public static let lifelineDescriptor: Int32 = 5
    public static let firstFreeDescriptor: Int32 = 6

    public struct Consumer: Equatable, Sendable {
        public var worker: String
        public var slot: Int
        public var input: Int
        public var isReliable: Bool
        public var region: Int32
        public var event: Int32

        public init(worker: String, slot: Int, input: Int, isReliable: Bool, region: Int32, event: Int32) {
            self.worker = worker
            self.slot = slot
            self.input = input
            self.isReliable = isReliable
            self.region = region
            self.event = event
        }
    }

    public struct Output: Equatable, Sendable {
        public var link: String
        public var shape: RingShape
        public var descriptor: Int32
        public var consumers: [Consumer] = []

        public init(link: String, shape: RingShape, descriptor: Int32, consumers: [Consumer] = []) {
            self.link = link
            self.shape = shape
            self.descriptor = descriptor
            self.consumers = consumers
        }
    }

    public struct Input: Equatable, Sendable {
        public var link: String
        public var shape: RingShape
        public var descriptor: Int32
        public var input: Int
        public var isReliable: Bool
        public var producerSlot: Int
        public var producerEvent: Int32

        public init(link: String, shape: RingShape, descriptor: Int32, input: Int, isReliable: Bool, producerSlot: Int, producerEvent: Int32) {
            self.link = link
            self.shape = shape
            self.descriptor = descriptor
            self.input = input
            self.isReliable = isReliable
            self.producerSlot = producerSlot
            self.producerEvent = producerEvent
        }
    }

    /// A worker that this one may observe.
    public struct Peer: Equatable, Sendable {
        public var kind: String
        public var index: Int
        public var region: Int32
        /// Link names by input number.
        public var inputs: [String]

        public init(kind: String, index: Int, region: Int32, inputs: [String] = []) {
            self.kind = kind
            self.index = index
            self.region = region
            self.inputs = inputs
        }
    }

    public var kind: String
    public var index: Int
    public var slot: Int
    /// Number of worker slots of the node.
    public var slots: Int
    public var generation: UInt64
    public var region: Int32
    public var bells: Int32
    public var event: Int32
    public var outputs: [Output] = []
    public var inputs: [Input] = []
    public var peers: [Peer] = []

    public init(kind: String, index: Int, slot: Int, slots: Int, generation: UInt64, region: Int32, bells: Int32, event: Int32) {
        self.kind = kind
        self.index = index
        self.slot = slot
        self.slots = slots
        self.generation = generation
        self.region = region
        self.bells = bells
        self.event = event
    }

    // MARK: Text form

    public var encoded: [UInt8] {
        var lines = ["quetzal-attachment 1", "worker \(kind) \(index) \(slot) \(slots) \(generation) \(region) \(bells) \(event)"]
        for output in outputs {
            lines.append("output \(output.link) \(output.shape.depth) \(output.shape.mtu) \(output.shape.burst) \(output.descriptor)")
            for consumer in output.consumers {
                lines.append("consumer \(consumer.worker) \(consumer.slot) \(consumer.input) \(consumer.isReliable ? 1 : 0) \(consumer.region) \(consumer.event)")
            }
        }
        for input in inputs {
            lines.append("input \(input.link) \(input.shape.depth) \(input.shape.mtu) \(input.shape.burst) \(input.descriptor) \(input.input) \(input.isReliable ? 1 : 0) \(input.producerSlot) \(input.producerEvent)")
        }
        for peer in peers { lines.append((["peer \(peer.kind) \(peer.index) \(peer.region)"] + peer.inputs).joined(separator: " ")) }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    public init(decoding bytes: [UInt8]) throws(IPCError) {
        // By bytes: as characters, «\r\n» is no line end, and a blank with an accent no blank.
        var lines = bytes.split(separator: 0x0a).map { WordLine(Substring(decoding: $0, as: UTF8.self)) }
        guard lines.count >= 2, lines[0].words == ["quetzal-attachment", "1"] else { throw IPCError("descriptor 4 is no attachment of this version") }
        lines.removeFirst()
        var head = lines.removeFirst()
        guard try head.word() == "worker" else { throw IPCError("attachment without worker line") }
        self.init(
            kind: try head.word(), index: try head.number(), slot: try head.number(), slots: try head.number(), generation: try head.number(),
            region: try head.number(), bells: try head.number(), event: try head.number())
        for line in lines {
            var line = line
            switch try line.word() {
            case "output":
                outputs.append(Output(link: try line.word(), shape: try RingShape(depth: line.number(), mtu: line.number(), burst: line.number()), descriptor: try line.number()))
            case "consumer":
                guard !outputs.isEmpty else { throw IPCError("attachment: consumer before any output") }
                outputs[outputs.count - 1].consumers.append(Consumer(
                    worker: try line.word(), slot: try line.number(), input: try line.number(), isReliable: try line.number() == 1,
                    region: try line.number(), event: try line.number()))
            case "input":
                inputs.append(Input(
                    link: try line.word(), shape: try RingShape(depth: line.number(), mtu: line.number(), burst: line.number()), descriptor: try line.number(),
                    input: try line.number(), isReliable: try line.number() == 1, producerSlot: try line.number(), producerEvent: try line.number()))
            case "peer": peers.append(Peer(kind: try line.word(), index: try line.number(), region: try line.number(), inputs: Array(line.words)))
            case let other: throw IPCError("attachment: unknown line «\(other)»")
            }
        }
    }

    /// All descriptors this worker may have, standard ones included.
    public var descriptors: Set<Int32> {
        var result: Set<Int32> = [0, 1, 2, Self.configurationDescriptor, Self.attachmentDescriptor, Self.lifelineDescriptor, region, bells, event]
        for output in outputs {
            result.insert(output.descriptor)
            for consumer in output.consumers { result.formUnion([consumer.region, consumer.event]) }
        }
        for input in inputs { result.formUnion([input.descriptor, input.producerEvent]) }
        for peer in peers { result.insert(peer.region) }
        return result
    }
}

/// A line of words separated by blanks, read from the left.
public struct WordLine: Sendable {
    public var words: ArraySlice<String>

    public init(_ line: Substring) {
        words = line.utf8.split(separator: 0x20).map { String(Substring($0)) }[...]
    }

    public mutating func word() throws(IPCError) -> String {
        guard let word = words.popFirst() else { throw IPCError("a line ended early") }
        return word
    }

    public mutating func number<T: FixedWidthInteger>() throws(IPCError) -> T {
        let word = try word()
        guard let value = T(word) else { throw IPCError("«\(word)» where a number is expected") }
        return value
    }
}
