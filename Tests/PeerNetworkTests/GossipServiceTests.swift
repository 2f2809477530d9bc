import Bytes
import EventLoop
import Glibc
import PeerGossip
import PeerIdentity
import PeerNetwork
import PeerTransport
import Protocol
import Signatures
import Testing

/// Gossip over real connections on loopback, driven by one loop.
private final class GossipNet {
    final class Node {
        let key = NodeKey.generate()
        var swarm: Swarm!
        var service: GossipService!
        var received: [(topic: GossipTopic, message: P2PMessage, sender: PeerID)] = []
        var verdict = GossipJudgement.accept
        var penalties: [PeerID: Int] = [:]
    }

    private final class Delegate: SwarmDelegate {
        weak var node: Node?
        func swarm(opened connection: ConnectionInfo) {}
        func swarm(closed connection: ConnectionInfo, isLast: Bool, reason: String) { if isLast { node?.service.closed(connection.peer) } }
        func swarm(identified peer: PeerID, as identification: PeerIdentification) { node?.service.identified(peer, protocols: identification.protocols) }
        func swarm(dialFailed address: PeerAddress, reason: String) {}
    }

    let loop = try! EventLoop()
    private(set) var nodes: [Node] = []
    private var delegates: [Delegate] = []

    /// libuv leaves it to the program to ignore writes to closed sockets.
    private static let quiet: Void = { signal(SIGPIPE, SIG_IGN) }()

    /// `score`: the peer manager's, of everybody.
    init(_ count: Int, topics: [GossipTopic] = GossipTopic.allCases, score: Double = 0) throws {
        Self.quiet
        for _ in 0..<count {
            let node = Node()
            var configuration = SwarmConfiguration(agentVersion: "test")
            configuration.listen = SocketAddress(.loopback, 0)
            configuration.newPerSecondAndIP = 100
            configuration.maxUpgrading = 100
            node.swarm = Swarm(loop: loop, key: node.key, configuration: configuration)
            var settings = GossipSettings(networkVersion: "00-1-test")
            settings.topics = topics
            settings.heartbeatMillis = 50
            node.service = GossipService(
                settings, swarm: node.swarm, loop: loop, applicationScore: { _ in score }, penalize: { [unowned node] peer, _ in node.penalties[peer, default: 0] += 1 }
            ) { [unowned node] topic, message, _, sender, judged in
                node.received.append((topic, message, sender))
                judged(node.verdict)
            }
            let delegate = Delegate()
            delegate.node = node
            node.swarm.delegate = delegate
            node.service.start()
            try node.swarm.start()
            nodes.append(node)
            delegates.append(delegate)
        }
    }

    deinit {
        for node in nodes {
            node.service.stop()
            node.swarm.stop()
        }
    }

    func run(_ seconds: Double = 20, until condition: () -> Bool) -> Bool {
        let end = EventLoop.monotonicNanos + UInt64(seconds * 1e9)
        let ticker = loop.every(.milliseconds(5)) {}
        defer { ticker.cancel() }
        while !condition(), EventLoop.monotonicNanos < end { loop.runOnce() }
        return condition()
    }

    func dial(_ from: Int, _ to: Int) { nodes[from].swarm.dial(PeerAddress(id: nodes[to].swarm.localID, socket: SocketAddress(.loopback, nodes[to].swarm.port!))) }

    func message(_ byte: UInt8, size: Int = 100) -> P2PMessage {
        P2PMessage(publishTime: 1, id: Bytes32([UInt8](repeating: byte, count: 32))!, payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ Int(byte)) })
    }
}

/// A stream without an owner would be reset.
private final class Listener: PeerStreamOwner {
    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) { stream.consumed(bytes.count) }
    func streamEnded(_ stream: any PeerStream) {}
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) {}
}

@Suite struct GossipServiceTests {
    @Test func aLineOfNodesPassesMessagesOn() throws {
        let net = try GossipNet(4)
        for index in 0..<3 { net.dial(index, index + 1) }
        #expect(net.run { (0..<4).allSatisfy { net.nodes[$0].service.mesh(.tx).count == ($0 == 0 || $0 == 3 ? 1 : 2) } })
        // A transaction of 180 KB, both ways, and small things on the other topics.
        let large = net.message(7, size: 180_000)
        #expect(try net.nodes[0].service.publish(.tx, large) == 1)
        #expect(net.run { net.nodes[1...].allSatisfy { $0.received.count == 1 } })
        for node in net.nodes[1...] { #expect(node.received.first?.message == large && node.received.first?.topic == .tx) }
        #expect(net.nodes[3].received.first?.sender == net.nodes[2].swarm.localID)
        try net.nodes[3].service.publish(.blockProposal, net.message(8))
        try net.nodes[3].service.publish(.blockAttestation, net.message(9))
        #expect(net.run { net.nodes[0].received.count == 2 })
        #expect(net.nodes[0].received.map(\.topic) == [.blockProposal, .blockAttestation])
        #expect(throws: PublishFailure.duplicate) { try net.nodes[0].service.publish(.tx, large) }
        #expect(net.nodes.allSatisfy { $0.penalties.isEmpty && $0.service.counters.malformed == 0 && $0.service.counters.invalid == 0 })
    }

    @Test func manyLargeMessagesArriveInFull() throws {
        let net = try GossipNet(3)
        net.dial(0, 1)
        net.dial(1, 2)
        #expect(net.run { net.nodes[1].service.mesh(.tx).count == 2 })
        var sent = 0
        // Twelve megabytes at once is more than a peer's queue holds; a few at a time all arrive.
        for round in 0..<6 {
            for index in 0..<8 {
                try net.nodes[0].service.publish(.tx, net.message(UInt8(8 * round + index), size: 250_000))
                sent += 1
            }
            #expect(net.run { net.nodes[2].received.count == sent })
        }
        #expect(Set(net.nodes[2].received.map(\.message)).count == 48)
    }

    @Test func whatIsRejectedStopsAndCostsItsSender() throws {
        let net = try GossipNet(3)
        net.dial(0, 1)
        net.dial(1, 2)
        #expect(net.run { net.nodes[1].service.mesh(.tx).count == 2 })
        net.nodes[1].verdict = GossipJudgement(.reject, penalty: .low)
        try net.nodes[0].service.publish(.tx, net.message(1))
        #expect(net.run { net.nodes[1].received.count == 1 })
        #expect(!net.run(0.3) { !net.nodes[2].received.isEmpty })
        #expect(net.nodes[1].penalties == [net.nodes[0].swarm.localID: 1])
        #expect(net.nodes[1].service.counters.rejected == 1)
        // No wrapper: dropped without blame.
        let id = try net.nodes[0].service.router.publish([1, 2, 3], topic: 0, now: EventLoop.monotonicNanos / 1_000_000)
        #expect(id.recipients == 1)
        net.nodes[1].verdict = .accept
        try net.nodes[0].service.publish(.tx, net.message(2))
        #expect(net.run { net.nodes[2].received.count == 1 })
        #expect(net.nodes[1].service.counters.ignored == 1 && net.nodes[1].penalties.count == 1)
    }

    @Test func aPeerThatGoesAndComesBackHearsAgain() throws {
        let net = try GossipNet(2)
        net.dial(0, 1)
        #expect(net.run { net.nodes.allSatisfy { $0.service.mesh(.tx).count == 1 } })
        net.nodes[0].swarm.disconnect(net.nodes[1].swarm.localID, reason: "test")
        #expect(net.run { net.nodes.allSatisfy { $0.service.subscribers(.tx).isEmpty && $0.service.sizes.queuedBytes == 0 } })
        net.dial(1, 0)
        #expect(net.run { net.nodes.allSatisfy { $0.service.subscribers(.tx).count == 1 } })
        // Not in the mesh's back-off: nobody pruned anybody.
        #expect(net.run { net.nodes.allSatisfy { $0.service.mesh(.tx).count == 1 } })
        try net.nodes[0].service.publish(.tx, net.message(3))
        #expect(net.run { net.nodes[1].received.count == 1 })
    }

    /// A peer's stream that breaks is opened again, although the reference would not.
    @Test func aBrokenStreamIsOpenedAgain() throws {
        let net = try GossipNet(1)
        let key = NodeKey.generate()
        var configuration = SwarmConfiguration(agentVersion: "test")
        configuration.newPerSecondAndIP = 100
        let stranger = Swarm(loop: net.loop, key: key, configuration: configuration)
        var streams: [any PeerStream] = []
        stranger.handle("/meshsub/1.1.0", maxInboundPerConnection: 32) { streams.append($0) }
        try stranger.start()
        stranger.dial(PeerAddress(id: net.nodes[0].swarm.localID, socket: SocketAddress(.loopback, net.nodes[0].swarm.port!)))
        #expect(net.run { streams.count == 1 })
        streams[0].reset()
        #expect(net.run { streams.count == 2 })
        stranger.stop()
    }

    /// A node prunes us and names others: who is named in its own signed record is dialled, who is in a forged one is not.
    @Test func suggestedPeersAreDialledWhenTheyVouchForTheirAddress() throws {
        let net = try GossipNet(3, score: 20)
        let (us, other, victim) = (net.nodes[0], net.nodes[1], net.nodes[2])
        var manager = PeerManager(localID: us.swarm.localID, configuration: PeerManagerConfiguration(), unixOffset: 0)
        us.service.onSuggested = { peers in
            for peer in peers { manager.suggested(peer, now: 0) }
            for action in manager.takeActions() { if case .dial(let address) = action { us.swarm.dial(address) } }
        }
        var configuration = SwarmConfiguration(agentVersion: "test")
        configuration.newPerSecondAndIP = 100
        let pruning = Swarm(loop: net.loop, key: NodeKey.generate(), configuration: configuration)
        try pruning.start()
        defer { pruning.stop() }
        pruning.dial(PeerAddress(id: us.swarm.localID, socket: SocketAddress(.loopback, us.swarm.port!)))
        var stream: (any PeerStream)?
        let listener = Listener()
        #expect(net.run { pruning.isConnected(us.swarm.localID) })
        pruning.openStream(to: us.swarm.localID, ["/meshsub/1.1.0"], timeoutMillis: 5000) {
            guard case .success(let opened) = $0 else { return }
            stream = opened
            opened.owner = listener
        }
        #expect(net.run { stream != nil })
        func info(_ node: GossipNet.Node, forged: Bool) -> GossipRPC.PeerInfo {
            let address = Multiaddr(SocketAddress(.loopback, node.swarm.port!)).bytes
            var envelope = SignedPeerRecord(peer: node.swarm.localID, sequence: 1, addresses: [[1, 2, 3], address]).sealed(by: node.key)
            if forged { envelope[envelope.count - 1] ^= 1 }
            var info = GossipRPC.PeerInfo()
            info.id = node.swarm.localID.multihash[...]
            info.signedRecord = envelope[...]
            return info
        }
        var prune = GossipRPC.Prune()
        prune.topic = Array(GossipTopic.tx.name(version: "00-1-test").utf8)[...]
        prune.peers = [info(other, forged: false), info(victim, forged: true)]
        var rpc = GossipRPC()
        rpc.control = GossipRPC.Control()
        rpc.control?.prune = [prune]
        stream?.write(rpc.framed)
        #expect(net.run { us.swarm.isConnected(other.swarm.localID) })
        withExtendedLifetime(listener) {}
        #expect(!us.swarm.isConnected(victim.swarm.localID) && us.service.counters.recordsRefused == 1)
    }
}
