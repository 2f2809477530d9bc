import Bytes
import EventLoop
import Glibc
import PeerIdentity
import PeerNetwork
import Protocol

/// Many light nodes in one process, all connected to the node under test and to nobody else.
final class Crowd: NetworkHandlers {
    let loop: EventLoop
    private(set) var nodes: [NetworkNode] = []
    private var publishing: LoopTimer?
    private(set) var published = 0

    init(_ loop: EventLoop, _ count: Int, target: ENR) throws {
        self.loop = loop
        for _ in 0..<count {
            var configuration = NetworkConfiguration(
                listen: SocketAddress(.loopback, 0), announced: [], networkVersion: testVersion, clientVersion: "0.87.7", agentVersion: "crowd")
            configuration.trusted = [target]
            configuration.hasDiscovery = false
            configuration.disablesColocationPenalty = true
            nodes.append(try NetworkNode(configuration, key: NodeKey.generate(), loop: loop, handlers: self))
        }
    }

    /// A few at a time, so that nobody's limit on new connections is met.
    func start(perSecond: Int = 50) throws {
        for (index, node) in nodes.enumerated() {
            loop.after(.milliseconds(index * 1000 / perSecond)) { try? node.start() }
        }
    }

    var connected: Int { nodes.count { $0.counters.peers > 0 } }

    func publish(_ perSecond: Int, _ bytes: Int) {
        publishing?.cancel()
        guard perSecond > 0 else { return }
        publishing = loop.every(.microseconds(1_000_000 / perSecond)) { [unowned self] in
            guard let node = nodes.randomElement() else { return }
            var writer = ByteWriter(reserving: bytes)
            writer.write(EventLoop.monotonicNanos)
            var filling = UInt64.random(in: .min ... .max)
            while writer.bytes.count < bytes {
                writer.write(filling ^ filling >> 29)
                filling = filling &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            }
            guard let id = try? Bytes32(prefixOf: writer.bytes) else { return }
            if node.publish(.tx, id: id, writer.bytes) > 0 { published += 1 }
        }
    }

    func stop() {
        publishing?.cancel()
        for node in nodes { node.stop() }
    }

    func network(_ node: NetworkNode, validate message: P2PMessage, on topic: GossipTopic, from peer: PeerID, _ judged: @escaping (GossipJudgement) -> Void) { judged(.accept) }
    func network(_ node: NetworkNode, transaction hash: Bytes32, _ reply: @escaping ([UInt8]?) -> Void) { reply(nil) }
    func network(_ node: NetworkNode, block number: UInt64, _ reply: @escaping ([UInt8]?) -> Void) { reply(nil) }
    func network(_ node: NetworkNode, judge transaction: [UInt8], requested hash: Bytes32, from peer: PeerID, _ verdict: @escaping (ResponseVerdict) -> Void) { verdict(.valid) }
}

/// `bench`: peers × messages per second; `idle`: the same without messages. Prints processor and memory of the node alone.
func runBench(_ options: Options, idle: Bool) throws {
    let peers = options.int("peers", idle ? 100 : 200)
    let rate = idle ? 0 : options.int("rate", 100)
    let bytes = options.int("bytes", 60_000)
    let seconds = options.int("seconds", 30)
    let stage = try Stage(options)
    defer { stage.stop() }
    let node = stage.node(0, bootnodes: "", ["--max-peers", "\(peers + 10)"])
    try node.start()
    guard stage.wait(30, until: { !node.record.isEmpty }) else { fail("the node does not start") }
    let crowd = try Crowd(stage.loop, peers, target: try ENR(text: node.record))
    try crowd.start()
    guard stage.wait(120, until: { crowd.connected == peers }) else { fail("\(crowd.connected) of \(peers) peers are connected after 120 s") }
    _ = stage.wait(5)
    node.send("reset")
    stage.refresh([node])
    let before = node.stats
    let from = EventLoop.monotonicNanos
    crowd.publish(rate, bytes)
    var most: Double = 0
    for _ in 0..<seconds {
        _ = stage.wait(1)
        most = max(most, Double(Figures.resident(node.processID)))
    }
    crowd.publish(0, 0)
    stage.refresh([node])
    let took = Double(EventLoop.monotonicNanos - from) / 1e9
    let cpu = (node.stats["cpu", default: 0] - before["cpu", default: 0]) / took
    print("\(peers) peers, \(Figures.tenths(Double(crowd.published) / took)) messages/s of \(bytes) bytes, \(Figures.tenths(took)) s")
    print("node: \(Figures.tenths(cpu * 100)) % of a core, resident at most \(Figures.megabytes(Int(most))), seen \(Int(node.stats["seen", default: 0])) of \(crowd.published) published")
    print("latency from publisher to the node's validation, ms: p50 \(Figures.tenths(node.stats["p50", default: 0])) p99 \(Figures.tenths(node.stats["p99", default: 0]))")
    crowd.stop()
}
