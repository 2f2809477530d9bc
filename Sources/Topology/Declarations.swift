/// A worker kind as the node's plan names it.
public struct KindDeclaration: Sendable {
    public enum Count: Sendable, Equatable {
        /// Exactly one: it owns state that only one may write.
        case one
        /// `auto` = that many; may be set from 1 up.
        case fixed(Int)
        /// `auto` = usable cores less the reserved ones, at least one.
        case perCore
    }

    public var name: String
    public var count: Count
    /// What the node cannot do without it; for the degraded mode's text.
    public var function: String
    /// Ordered stop: lower goes first.
    public var stopOrder: Int
    /// Time it gets to stop by itself.
    public var stopSeconds: Int
    /// A heartbeat older than this means hung.
    public var heartbeatSeconds: Int
    /// Time from start to running.
    public var bootSeconds: Int
    /// Reads the regions of all workers (metrics).
    public var observes: Bool
    /// Without it there is no point in running: a permanent failure ends the node.
    public var isEssential: Bool
    /// The node is there for it only: however it ends, the node ends, with its exit code.
    public var endsNode: Bool
    /// The one group of secrets that its configuration holds (`SecretScope`); nil: none.
    public var secrets: String?

    public init(
        _ name: String, count: Count, function: String, stopOrder: Int, stopSeconds: Int = 10, heartbeatSeconds: Int = 10, bootSeconds: Int = 120,
        observes: Bool = false, isEssential: Bool = false, endsNode: Bool = false, secrets: String? = nil
    ) {
        self.name = name
        self.count = count
        self.function = function
        self.stopOrder = stopOrder
        self.stopSeconds = stopSeconds
        self.heartbeatSeconds = heartbeatSeconds
        self.bootSeconds = bootSeconds
        self.observes = observes
        self.isEssential = isEssential
        self.endsNode = endsNode
        self.secrets = secrets
    }
}

/// A link, declared once. Every worker of the producer kind has a ring of its own; every worker of a consumer kind reads each of them.
public struct LinkDeclaration: Sendable {
    public struct Consumer: Sendable {
        public var kind: String
        /// A reliable consumer holds the producer back; an unreliable one counts what it missed.
        public var isReliable: Bool
    }

    public var name: String
    public var producer: String
    public var consumers: [Consumer]
    /// Message type, for the printed topology.
    public var carries: String
    public var depth: Int
    public var mtu: Int
    public var burst: Int
    /// The producer works without anyone listening.
    public var mayLackConsumers: Bool
    /// Not made at all where no consumer runs; the producer asks for it.
    public var isOptional: Bool

    public init(
        _ name: String, from producer: String, reliableTo reliable: [String] = [], unreliableTo unreliable: [String] = [], carries: String,
        depth: Int, mtu: Int, burst: Int = 1, mayLackConsumers: Bool = false, isOptional: Bool = false
    ) {
        self.name = name
        self.producer = producer
        consumers = reliable.map { Consumer(kind: $0, isReliable: true) } + unreliable.map { Consumer(kind: $0, isReliable: false) }
        self.carries = carries
        self.depth = depth
        self.mtu = mtu
        self.burst = burst
        self.mayLackConsumers = mayLackConsumers
        self.isOptional = isOptional
    }
}

/// All kinds and links there are. Which of them run is decided by the configuration.
public struct TopologyPlan: Sendable {
    public var kinds: [KindDeclaration]
    public var links: [LinkDeclaration]

    public init(kinds: [KindDeclaration], links: [LinkDeclaration]) {
        self.kinds = kinds
        self.links = links
    }

    /// The node. A new worker kind is one line here, one in the registry of `quetzal-worker`, and a folder.
    public static let node = TopologyPlan(
        kinds: [
            KindDeclaration("api", count: .fixed(1), function: "serving RPC and metrics", stopOrder: 1, observes: true),
            KindDeclaration("archiver", count: .one, function: "following the chain", stopOrder: 6, stopSeconds: 30, heartbeatSeconds: 30, bootSeconds: 600, isEssential: true, secrets: "l1"),
            KindDeclaration("p2p", count: .one, function: "the peer network and the pools", stopOrder: 3, secrets: "network"),
            KindDeclaration("executor", count: .perCore, function: "public execution", stopOrder: 5, heartbeatSeconds: 5),
            KindDeclaration("reexecutor", count: .one, function: "executing blocks again", stopOrder: 1, heartbeatSeconds: 60, observes: true, endsNode: true, secrets: "l1"),
            KindDeclaration("bootnode", count: .one, function: "discovery for others", stopOrder: 1, endsNode: true, secrets: "network"),
            KindDeclaration("replay", count: .one, function: "the embedded L1", stopOrder: 8, stopSeconds: 5, isEssential: true),
        ],
        links: [
            LinkDeclaration("archiver_tips", from: "archiver", unreliableTo: ["api", "p2p"], carries: "TipMessage", depth: 256, mtu: 128, mayLackConsumers: true),
            // Transactions submitted over RPC and questions about the network; what became of them.
            LinkDeclaration("api_p2p", from: "api", reliableTo: ["p2p"], carries: "pool requests", depth: 64, mtu: 16_384, isOptional: true),
            LinkDeclaration("p2p_api", from: "p2p", reliableTo: ["api"], carries: "pool answers", depth: 64, mtu: 16_384, isOptional: true),
            // Orders of whoever has blocks executed, and what became of them.
            LinkDeclaration("api_executor", from: "api", reliableTo: ["executor"], carries: "blocks, commits, jobs, proofs", depth: 64, mtu: 16_384, isOptional: true),
            LinkDeclaration("executor_api", from: "executor", reliableTo: ["api"], carries: "results, verdicts", depth: 32, mtu: 16_384, isOptional: true),
            // Proofs of transactions that peers sent, and what executors say of them.
            LinkDeclaration("p2p_executor", from: "p2p", reliableTo: ["executor"], carries: "proofs to verify", depth: 64, mtu: 16_384, isOptional: true),
            LinkDeclaration("executor_p2p", from: "executor", reliableTo: ["p2p"], carries: "verdicts", depth: 32, mtu: 512, isOptional: true),
            LinkDeclaration("reexecutor_executor", from: "reexecutor", reliableTo: ["executor"], carries: "blocks, commits, jobs", depth: 64, mtu: 16_384),
            LinkDeclaration("executor_reexecutor", from: "executor", reliableTo: ["reexecutor"], carries: "results", depth: 32, mtu: 16_384, isOptional: true),
        ])
}
