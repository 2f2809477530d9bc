import Bytes
public import EventLoop
public import PeerIdentity

/// discv5 v5.1 without sockets, clock or randomness of its own: datagrams and times go in, datagrams and events come out
/// («note 07 §10»). Times are nanoseconds of any one clock.
public final class Discv5 {
    public enum Event: Sendable {
        /// A node of our network, in a NODES answer or new in the table.
        case discovered(ENR)
        /// Our own record has changed.
        case recordChanged(ENR)
        /// PONG to a call of `ping`.
        case ponged(call: UInt64, sequence: UInt64, ownAddress: SocketAddress)
        /// Answer to a call of `findNode`.
        case found(call: UInt64, [ENR])
        /// No answer to a call of `ping` or `findNode`.
        case failed(call: UInt64)
        case lookupFinished(lookup: UInt64, [ENR])
    }

    public struct Datagram: Hashable, Sendable {
        public var bytes: [UInt8]
        public var to: SocketAddress
    }

    /// What there is to do after an input.
    public struct Output: Sendable {
        public var datagrams: [Datagram] = []
        public var events: [Event] = []
    }

    /// A WHOAREYOU that we sent and may be answered.
    struct SentChallenge: Sendable {
        /// The packet's header, which goes into key and signature.
        var data: [UInt8]
        /// Of the challenged node, if we had one.
        var record: ENR?
        var until: UInt64
    }

    /// A request of ours under way.
    struct Call: Sendable {
        enum Purpose: Equatable, Sendable {
            case liveness, recordUpdate, caller
            case lookup(UInt64)
        }

        var number: UInt64
        var purpose: Purpose
        var record: ENR
        var address: NodeAddress
        var message: DiscoveryMessage
        var id: RequestID
        var distances: Set<Int> = []
        var nonce: [UInt8] = []
        var hasHandshaken = false
        var deadline: UInt64 = 0
        var packets = 0
        var found: [ENR] = []
    }

    public let key: NodeKey
    public let localID: NodeID
    public let configuration: DiscoveryConfiguration
    public internal(set) var record: ENR
    public internal(set) var counters = DiscoveryCounters()
    public internal(set) var table: RoutingTable

    var content: RecordContent
    var random: any DiscoveryRandomness
    var output = Output()
    var sessions: LRUTable<NodeAddress, DiscoverySession>
    /// Up to three a node: if a later one replaced the earlier, whoever forges a sender could spoil that sender's handshakes.
    var challenges: LRUTable<NodeAddress, [SentChallenge]>
    var calls: [NodeAddress: Call] = [:]
    var callsByNonce: [[UInt8]: NodeAddress] = [:]
    var queued: [NodeAddress: [Call]] = [:]
    var lookups: [UInt64: Lookup] = [:]
    var vote = AddressVote()
    /// Records whose signature was checked lately, by their bytes.
    var verified = LRUTable<[UInt8], ENR>(capacity: 1024)
    let bootnodeIDs: Set<NodeID>
    private var lastNumber: UInt64 = 0

    var challengeLimiter, handshakeLimiter, requestLimiter, answerLimiter: AddressLimiter

    /// Throws if the record would be too large.
    public init(key: NodeKey, configuration: DiscoveryConfiguration, randomness: any DiscoveryRandomness = SystemDiscoveryRandomness(), now: UInt64) throws(DecodingError) {
        self.key = key
        self.configuration = configuration
        localID = NodeID(key.id)
        content = configuration.content
        record = try content.record(after: configuration.previousRecord, key: key)
        random = randomness
        let limits = configuration.limits
        sessions = LRUTable(capacity: limits.sessions)
        challenges = LRUTable(capacity: limits.challenges)
        table = RoutingTable(localID: localID, pingNanos: configuration.pingNanos, perSubnet: limits.perSubnet, perSubnetAndBucket: limits.perSubnetAndBucket)
        bootnodeIDs = Set(configuration.bootnodes.map(\.nodeID))
        let seed = random.bytes(8, for: .other).reduce(0) { $0 << 8 | UInt64($1) }
        challengeLimiter = AddressLimiter(perAddress: limits.challengesPerAddress, inAll: limits.challengesInAll, seed: seed)
        handshakeLimiter = AddressLimiter(perAddress: limits.handshakesPerAddress, inAll: limits.handshakesInAll, seed: seed ^ 1)
        requestLimiter = AddressLimiter(perAddress: limits.requestsPerAddress, inAll: limits.requestsInAll, seed: seed ^ 2)
        answerLimiter = AddressLimiter(perAddress: limits.answersPerAddress, inAll: limits.answersInAll, seed: seed ^ 3)
        for record in configuration.bootnodes where admits(record) { add(record, isPermanent: true, now: now) }
        for record in configuration.trusted { add(record, isPermanent: true, now: now) }
        for record in configuration.known { add(record, now: now) }
    }

    /// Takes what the inputs so far have brought about.
    public func takeOutput() -> Output {
        defer { output = Output() }
        return output
    }

    func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    func send(_ packet: DiscoveryPacket, to address: NodeAddress) {
        let bytes = packet.encoded(for: address.id)
        counters.sent += 1
        counters.sentBytes += UInt64(bytes.count)
        output.datagrams.append(Datagram(bytes: bytes, to: address.socket))
    }

    // MARK: Who belongs to us

    private func hasOurVersion(_ record: ENR) -> Bool {
        guard let required = configuration.requiredVersion else { return true }
        return record.networkVersion.map { NetworkVersion.isCompatible($0, with: required) } ?? false
    }

    /// Whether a node may stand in our table («note 07 §10.5»).
    func admits(_ record: ENR) -> Bool {
        bootnodeIDs.contains(record.nodeID) && !configuration.checksBootnodeVersions ? true : hasOurVersion(record)
    }

    func report(_ record: ENR) {
        if bootnodeIDs.contains(record.nodeID) {
            guard configuration.reportsBootnodes else { return }
            if !configuration.checksBootnodeVersions {
                output.events.append(.discovered(record))
                return
            }
        }
        if hasOurVersion(record) { output.events.append(.discovered(record)) }
    }

    /// Where we reach a node: over IPv4 if both can.
    func contact(_ record: ENR) -> SocketAddress? {
        let families = Set(configuration.listen.map(\.ip.isIPv6))
        if families.contains(false), let socket = record.udp4Socket { return socket }
        if families.contains(true), let socket = record.udp6Socket { return socket }
        return nil
    }

    /// A record from outside, its signature checked once.
    func verify(_ bytes: [UInt8]) throws(DecodingError) -> ENR {
        if let known = verified.use(bytes) { return known }
        let record = try ENR(decoding: bytes[...])
        verified.set(bytes, record)
        return record
    }

    // MARK: Our own record

    /// Announces another address; peers hear of it by the record's number.
    public func announce(_ address: SocketAddress) throws(DecodingError) {
        content.set(address)
        let next = try content.record(after: record, key: key)
        guard next != record else { return }
        record = next
        output.events.append(.recordChanged(next))
    }

    func countVote(_ address: SocketAddress, by voter: SocketAddress) {
        guard configuration.votesOnAddress else { return }
        let current = address.ip.isIPv6 ? content.address6 : content.address4
        // A record that fitted with the former address fits with this one.
        if let winner = vote.vote(address, by: voter, current: current) { try? announce(winner) }
    }

    // MARK: The table

    /// Takes a node into the table as one that has not answered yet, if it is of our network and reachable.
    public func add(_ record: ENR, isPermanent: Bool = false, now: UInt64) {
        guard record.nodeID != localID, isPermanent || admits(record), let socket = contact(record), AddressScope(socket.ip) != .unusable else { return }
        let isNew = table.insert(record, at: socket, isConnected: false, isPermanent: isPermanent, now: now) == .inserted
        guard isNew else { return }
        report(record)
        // Those of an earlier run are asked one after another, within half a minute.
        if !isPermanent { table.postpone(record.nodeID, until: now + UInt64(random.bytes(2, for: .other).reduce(0) { $0 << 8 | Int($1) }) * 458_000) }
    }

    /// A session with a node exists, and it has shown that it has the key: it is what its record says.
    func established(_ record: ENR, at address: NodeAddress, now: UInt64) {
        guard record.udp4Socket == address.socket || record.udp6Socket == address.socket, admits(record) else { return }
        switch table.insert(record, at: address.socket, isConnected: true, now: now) {
        case .inserted: report(record)
        case .pending(let id): if let entry = table[id] { checkLiveness(entry, now: now) }
        case .updated, .full, .crowded: break
        }
    }

    func checkLiveness(_ entry: RoutingTable.Entry, now: UInt64) {
        call(entry.record, at: entry.socket, for: .liveness, now: now) { .ping($0, sequence: record.sequence) }
    }

    /// A newer record of a node that we have a session with.
    func renewed(_ newer: ENR, at address: NodeAddress) {
        let isNewer = sessions.update(address) { session in
            guard newer.sequence > session.record.sequence else { return false }
            session.record = newer
            return true
        }
        guard isNewer == true, let entry = table[newer.nodeID] else { return }
        if !entry.isPermanent, !admits(newer) || contact(newer) != address.socket {
            // Of another network now, or announcing an address that has yet to answer.
            table.remove(newer.nodeID)
        } else {
            table.replace(newer, at: contact(newer) ?? entry.socket)
        }
    }

    // MARK: Time

    /// Does what is due. Call it several times a second.
    public func tick(now: UInt64) {
        for call in calls.values.filter({ $0.deadline <= now }).sorted(by: { $0.number < $1.number }) { fail(call, now: now) }
        for (number, lookup) in lookups.sorted(by: { $0.key < $1.key }) where lookup.isFinished(now: now) { finishLookup(number) }
        while let oldest = challenges.oldestEntry, oldest.value.allSatisfy({ $0.until <= now }) { challenges.remove(oldest.key) }
        let room = min(8, configuration.limits.calls - calls.count)
        if room > 0 { for entry in table.due(now: now, limit: room) { checkLiveness(entry, now: now) } }
    }
}
