public import IPC

public struct TopologyError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// The checked graph of one node: worker slots, rings between them, who reads what. Nothing is started before this exists.
public struct Topology: Sendable {
    public struct Worker: Sendable {
        public var kind: KindDeclaration
        public var index: Int
        /// Position in `workers`; names the worker in shared memory.
        public var slot: Int
        /// Started now; the others are spare slots that `aztec scale` may use.
        public var isActive: Bool
        /// Link names by input number.
        public var inputs: [String] = []
        public var name: String { "\(kind.name).\(index)" }
    }

    public struct Link: Sendable {
        public struct Consumer: Sendable {
            public var slot: Int
            public var input: Int
            public var isReliable: Bool
        }

        /// The declaration's name; with the producer's index where that kind may run several times.
        public var name: String
        public var declaration: LinkDeclaration
        public var shape: RingShape
        public var producer: Int
        public var consumers: [Consumer]
    }

    public static let slotLimit = 512

    public private(set) var workers: [Worker] = []
    public private(set) var links: [Link] = []
    public let cores: UsableCores
    public let reservedCores: Int

    /// `kinds`: which run. `counts`: settings that are not `auto`. `reservedCores` nil: one of up to four, two of more.
    public init(_ plan: TopologyPlan, kinds: [String], counts: [String: Int] = [:], cores: UsableCores = .detect(), reservedCores: Int? = nil) throws(TopologyError) {
        self.cores = cores
        self.reservedCores = reservedCores ?? (cores.count > 4 ? 2 : 1)
        try Self.check(plan)
        for name in kinds where !plan.kinds.contains(where: { $0.name == name }) { throw TopologyError("there is no worker kind «\(name)»") }
        for (name, _) in counts where !plan.kinds.contains(where: { $0.name == name }) { throw TopologyError("there is no worker kind «\(name)» to set the number of") }
        for kind in plan.kinds where kinds.contains(kind.name) {
            let count = try Self.count(kind, counts[kind.name], cores.count - self.reservedCores)
            let limit = kind.count == .one ? 1 : max(count, cores.count, 4)
            for index in 0..<limit { workers.append(Worker(kind: kind, index: index, slot: workers.count, isActive: index < count)) }
        }
        guard workers.count <= Self.slotLimit else { throw TopologyError("\(workers.count) worker slots where at most \(Self.slotLimit) are possible") }
        for declaration in plan.links where kinds.contains(declaration.producer) { try add(declaration) }
    }

    /// Workers wanted of a kind, checked.
    public static func count(_ kind: KindDeclaration, _ wanted: Int?, _ freeCores: Int) throws(TopologyError) -> Int {
        switch kind.count {
        case .one:
            guard wanted == nil || wanted == 1 else { throw TopologyError("there is exactly one \(kind.name), not \(wanted ?? 0)") }
            return 1
        case .fixed(let usual): return try bounded(kind, wanted ?? usual)
        case .perCore: return try bounded(kind, wanted ?? max(1, freeCores))
        }
    }

    private static func bounded(_ kind: KindDeclaration, _ count: Int) throws(TopologyError) -> Int {
        guard (1...256).contains(count) else { throw TopologyError("number of \(kind.name) workers: \(count) is not in 1…256") }
        return count
    }

    /// What must hold of a plan whatever runs.
    public static func check(_ plan: TopologyPlan) throws(TopologyError) {
        var names = Set<String>()
        for kind in plan.kinds {
            guard !kind.name.isEmpty, kind.name.allSatisfy({ $0.isLetter || $0.isNumber }) else { throw TopologyError("«\(kind.name)» is no name for a worker kind") }
            guard names.insert(kind.name).inserted else { throw TopologyError("worker kind \(kind.name) is declared twice") }
        }
        var links = Set<String>()
        for link in plan.links {
            guard links.insert(link.name).inserted else { throw TopologyError("link \(link.name) is declared twice: a ring has one producer") }
            guard link.name.hasPrefix(link.producer + "_") else { throw TopologyError("link \(link.name) is not named after its producer \(link.producer)") }
            guard names.contains(link.producer) else { throw TopologyError("link \(link.name): no worker kind \(link.producer)") }
            guard !link.consumers.isEmpty else { throw TopologyError("link \(link.name) has no consumer") }
            var consumers = Set<String>()
            for consumer in link.consumers {
                guard names.contains(consumer.kind) else { throw TopologyError("link \(link.name): no worker kind \(consumer.kind)") }
                guard consumer.kind != link.producer else { throw TopologyError("link \(link.name): \(consumer.kind) would read itself") }
                guard consumers.insert(consumer.kind).inserted else { throw TopologyError("link \(link.name): \(consumer.kind) is named twice") }
            }
            do {
                _ = try RingShape(depth: link.depth, mtu: link.mtu, burst: link.burst)
            } catch { throw TopologyError("link \(link.name): \(error)") }
        }
    }

    private mutating func add(_ declaration: LinkDeclaration) throws(TopologyError) {
        let producers = workers.filter { $0.kind.name == declaration.producer }
        let shape: RingShape
        do {
            shape = try RingShape(depth: declaration.depth, mtu: declaration.mtu, burst: declaration.burst)
        } catch { throw TopologyError("link \(declaration.name): \(error)") }
        for producer in producers {
            let name = producers.count == 1 ? declaration.name : "\(declaration.name).\(producer.index)"
            var link = Link(name: name, declaration: declaration, shape: shape, producer: producer.slot, consumers: [])
            for consumer in declaration.consumers {
                for slot in workers.indices where workers[slot].kind.name == consumer.kind {
                    link.consumers.append(Link.Consumer(slot: slot, input: workers[slot].inputs.count, isReliable: consumer.isReliable))
                    workers[slot].inputs.append(name)
                    guard workers[slot].inputs.count <= WorkerRegion.inputLimit else { throw TopologyError("\(workers[slot].name) reads more than \(WorkerRegion.inputLimit) links") }
                }
            }
            if link.consumers.isEmpty, declaration.isOptional { continue }
            guard !link.consumers.isEmpty || declaration.mayLackConsumers else {
                throw TopologyError("link \(declaration.name): none of its consumers (\(declaration.consumers.map(\.kind).joined(separator: ", "))) runs")
            }
            links.append(link)
        }
    }

    /// The graph with another number of workers of one kind; refuses what the slots made at start cannot hold.
    public func scaled(_ kind: String, to count: Int) throws(TopologyError) -> Topology {
        let slots = workers.filter { $0.kind.name == kind }
        guard let first = slots.first else { throw TopologyError("no \(kind) runs in this node") }
        _ = try Self.count(first.kind, count, cores.count)
        guard count <= slots.count else { throw TopologyError("\(kind)=\(count): this run has room for \(slots.count); start the node with a larger number") }
        var result = self
        for slot in slots { result.workers[slot.slot].isActive = slot.index < count }
        return result
    }
}
