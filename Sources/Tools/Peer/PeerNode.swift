import Bytes
import EventLoop
import Glibc
import JSON
import PeerIdentity
import PeerNetwork
import PeerTransport
import Protocol

/// A node of the network that also echoes and pings, does what it is told and tells what happens.
final class PeerNode {
    static let echoProtocol = "/quetzal/echo/1.0.0"
    static let pingProtocol = "/ipfs/ping/1.0.0"

    private let loop: EventLoop
    private let key: NodeKey
    private let swarm: Swarm
    fileprivate var node: NetworkNode!
    private let seconds: Int
    private var input: [UInt8] = []
    private var exchanges: [Exchange] = []

    init(_ options: PeerOptions, loop: EventLoop) throws {
        self.loop = loop
        seconds = options.seconds
        var configuration = SwarmConfiguration(agentVersion: "quetzal-peer")
        configuration.listen = options.listen
        configuration.muxers = options.muxers
        configuration.servesGenericIdentify = true
        configuration.newPerSecondAndIP = 100
        key = NodeKey.generate()
        swarm = Swarm(loop: loop, key: key, configuration: configuration)
        var network = NetworkConfiguration(
            listen: options.listen, announced: [], networkVersion: options.version, clientVersion: "0.87.7", agentVersion: "quetzal-peer")
        network.hasDiscovery = false
        network.disablesColocationPenalty = true
        network.floodPublish = options.publishesToAll
        (network.gossipLow, network.gossipDegree, network.gossipHigh) = options.mesh
        if let score = options.suggestionScore { network.suggestionScore = score }
        node = try NetworkNode(network, key: key, loop: loop, swarm: swarm, handlers: self)
        swarm.handle(Self.echoProtocol, maxInboundPerConnection: 32) { [unowned self] stream in
            let exchange = Exchange(stream, sending: nil) { [unowned self] in finish($0, $1) }
            exchanges.append(exchange)
        }
        try node.start()
        swarm.delegate = self
        swarm.announced = [SocketAddress(options.listen.ip, swarm.port!)]
    }

    func run() throws {
        tell("listening") {
            $0.member("peer", "\(swarm.localID)")
            $0.member("port", Int(swarm.port!))
        }
        _ = fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK)
        try loop.watch(0, for: .readable) { [unowned self] _ in readInput() }
        loop.after(.seconds(seconds)) { [unowned self] in loop.stop() }
        loop.run()
        swarm.stop()
        for _ in 0..<10 { loop.poll() }
    }

    private func topic(_ name: String) throws -> GossipTopic {
        guard let topic = GossipTopic(rawValue: name) else { throw PeerOptions.Failure(description: "no topic \(name)") }
        return topic
    }

    private func bytes(_ text: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(text) else { throw PeerOptions.Failure(description: "not hexadecimal: \(text)") }
        return bytes
    }

    private func publish(_ topic: GossipTopic, _ payload: [UInt8]) throws {
        let id = try Bytes32(prefixOf: Array(payload.prefix(32)) + [UInt8](repeating: 0, count: max(0, 32 - payload.count)))
        let count = node.publish(topic, id: id, payload)
        tell("published") {
            $0.member("topic", topic.rawValue)
            $0.member("recipients", count)
        }
    }

    private func request(_ kind: RequestProtocol, of peer: PeerID, _ request: [UInt8]) {
        node.client.send(kind, to: peer, request) { [unowned self] result in
            switch result {
            case .failure(let failure):
                tell("failed") {
                    $0.member("protocol", kind.rawValue)
                    $0.member("reason", "\(failure)")
                }
            case .success(let response):
                tell("response") {
                    $0.member("protocol", kind.rawValue)
                    $0.member("status", Int(response.status.rawValue))
                    $0.member("data", Hex.encode(response.data))
                }
            }
        }
    }

    fileprivate func tell(_ event: String, _ members: (inout JSONWriter) -> Void = { _ in }) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("event", event)
        members(&writer)
        writer.endObject()
        print(String(decoding: writer.bytes, as: UTF8.self))
    }

    // MARK: Commands

    private func readInput() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(0, &buffer, buffer.count)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN { loop.stop() }
            return
        }
        input += buffer[..<count]
        while let end = input.firstIndex(of: 0x0a) {
            let line = String(decoding: input[..<end], as: UTF8.self)
            input.removeFirst(end + 1)
            do { try obey(line.split(separator: " ").map(String.init)) } catch { tell("error") { $0.member("reason", "\(line): \(error)") } }
        }
    }

    private func obey(_ words: [String]) throws {
        func word(_ index: Int) throws -> String {
            guard index < words.count else { throw PeerOptions.Failure(description: "too few words") }
            return words[index]
        }
        switch try word(0) {
        case "dial":
            let address = try Multiaddr(text: try word(1))
            guard let peer = address.peer else { throw PeerOptions.Failure(description: "the address names no peer") }
            swarm.dial(PeerAddress(id: peer, socket: address.socket))
        case "echo": open(try PeerID(text: try word(1)), Self.echoProtocol, (0..<(Int(try word(2)) ?? 0)).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 4) })
        case "ping": open(try PeerID(text: try word(1)), Self.pingProtocol, (0..<32).map { _ in UInt8.random(in: .min ... .max) })
        case "publish": try publish(try topic(try word(1)), try bytes(try word(2)))
        case "mesh":
            let topic = try topic(try word(1))
            tell("mesh") { writer in
                writer.member("topic", topic.rawValue)
                writer.key("peers")
                writer.beginArray()
                for peer in node.gossip.mesh(topic) { writer.value("\(peer)") }
                writer.endArray()
            }
        case "request":
            guard let kind = RequestProtocol(rawValue: "/aztec/req/\(try word(1))/0.1.0") else { throw PeerOptions.Failure(description: "no protocol \(words[1])") }
            request(kind, of: try PeerID(text: try word(2)), try bytes(words.count > 3 ? words[3] : ""))
        case "record":
            let addresses = swarm.announced.map { Multiaddr($0).bytes }
            tell("record") { $0.member("envelope", Hex.encode(SignedPeerRecord(peer: key.id, sequence: 1, addresses: addresses).sealed(by: key))) }
        case "close": swarm.disconnect(try PeerID(text: try word(1)), reason: "told to")
        case "leave":
            node.stop { [unowned self] in
                tell("left")
                loop.stop()
            }
        case "quit": loop.stop()
        case let other: throw PeerOptions.Failure(description: "unknown command \(other)")
        }
    }

    /// Sends `bytes` and waits for the same.
    private func open(_ peer: PeerID, _ name: String, _ bytes: [UInt8]) {
        swarm.openStream(to: peer, [name], timeoutMillis: 5000) { [unowned self] result in
            switch result {
            case .failure(let failure):
                tell("failed") {
                    $0.member("protocol", name)
                    $0.member("reason", "\(failure)")
                }
            case .success(let stream): exchanges.append(Exchange(stream, sending: bytes) { [unowned self] in finish($0, $1) })
            }
        }
    }

    private func finish(_ exchange: Exchange, _ outcome: String) {
        exchanges.removeAll { $0 === exchange }
        tell(exchange.isOurs ? "exchanged" : "echoed") {
            $0.member("protocol", exchange.name)
            $0.member("peer", "\(exchange.peer)")
            $0.member("bytes", exchange.received)
            $0.member("outcome", outcome)
        }
    }
}

// The node hears of everything first.
extension PeerNode: SwarmDelegate {
    func swarm(opened connection: ConnectionInfo) {
        node.swarm(opened: connection)
        tell("connected") {
            $0.member("peer", "\(connection.peer)")
            $0.member("outbound", connection.isOutbound)
        }
    }

    func swarm(closed connection: ConnectionInfo, isLast: Bool, reason: String) {
        node.swarm(closed: connection, isLast: isLast, reason: reason)
        tell("disconnected") {
            $0.member("peer", "\(connection.peer)")
            $0.member("reason", reason)
        }
    }

    func swarm(identified peer: PeerID, as identification: PeerIdentification) {
        node.swarm(identified: peer, as: identification)
        tell("identified") { writer in
            writer.member("peer", "\(peer)")
            writer.member("agent", identification.agentVersion)
            writer.key("protocols")
            writer.beginArray()
            for name in identification.protocols { writer.value(name) }
            writer.endArray()
        }
    }

    func swarm(dialFailed address: PeerAddress, reason: String) {
        node.swarm(dialFailed: address, reason: reason)
        tell("dial failed") {
            $0.member("peer", "\(address.id)")
            $0.member("reason", reason)
        }
    }
}

// Accepts every message; has every transaction whose hash does not begin with 0, and the blocks below 1000.
extension PeerNode: NetworkHandlers {
    func network(_ node: NetworkNode, validate message: P2PMessage, on topic: GossipTopic, from peer: PeerID, _ judged: @escaping (GossipJudgement) -> Void) {
        tell("message") {
            $0.member("topic", topic.rawValue)
            $0.member("peer", "\(peer)")
            $0.member("payload", Hex.encode(message.payload))
        }
        judged(.accept)
    }

    func network(_ node: NetworkNode, transaction hash: Bytes32, _ reply: @escaping ([UInt8]?) -> Void) {
        let bytes = hash.serialized
        reply(bytes[0] == 0 ? nil : Array((0..<100).map { _ in bytes }.joined()))
    }

    func network(_ node: NetworkNode, block number: UInt64, _ reply: @escaping ([UInt8]?) -> Void) { reply(number < 1000 ? Array("block \(number)".utf8) : nil) }

    func network(_ node: NetworkNode, judge transaction: [UInt8], requested hash: Bytes32, from peer: PeerID, _ verdict: @escaping (ResponseVerdict) -> Void) {
        verdict(.valid)
    }
}
