public import Bytes
import Diagnostics
public import EventLoop
public import PeerIdentity

/// Discovery on UDP sockets: finds nodes of our network and lets itself be found («note 07 §10»). Belongs to the loop's thread.
public final class DiscoveryService {
    /// A node of our network; the same one may come again and again.
    public var discovered: ((ENR) -> Void)?
    /// Our own record has changed: announce and keep it.
    public var recordChanged: ((ENR) -> Void)?

    private let loop: EventLoop
    private let core: Discv5
    private let log: Logger
    private var sockets: [LoopUDP] = []
    private var timer: LoopTimer?
    private var startedNanos: UInt64?
    private var lookupCallbacks: [UInt64: ([ENR]) -> Void] = [:]
    private var pingCallbacks: [UInt64: (SocketAddress?) -> Void] = [:]

    /// Lookups begin this long after the start, when the first sessions stand.
    static let quietNanos: UInt64 = 2_000_000_000

    /// Throws if our record would be too large.
    public init(loop: EventLoop, key: NodeKey, configuration: DiscoveryConfiguration, log: Logger = Logger("p2p.discovery")) throws(DecodingError) {
        self.loop = loop
        self.log = log
        core = try Discv5(key: key, configuration: configuration, now: EventLoop.monotonicNanos)
    }

    /// Binds the sockets. A record without port (0) gets the bound one.
    public func start() throws(EventLoopError) {
        guard startedNanos == nil else { return }
        do throws(EventLoopError) {
            for address in core.configuration.listen {
                let socket = try loop.udp(on: address, maximumBytes: DiscoveryPacket.maximumBytes) { [weak self] _, bytes, sender in self?.receive(bytes, from: sender) }
                sockets.append(socket)
            }
        } catch {
            stop()
            throw error
        }
        startedNanos = EventLoop.monotonicNanos
        for announced in [core.configuration.content.address4, core.configuration.content.address6] {
            guard var announced, announced.port == 0, let bound = sockets.lazy.compactMap(\.address).first(where: { $0.ip.isIPv6 == announced.ip.isIPv6 }) else { continue }
            announced.port = bound.port
            try? core.announce(announced)
        }
        timer = loop.every(.milliseconds(100)) { [weak self] in
            guard let self else { return }
            core.tick(now: EventLoop.monotonicNanos)
            flush()
        }
        log.info("Discovery started", ["nodeId": .string("\(core.localID)"), "enr": .string(core.record.text)])
        core.tick(now: EventLoop.monotonicNanos)
        flush()
    }

    public func stop() {
        timer?.cancel()
        timer = nil
        for socket in sockets { socket.cancel() }
        sockets = []
        startedNanos = nil
        lookupCallbacks = [:]
        pingCallbacks = [:]
    }

    public var localENR: ENR { core.record }
    public var nodeCount: Int { core.table.entries.count }
    /// Nodes in the table, nearest bucket first.
    public var routingTable: [ENR] { core.table.entries.map(\.record) }
    /// Nodes worth keeping for the next run: those that have answered, newest first.
    public var knownRecords: [ENR] { core.table.entries.filter(\.hasAnswered).sorted { $0.lastSeen > $1.lastSeen }.map(\.record) }
    public var counters: DiscoveryCounters { core.counters }
    /// Nodes that we share keys with.
    public var sessionCount: Int { core.sessions.count }
    /// Where the sockets are bound.
    public var addresses: [SocketAddress] { sockets.compactMap(\.address) }

    /// Takes a node into the table, if it is of our network. A permanent one (bootnode, trusted peer) stays whatever happens.
    public func add(_ record: ENR, isPermanent: Bool = false) {
        core.add(record, isPermanent: isPermanent, now: EventLoop.monotonicNanos)
        flush()
    }

    /// Changes the address in our record.
    public func announce(_ address: SocketAddress) throws(DecodingError) {
        try core.announce(address)
        flush()
    }

    /// Searches for the nodes nearest to `target`, by default a random one; not before two seconds after the start. What it
    /// finds is told to `discovered` too. The answer is empty if too many searches run.
    public func lookup(_ target: NodeID? = nil, _ finished: @escaping ([ENR]) -> Void = { _ in }) {
        guard let startedNanos else { return finished([]) }
        let now = EventLoop.monotonicNanos
        guard now >= startedNanos + Self.quietNanos else {
            loop.after(.nanoseconds(Int64(startedNanos + Self.quietNanos - now))) { [weak self] in self?.lookup(target, finished) }
            return
        }
        guard let number = core.startLookup(target, now: now) else { return finished([]) }
        lookupCallbacks[number] = finished
        flush()
    }

    /// Asks one node; the answer is the address that it saw us at, nil if it does not answer.
    public func ping(_ record: ENR, _ answered: @escaping (SocketAddress?) -> Void) {
        guard startedNanos != nil, let number = core.ping(record, now: EventLoop.monotonicNanos) else { return answered(nil) }
        pingCallbacks[number] = answered
        flush()
    }

    private func receive(_ bytes: UnsafeBufferPointer<UInt8>, from sender: SocketAddress) {
        core.receive(Array(bytes)[...], from: sender, now: EventLoop.monotonicNanos)
        flush()
    }

    private func flush() {
        let output = core.takeOutput()
        for datagram in output.datagrams {
            sockets.first { $0.isIPv6 == datagram.to.ip.isIPv6 }?.send(datagram.bytes, to: datagram.to)
        }
        for event in output.events {
            switch event {
            case .discovered(let record): discovered?(record)
            case .recordChanged(let record):
                log.info("Own record changed", ["enr": .string(record.text)])
                recordChanged?(record)
            case .ponged(let call, _, let ownAddress): pingCallbacks.removeValue(forKey: call)?(ownAddress)
            case .failed(let call): pingCallbacks.removeValue(forKey: call)?(nil)
            case .found: break
            case .lookupFinished(let lookup, let records): lookupCallbacks.removeValue(forKey: lookup)?(records)
            }
        }
    }
}
