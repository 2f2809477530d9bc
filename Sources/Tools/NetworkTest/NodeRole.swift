import Bytes
import EventLoop
import Glibc
import PeerDiscovery
import PeerGossip
import PeerIdentity
import PeerNetwork
import Protocol

let testVersion = "00-31337-8d1cc702-1-0b6b5f6c-0ea51da4"

/// A child: one network node that gossips opaque bytes, told what to do by lines on standard input.
///
/// Commands: `publish COUNT BYTES`, `rate PER_SECOND BYTES`, `stats`, `reset`, `stop`. Answers begin with the command's word.
final class NodeRole: NetworkHandlers {
    private let loop: EventLoop
    private var node: NetworkNode?
    private var seen: Set<UInt64> = []
    private var digest: UInt64 = 0
    private var latencies: [Double] = []
    private var publishing: LoopTimer?
    private var input: LineReader?
    private var largest = 0
    /// Given to whoever asks for a transaction; does not compress.
    private let answer: [UInt8]?

    init(_ options: Options) throws {
        loop = try EventLoop()
        answer = options["answer"].flatMap { Int($0) }.map { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } }
        let port = UInt16(options.int("port", 0))
        let data = options["data"] ?? "/tmp/quetzal-network"
        let key = try NodeKeySource(configured: options["key"], path: nil, dataDirectory: data).find().key
        let address = SocketAddress(.loopback, port)
        var configuration = NetworkConfiguration(
            listen: address, announced: [address], networkVersion: testVersion, clientVersion: "0.87.7", agentVersion: "quetzal-network")
        configuration.bootnodes = try (options["bootnodes"] ?? "").split(separator: ",").map { try ENR(text: $0) }
        configuration.trusted = try (options["trusted"] ?? "").split(separator: ",").map { try ENR(text: $0) }
        configuration.maxPeers = options.int("max-peers", 100)
        configuration.peerCheckMillis = options.int("check", 30_000)
        configuration.floodPublish = options["flood"] == "true"
        configuration.disablesColocationPenalty = true
        configuration.maxPerIP = 1000
        configuration.newPerSecondAndIP = options.int("new-per-second", 1000)
        configuration.hasDiscovery = options["discovery"] != "false"
        configuration.seenCacheSize = options.int("seen", configuration.seenCacheSize)
        configuration.seenMillis = options.int("seen-millis", configuration.seenMillis)
        let node = try NetworkNode(configuration, key: key, loop: loop, store: FilePeerStore(path: "\(data)/peers"), handlers: self)
        self.node = node
        try node.start()
        writeLine(1, "ready \(node.record?.text ?? "-") \(key.id)")
        input = try LineReader(loop, 0) { [unowned self] in obey($0) } ended: { [unowned self] in stop() }
        try loop.onSignal(SIGTERM) { [unowned self] in stop() }.isEssential = false
    }

    func run() { loop.run() }

    private func stop() {
        input?.cancel()
        publishing?.cancel()
        guard let node else { return loop.stop() }
        node.stop { [loop] in loop.stop() }
    }

    private func obey(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        let numbers = words.dropFirst().compactMap { Int($0) }
        switch words.first {
        case "publish" where numbers.count == 2: for _ in 0..<numbers[0] { publish(numbers[1]) }
        case "rate" where numbers.count == 2:
            publishing?.cancel()
            guard numbers[0] > 0 else { return }
            publishing = loop.every(.microseconds(1_000_000 / numbers[0])) { [unowned self] in publish(numbers[1]) }
        case "stats": writeLine(1, stats())
        case "reset":
            // All that is kept for figures: what grows then is the node.
            latencies = []
            seen = []
            digest = 0
            largest = 0
        case "stop": stop()
        default: writeLine(1, "what \(line)")
        }
    }

    private func stats() -> String {
        guard let node else { return "stats" }
        let counters = node.counters
        let (gossip, discovery) = (node.gossip.counters, node.discovery?.counters)
        let fields: [(String, String)] = [
            ("peers", "\(counters.peers)"), ("inbound", "\(counters.inboundPeers)"), ("opened", "\(counters.connectionsOpened)"), ("closed", "\(counters.connectionsClosed)"),
            ("banned", "\(counters.goodbyesSent[.banned] ?? 0)"), ("negative", "\(node.peers(includePending: false).count { $0.gossipScore < 0 })"),
            ("gossip-cut", "\(gossip.cut)"), ("invalid", "\(gossip.invalid)"), ("delivered", "\(gossip.delivered)"),
            ("udp-in", "\(discovery?.received ?? 0)"), ("udp-malformed", "\(discovery?.malformed ?? 0)"), ("udp-out", "\(discovery?.sent ?? 0)"),
            ("seen", "\(seen.count)"), ("digest", "\(digest)"),
            ("p50", "\(Figures.quantile(latencies, 0.5))"), ("p99", "\(Figures.quantile(latencies, 0.99))"), ("max", "\(latencies.max() ?? 0)"),
            ("cpu", "\(Figures.processor())"), ("rss", "\(Figures.resident())"),
        ]
        return "stats " + fields.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    /// Time of sending, a number that names it, and filling that does not compress.
    private func publish(_ bytes: Int) {
        let name = UInt64.random(in: .min ... .max)
        var writer = ByteWriter(reserving: bytes)
        writer.write(EventLoop.monotonicNanos)
        writer.write(name)
        var filling = name
        while writer.bytes.count < bytes {
            filling = filling &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            writer.write(filling ^ filling >> 29)
        }
        note(name)
        guard let id = try? Bytes32(prefixOf: Array(writer.bytes.prefix(16)) + [UInt8](repeating: 0, count: 16)) else { return }
        node?.publish(.tx, id: id, writer.bytes)
    }

    private func note(_ name: UInt64) { if seen.insert(name).inserted { digest ^= name } }

    // MARK: Handlers

    func network(_ node: NetworkNode, validate message: P2PMessage, on topic: GossipTopic, from peer: PeerID, _ judged: @escaping (GossipJudgement) -> Void) {
        var reader = ByteReader(message.payload)
        guard let sent = try? reader.readUInt64(), let name = try? reader.readUInt64() else { return judged(GossipJudgement(.reject)) }
        note(name)
        largest = max(largest, message.payload.count)
        if latencies.count < 1 << 20 { latencies.append((Double(EventLoop.monotonicNanos) - Double(sent)) / 1e6) }
        judged(.accept)
    }

    func network(_ node: NetworkNode, transaction hash: Bytes32, _ reply: @escaping ([UInt8]?) -> Void) { reply(answer) }
    func network(_ node: NetworkNode, block number: UInt64, _ reply: @escaping ([UInt8]?) -> Void) { reply(nil) }
    func network(_ node: NetworkNode, judge transaction: [UInt8], requested hash: Bytes32, from peer: PeerID, _ verdict: @escaping (ResponseVerdict) -> Void) {
        verdict(.valid)
    }
}

/// A child that is nothing but a discv5 node.
func runBootnode(_ options: Options) throws {
    let loop = try EventLoop()
    let address = SocketAddress(.loopback, UInt16(options.int("port", 0)))
    let key = try NodeKeySource(configured: nil, path: nil, dataDirectory: options["data"]).find().key
    let content = RecordContent(role: .bootnode, networkVersion: "00-31337-00000000-0-0b6b5f6c-0ea51da4", addresses: [address])
    let service = try DiscoveryService(loop: loop, key: key, configuration: DiscoveryConfiguration(listen: [address], content: content, requiredVersion: nil))
    try service.start()
    writeLine(1, "ready \(service.localENR.text) \(key.id)")
    let input = try LineReader(loop, 0) { line in
        if line == "stats" { writeLine(1, "stats table=\(service.routingTable.count) cpu=\(Figures.processor()) rss=\(Figures.resident())") }
        if line == "stop" { loop.stop() }
    } ended: {
        loop.stop()
    }
    loop.run()
    input.cancel()
    service.stop()
}
