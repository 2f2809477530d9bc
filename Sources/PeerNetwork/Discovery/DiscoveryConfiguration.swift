public import EventLoop
public import PeerIdentity

/// What discovery does of itself and allows others. Defaults are the reference's («note 07 §10.4»); it has no limits of rates.
public struct DiscoveryConfiguration: Sendable {
    /// Sockets to bind, at most one of each family.
    public var listen: [SocketAddress]
    /// What our record says.
    public var content: RecordContent
    /// The record announced last time, so that numbers go on from it.
    public var previousRecord: ENR?
    /// Version string that others must have; nil: any node will do (bootnodes).
    public var requiredVersion: String?
    public var bootnodes: [ENR] = []
    /// Bootnodes need the version too.
    public var checksBootnodeVersions = false
    /// Bootnodes are reported as peers.
    public var reportsBootnodes = false
    public var trusted: [ENR] = []
    /// Nodes known from an earlier run.
    public var known: [ENR] = []
    /// Others' view of our address changes our record.
    public var votesOnAddress = false

    public var requestNanos: UInt64 = 2_000_000_000
    public var lookupNanos: UInt64 = 2_000_000_000
    public var pingNanos: UInt64 = 300_000_000_000
    public var sessionNanos: UInt64 = 86_400_000_000_000
    public var challengeNanos: UInt64 = 4_000_000_000
    public var parallelism = 3
    public var limits = Limits()

    /// Bounds on memory, and on what others make us do.
    public struct Limits: Hashable, Sendable {
        public var sessions = 2000
        public var challenges = 4096
        public var calls = 512
        public var queuedPerNode = 8
        public var lookups = 8
        /// Nodes of one /24 in the table, and in one of its buckets.
        public var perSubnet = 10
        public var perSubnetAndBucket = 2
        /// WHOAREYOU packets sent to one address, and in all.
        public var challengesPerAddress = Rate(perSecond: 50, burst: 100)
        public var challengesInAll = Rate(perSecond: 2000, burst: 2000)
        /// Handshakes verified: a curve product and two signatures each.
        public var handshakesPerAddress = Rate(perSecond: 20, burst: 60)
        public var handshakesInAll = Rate(perSecond: 400, burst: 400)
        public var requestsPerAddress = Rate(perSecond: 60, burst: 240)
        public var requestsInAll = Rate(perSecond: 2000, burst: 4000)
        /// FINDNODE answers, up to 6 packets each.
        public var answersPerAddress = Rate(perSecond: 10, burst: 100)
        public var answersInAll = Rate(perSecond: 200, burst: 400)

        public init() {}
    }

    public init(listen: [SocketAddress], content: RecordContent, requiredVersion: String?) {
        self.listen = listen
        self.content = content
        self.requiredVersion = requiredVersion
    }
}

/// What happened to datagrams, since the start.
public struct DiscoveryCounters: Hashable, Sendable {
    public var received: UInt64 = 0
    public var sent: UInt64 = 0
    public var receivedBytes: UInt64 = 0
    public var sentBytes: UInt64 = 0
    /// Datagrams that are no packets for this node.
    public var malformed: UInt64 = 0
    public var challengesSent: UInt64 = 0
    public var handshakesAccepted: UInt64 = 0
    /// Handshakes with a wrong signature, key or record, or without a challenge.
    public var handshakesRefused: UInt64 = 0
    /// Packets played to us again.
    public var replayed: UInt64 = 0
    /// Not done because of a rate limit.
    public var limited: UInt64 = 0
    public var callsFailed: UInt64 = 0
    public var recordsRefused: UInt64 = 0

    public init() {}
}
