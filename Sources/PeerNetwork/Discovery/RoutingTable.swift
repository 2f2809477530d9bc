public import EventLoop
public import PeerIdentity

/// Kademlia: 256 buckets by logarithmic distance, 16 nodes each («note 07 §10.4»). Times are nanoseconds.
public struct RoutingTable: Sendable {
    public struct Entry: Sendable {
        public internal(set) var record: ENR
        /// Where it is reached.
        public internal(set) var socket: SocketAddress
        /// It answered when last asked.
        public internal(set) var isConnected: Bool
        /// It has answered at some time, so others may be told of it.
        public internal(set) var hasAnswered: Bool
        /// Configured: stays whatever happens.
        public internal(set) var isPermanent: Bool
        public internal(set) var lastSeen: UInt64
        var nextPing: UInt64
        var failures = 0

        public var id: NodeID { record.nodeID }
    }

    struct Pending: Sendable {
        var entry: Entry
        var until: UInt64
    }

    /// Nodes that do not answer first, each part from least to most recently heard.
    struct Bucket: Sendable {
        var entries: [Entry] = []
        var pending: Pending?
    }

    enum Insertion: Equatable {
        case inserted
        case updated
        /// The bucket is full of nodes that answered when last asked.
        case full
        /// Waits for a place; `NodeID` is the node that may have to make room, to be pinged.
        case pending(NodeID)
        /// Too many nodes of one network.
        case crowded
    }

    public static let bucketSize = 16
    static let pendingNanos: UInt64 = 60_000_000_000
    /// A node that fails this often in a row is forgotten.
    static let failureLimit = 3

    public let localID: NodeID
    let pingNanos: UInt64
    let perSubnet: Int
    let perSubnetAndBucket: Int
    private(set) var buckets = Array(repeating: Bucket(), count: 256)
    private var subnets: [ArraySlice<UInt8>: Int] = [:]
    public private(set) var count = 0

    init(localID: NodeID, pingNanos: UInt64, perSubnet: Int, perSubnetAndBucket: Int) {
        self.localID = localID
        self.pingNanos = pingNanos
        self.perSubnet = perSubnet
        self.perSubnetAndBucket = perSubnetAndBucket
    }

    private func place(_ id: NodeID) -> (bucket: Int, index: Int)? {
        let distance = localID.distance(to: id)
        guard distance > 0, let index = buckets[distance - 1].entries.firstIndex(where: { $0.id == id }) else { return nil }
        return (distance - 1, index)
    }

    public subscript(id: NodeID) -> Entry? { place(id).map { buckets[$0.bucket].entries[$0.index] } }

    /// All nodes, nearest bucket first.
    public var entries: [Entry] { buckets.flatMap(\.entries) }

    public func entries(atDistance distance: Int) -> [Entry] { (1...256).contains(distance) ? buckets[distance - 1].entries : [] }

    /// The `count` nodes nearest to `target`, nearest first.
    public func closest(to target: NodeID, count: Int) -> [Entry] {
        var best: [Entry] = []
        for bucket in buckets where !bucket.entries.isEmpty {
            for entry in bucket.entries {
                if best.count == count, !entry.id.isCloser(to: target, than: best[count - 1].id) { continue }
                let at = best.firstIndex { entry.id.isCloser(to: target, than: $0.id) } ?? best.count
                best.insert(entry, at: at)
                if best.count > count { best.removeLast() }
            }
        }
        return best
    }

    mutating func insert(_ record: ENR, at socket: SocketAddress, isConnected: Bool, isPermanent: Bool = false, now: UInt64) -> Insertion {
        let distance = localID.distance(to: record.nodeID)
        guard distance > 0 else { return .full }
        if let (bucket, index) = place(record.nodeID) {
            update(bucket, index) { entry in
                if record.sequence > entry.record.sequence {
                    entry.record = record
                    entry.socket = socket
                }
                entry.isPermanent = entry.isPermanent || isPermanent
            }
            if isConnected { seen(record.nodeID, now: now) }
            return .updated
        }
        let entry = Entry(
            record: record, socket: socket, isConnected: isConnected, hasAnswered: isConnected, isPermanent: isPermanent, lastSeen: isConnected ? now : 0,
            nextPing: isConnected ? now + pingNanos : now)
        guard isPermanent || hasRoom(for: socket.ip, in: distance - 1) else { return .crowded }
        let bucket = buckets[distance - 1]
        if bucket.entries.count < Self.bucketSize {
            add(entry, to: distance - 1)
            return .inserted
        }
        guard isConnected else { return .full }
        if isPermanent, let index = bucket.entries.firstIndex(where: { !$0.isPermanent }) {
            remove(distance - 1, index)
            add(entry, to: distance - 1)
            return .inserted
        }
        // Only a node that does not answer makes room.
        guard let first = bucket.entries.first(where: { !$0.isPermanent }), !first.isConnected, bucket.pending == nil else { return .full }
        buckets[distance - 1].pending = Pending(entry: entry, until: now + Self.pendingNanos)
        return .pending(first.id)
    }

    private func hasRoom(for ip: IPAddress, in bucket: Int) -> Bool {
        guard let subnet = ip.subnet else { return true }
        return subnets[subnet, default: 0] < perSubnet && buckets[bucket].entries.count { $0.socket.ip.subnet == subnet } < perSubnetAndBucket
    }

    private mutating func add(_ entry: Entry, to bucket: Int) {
        // Behind its like: those without an answer come before those with one.
        let at = entry.isConnected ? buckets[bucket].entries.count : buckets[bucket].entries.firstIndex(where: \.isConnected) ?? buckets[bucket].entries.count
        buckets[bucket].entries.insert(entry, at: at)
        if let subnet = entry.socket.ip.subnet { subnets[subnet, default: 0] += 1 }
        count += 1
    }

    private mutating func remove(_ bucket: Int, _ index: Int) {
        let entry = buckets[bucket].entries.remove(at: index)
        release(entry.socket.ip)
        count -= 1
    }

    private mutating func release(_ ip: IPAddress) {
        guard let subnet = ip.subnet, let held = subnets[subnet] else { return }
        subnets[subnet] = held > 1 ? held - 1 : nil
    }

    private mutating func update(_ bucket: Int, _ index: Int, _ body: (inout Entry) -> Void) {
        let before = buckets[bucket].entries[index].socket.ip
        body(&buckets[bucket].entries[index])
        let after = buckets[bucket].entries[index].socket.ip
        if before != after {
            release(before)
            if let subnet = after.subnet { subnets[subnet, default: 0] += 1 }
        }
    }

    /// The node has answered.
    mutating func seen(_ id: NodeID, now: UInt64) {
        guard let (bucket, index) = place(id) else { return }
        var entry = buckets[bucket].entries.remove(at: index)
        entry.isConnected = true
        entry.hasAnswered = true
        entry.failures = 0
        entry.lastSeen = now
        entry.nextPing = now + pingNanos
        buckets[bucket].entries.append(entry)
    }

    /// The node has not answered. A node that waits for its place gets it.
    mutating func failed(_ id: NodeID, now: UInt64) {
        guard let (bucket, index) = place(id) else { return }
        var entry = buckets[bucket].entries.remove(at: index)
        entry.isConnected = false
        entry.failures += 1
        // Sooner than a node that answers, and ever later.
        entry.nextPing = now + min(pingNanos, 10_000_000_000 << UInt64(min(entry.failures, 5)))
        let at = buckets[bucket].entries.firstIndex(where: \.isConnected) ?? buckets[bucket].entries.count
        buckets[bucket].entries.insert(entry, at: at)
        if !entry.isPermanent, entry.failures >= Self.failureLimit || buckets[bucket].pending != nil { remove(bucket, at) }
        promote(bucket)
    }

    private mutating func promote(_ bucket: Int) {
        guard buckets[bucket].entries.count < Self.bucketSize, let pending = buckets[bucket].pending else { return }
        buckets[bucket].pending = nil
        if place(pending.entry.id) == nil, hasRoom(for: pending.entry.socket.ip, in: bucket) { add(pending.entry, to: bucket) }
    }

    mutating func remove(_ id: NodeID) {
        guard let (bucket, index) = place(id) else { return }
        remove(bucket, index)
        promote(bucket)
    }

    /// Lets nodes go that waited in vain, and gives those to ping now, at most `limit`; their next time is set.
    mutating func due(now: UInt64, limit: Int) -> [Entry] {
        var due: [Entry] = []
        for bucket in buckets.indices {
            if let pending = buckets[bucket].pending, pending.until <= now { buckets[bucket].pending = nil }
            guard due.count < limit else { continue }
            for index in buckets[bucket].entries.indices where buckets[bucket].entries[index].nextPing <= now && due.count < limit {
                buckets[bucket].entries[index].nextPing = now + pingNanos
                due.append(buckets[bucket].entries[index])
            }
        }
        return due
    }

    /// Puts a node's next ping off, so that not all of a restored table are pinged at once.
    mutating func postpone(_ id: NodeID, until time: UInt64) {
        guard let (bucket, index) = place(id) else { return }
        buckets[bucket].entries[index].nextPing = time
    }

    /// Puts a newer record in; whether the node's address changed.
    mutating func replace(_ record: ENR, at socket: SocketAddress) {
        guard let (bucket, index) = place(record.nodeID), record.sequence > buckets[bucket].entries[index].record.sequence else { return }
        update(bucket, index) { entry in
            entry.record = record
            entry.socket = socket
        }
    }
}
