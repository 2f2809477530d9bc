import Bytes
import Compression
import EventLoop
import Glibc
import PeerIdentity
import PeerNetwork
import PeerTransport
import Protocol

/// Many peers in one process, all connected to the node under test and to nobody else. Each has its own identity, connection
/// and gossip stream, takes part in the mesh when it is asked, and reads whatever comes without looking into it: as peers
/// do that have heard everything from others already.
final class Crowd {
    /// One of them.
    private final class Member: PeerStreamOwner {
        let swarm: Swarm
        /// What we send on.
        var outbound: (any PeerStream)?
        var received = 0
        var onBytes: (Member) -> Void = { _ in }

        init(_ loop: EventLoop) { swarm = Swarm(loop: loop, key: NodeKey.generate(), configuration: SwarmConfiguration(agentVersion: "crowd")) }

        func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
            received += bytes.count
            stream.consumed(bytes.count)
            onBytes(self)
        }
        func streamEnded(_ stream: any PeerStream) {}
        func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { if stream === outbound { outbound = nil } }
    }

    private static let topic = GossipTopic.tx.name(version: testVersion)
    private static let gossip = "/meshsub/1.1.0"

    private let loop: EventLoop
    private let target: PeerAddress
    private let members: [Member]
    private var timers: [LoopTimer] = []
    private var publishing: LoopTimer?
    private(set) var published = 0
    /// Milliseconds from a message's way to the node until it has come whole from the node to another peer, for each that got it.
    private(set) var hops: [Double] = []
    private var underWay: (bytes: Int, sent: UInt64, marks: [ObjectIdentifier: Int])?

    init(_ loop: EventLoop, _ count: Int, target: PeerAddress) throws {
        self.loop = loop
        self.target = target
        members = (0..<count).map { _ in Member(loop) }
    }

    /// A few at a time, so that nobody's limit on new connections is met.
    func start(perSecond: Int = 50) throws {
        for (index, member) in members.enumerated() {
            member.swarm.handle(Self.gossip, maxInboundPerConnection: 4) { $0.owner = member }
            member.onBytes = { [unowned self] in arrived($0) }
            try member.swarm.start()
            loop.after(.milliseconds(index * 1000 / perSecond)) { [self] in member.swarm.dial(target) }
        }
        timers.append(loop.every(.milliseconds(500)) { [unowned self] in for member in members where member.outbound == nil { open(member) } })
    }

    private func open(_ member: Member) {
        guard member.swarm.isConnected(target.id) else { return member.swarm.dial(target) }
        member.swarm.openStream(to: target.id, [Self.gossip], timeoutMillis: 5000) {
            guard case .success(let stream) = $0 else { return }
            guard member.outbound == nil else { return stream.reset() }
            stream.owner = member
            member.outbound = stream
            var subscription = ProtobufWriter()
            subscription.write(1, 1)
            subscription.write(2, Self.topic)
            var rpc = ProtobufWriter()
            rpc.write(1, subscription.bytes)
            stream.write(Varint.encode(UInt64(rpc.bytes.count)) + rpc.bytes)
        }
    }

    var connected: Int { members.count { $0.outbound != nil } }

    /// A transaction of this size, that nothing can be saved of, on its way from one of them.
    private func publish(_ bytes: Int) {
        guard let member = members.randomElement(), let stream = member.outbound, stream.queuedBytes < 1 << 20 else { return }
        var writer = ByteWriter(reserving: bytes)
        writer.write(EventLoop.monotonicNanos)
        var filling = UInt64.random(in: .min ... .max)
        while writer.bytes.count < bytes {
            writer.write(filling ^ filling >> 29)
            filling = filling &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        }
        guard let id = try? Bytes32(prefixOf: writer.bytes) else { return }
        let envelope = P2PMessage(publishTime: 0, id: id, payload: writer.bytes)
        var message = ProtobufWriter()
        message.write(2, Snappy.compress(envelope.serialized))
        message.write(4, Self.topic)
        var rpc = ProtobufWriter()
        rpc.write(2, message.bytes)
        let frame = Varint.encode(UInt64(rpc.bytes.count)) + rpc.bytes
        underWay = (frame.count, EventLoop.monotonicNanos, Dictionary(uniqueKeysWithValues: members.map { (ObjectIdentifier($0), $0.received) }))
        stream.write(frame)
        published += 1
    }

    /// Counts what is whole only when nothing else can be meant: at most one message at a time is under way at low rates.
    private func arrived(_ member: Member) {
        guard let sent = underWay, let mark = sent.marks[ObjectIdentifier(member)], member.received - mark >= sent.bytes else { return }
        underWay?.marks[ObjectIdentifier(member)] = nil
        if hops.count < 1 << 20 { hops.append(Double(EventLoop.monotonicNanos - sent.sent) / 1e6) }
    }

    func publish(_ perSecond: Int, _ bytes: Int) {
        publishing?.cancel()
        publishing = nil
        hops = []
        underWay = nil
        guard perSecond > 0 else { return }
        publishing = loop.every(.microseconds(1_000_000 / perSecond)) { [unowned self] in publish(bytes) }
    }

    func stop() {
        publishing?.cancel()
        for timer in timers { timer.cancel() }
        for member in members { member.swarm.stop() }
    }
}

/// `bench`: peers × messages per second, then a few messages one by one for the time a hop takes; `idle`: peers without
/// messages. Prints processor and memory of the node alone. The node reads the envelope and accepts everything.
func runBench(_ options: Options, idle: Bool) throws {
    let peers = options.int("peers", idle ? 100 : 200)
    let rate = idle ? 0 : options.int("rate", 100)
    let bytes = options.int("bytes", 60_000)
    let seconds = options.int("seconds", 30)
    let stage = try Stage(options)
    defer { stage.stop() }
    let node = stage.node(0, bootnodes: "", ["--max-peers", "\(peers + 10)"])
    try node.start()
    guard stage.wait(30, until: { !node.record.isEmpty }), let target = KnownPeer(try ENR(text: node.record))?.address else { fail("the node does not start") }
    let crowd = try Crowd(stage.loop, peers, target: target)
    defer { crowd.stop() }
    try crowd.start()
    guard stage.wait(120, until: { crowd.connected == peers }) else { fail("\(crowd.connected) of \(peers) peers are connected after 120 s") }
    _ = stage.wait(5)
    func measure(_ rate: Int, _ bytes: Int) {
        node.send("reset")
        stage.refresh([node])
        let before = node.stats, sent = crowd.published
        let from = EventLoop.monotonicNanos
        crowd.publish(rate, bytes)
        var most = 0
        for _ in 0..<seconds {
            _ = stage.wait(1)
            most = max(most, Figures.resident(node.processID))
        }
        let hops = crowd.hops
        crowd.publish(0, 0)
        let took = Double(EventLoop.monotonicNanos - from) / 1e9
        _ = stage.wait(0.5)
        stage.refresh([node])
        let cpu = (node.stats["cpu", default: 0] - before["cpu", default: 0]) / took
        let count = crowd.published - sent
        print("\(peers) peers, \(Figures.tenths(Double(count) / took)) messages/s of \(bytes) bytes, \(Figures.tenths(took)) s: node \(Figures.tenths(cpu * 100)) % of a core, resident at most \(Figures.megabytes(most)), seen \(Int(node.stats["seen", default: 0] - before["seen", default: 0])) of \(count)")
        if rate > 0 {
            print("  ms from publisher to the node's validation: p50 \(Figures.tenths(node.stats["p50", default: 0])) p99 \(Figures.tenths(node.stats["p99", default: 0]))")
            if rate <= 20 { print("  ms from publisher through the node to the next peer: p50 \(Figures.tenths(Figures.quantile(hops, 0.5))) p99 \(Figures.tenths(Figures.quantile(hops, 0.99))) (\(hops.count))") }
        }
    }
    measure(rate, bytes)
    if !idle {
        measure(10, bytes)
        measure(10, 1000)
    }
}
