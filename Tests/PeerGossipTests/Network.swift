import FuzzKit
import PeerGossip
import PeerIdentity
import Signatures

private let knownPeers = (0..<64).map(makePeer)

/// Peer ids that are the same in every run.
func peer(_ number: Int) -> PeerID { knownPeers.indices.contains(number) ? knownPeers[number] : makePeer(number) }

private func makePeer(_ number: Int) -> PeerID {
    var scalar = [UInt8](repeating: 0, count: 32)
    for index in 0..<4 { scalar[31 - index] = UInt8(truncatingIfNeeded: (number + 1) >> (8 * index)) }
    return NodeKey(try! Secp256k1.PrivateKey(scalar)).id
}

let topicNames = ["/aztec/tx/test", "/aztec/block_proposal/test", "/aztec/block_attestation/test"]

func testConfiguration() -> GossipConfiguration {
    GossipConfiguration(topics: topicNames.map { GossipTopicConfiguration(name: $0, maximumPayload: 1 << 20) })
}

func router(_ configuration: GossipConfiguration = testConfiguration(), seed: UInt64 = 1, scores: @escaping (PeerID) -> Double = { _ in 0 }) -> GossipRouter {
    var random = Fuzz(seed: seed)
    return GossipRouter(configuration, random: { random.next() }, applicationScore: scores)
}

extension GossipRouter {
    /// A peer with both streams open.
    func join(_ id: PeerID, address: String? = nil, isOutbound: Bool = false, _ gossip: GossipProtocol = .meshsub11, now: UInt64 = 0) {
        connected(id, address: address, isOutbound: isOutbound)
        opened(id, gossip, now: now)
        accepted(id)
    }

    func received(_ rpc: GossipRPC, from id: PeerID, now: UInt64) { received(rpc.framed[...], from: id, now: now) }

    /// All frames that wait for the peer, decoded.
    func drain(_ id: PeerID, now: UInt64) -> [GossipRPC] {
        var rpcs: [GossipRPC] = []
        while let frame = takeFrame(for: id, now: now) {
            var reader = FrameReader(limit: 64 << 20)
            reader.append(frame[...])
            rpcs.append(try! GossipRPC(try! reader.next()!))
        }
        return rpcs
    }
}

extension GossipRPC {
    static func subscribe(_ topics: [Int], _ subscribes: Bool = true) -> GossipRPC {
        var rpc = GossipRPC()
        rpc.subscriptions = topics.map { Subscription(subscribes: subscribes, topic: Array(topicNames[$0].utf8)[...]) }
        return rpc
    }

    static func control(_ body: (inout Control) -> Void) -> GossipRPC {
        var rpc = GossipRPC()
        var control = Control()
        body(&control)
        rpc.control = control
        return rpc
    }

    static func graft(_ topic: Int) -> GossipRPC { control { $0.graft = [Array(topicNames[topic].utf8)[...]] } }

    static func prune(_ topic: Int, backoff: UInt64? = nil, peers: [PeerInfo] = []) -> GossipRPC {
        control {
            var prune = Prune()
            prune.topic = Array(topicNames[topic].utf8)[...]
            prune.backoff = backoff
            prune.peers = peers
            $0.prune = [prune]
        }
    }

    static func ihave(_ topic: Int, _ ids: [MessageID]) -> GossipRPC {
        control {
            var ihave = IHave()
            ihave.topic = Array(topicNames[topic].utf8)[...]
            ihave.ids = ids
            $0.ihave = [ihave]
        }
    }

    static func iwant(_ ids: [MessageID]) -> GossipRPC { control { $0.iwant = [ids] } }

    static func message(_ topic: Int, data: [UInt8]?) -> GossipRPC {
        var rpc = GossipRPC()
        var message = Message()
        message.topic = Array(topicNames[topic].utf8)[...]
        message.data = data.map { $0[...] }
        rpc.messages = [message]
        return rpc
    }
}

/// Routers joined by streams of a fixed delay, in simulated time; runs repeat exactly.
final class Network {
    final class Node {
        let id: PeerID
        let router: GossipRouter
        var links: [Int] = []
        var delivered: [MessageID: UInt64] = [:]
        /// What it finds of a message.
        var judge: (GossipDelivery) -> GossipAcceptance? = { _ in .accept }
        var cuts = 0

        init(_ id: PeerID, _ router: GossipRouter) {
            self.id = id
            self.router = router
        }
    }

    private struct Event {
        var time: UInt64
        var order: Int
        var action: () -> Void
    }

    var nodes: [Node] = []
    private(set) var now: UInt64 = 0
    private var events: [Event] = []
    private var order = 0
    var random: Fuzz
    let latency: UInt64
    let validation: UInt64

    init(_ count: Int, seed: UInt64, latency: UInt64 = 20, validation: UInt64 = 5, configuration: GossipConfiguration = testConfiguration(), topics: [Int] = [0, 1, 2]) {
        random = Fuzz(seed: seed)
        self.latency = latency
        self.validation = validation
        for index in 0..<count { add(index, seed, configuration, topics) }
    }

    private func add(_ index: Int, _ seed: UInt64, _ configuration: GossipConfiguration, _ topics: [Int]) {
        let node = Node(peer(index), PeerGossipTests.router(configuration, seed: seed &+ UInt64(index) &* 7919))
        nodes.append(node)
        for topic in topics { node.router.subscribe(topic, now: now) }
        after(100 + random.next() % 700) { [unowned self] in beat(index) }
        after(random.next() % 1000) { [unowned self] in decay(index) }
    }

    func after(_ delay: UInt64, _ action: @escaping () -> Void) {
        order += 1
        events.append(Event(time: now + delay, order: order, action: action))
        var child = events.count - 1
        while child > 0, Self.isBefore(events[child], events[(child - 1) / 2]) {
            events.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private static func isBefore(_ left: Event, _ right: Event) -> Bool { (left.time, left.order) < (right.time, right.order) }

    private func next() -> Event {
        events.swapAt(0, events.count - 1)
        let event = events.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < events.count && Self.isBefore(events[child], events[least]) { least = child }
            if least == parent { return event }
            events.swapAt(parent, least)
            parent = least
        }
    }

    func run(_ time: UInt64) {
        let end = now + time
        while let first = events.first, first.time <= end {
            let event = next()
            now = event.time
            event.action()
        }
        now = end
    }

    private func beat(_ index: Int) {
        nodes[index].router.heartbeat(now: now)
        settle(index)
        after(700) { [unowned self] in beat(index) }
    }

    private func decay(_ index: Int) {
        nodes[index].router.decayScores(now: now)
        after(1000) { [unowned self] in decay(index) }
    }

    func connect(_ dialer: Int, _ listener: Int, _ gossip: GossipProtocol = .meshsub11) {
        guard dialer != listener, !nodes[dialer].links.contains(listener) else { return }
        nodes[dialer].links.append(listener)
        nodes[listener].links.append(dialer)
        nodes[dialer].router.join(nodes[listener].id, address: "10.0.0.\(listener)", isOutbound: true, gossip, now: now)
        nodes[listener].router.join(nodes[dialer].id, address: "10.0.0.\(dialer)", isOutbound: false, gossip, now: now)
        settle(dialer)
        settle(listener)
    }

    func disconnect(_ left: Int, _ right: Int) {
        nodes[left].links.removeAll { $0 == right }
        nodes[right].links.removeAll { $0 == left }
        nodes[left].router.disconnected(nodes[right].id, now: now)
        nodes[right].router.disconnected(nodes[left].id, now: now)
    }

    /// Every node dials `degree` others.
    func mix(_ degree: Int) {
        for index in nodes.indices {
            connect(index, (index + 1) % nodes.count)
            for _ in 1..<max(1, degree) { connect(index, random.below(nodes.count)) }
        }
    }

    @discardableResult
    func publish(_ payload: [UInt8], _ topic: Int, at index: Int) throws -> (id: MessageID, recipients: Int) {
        let result = try nodes[index].router.publish(payload, topic: topic, now: now)
        nodes[index].delivered[result.id] = now
        settle(index)
        return result
    }

    /// Carries out what the node's router wants.
    func settle(_ index: Int) {
        let node = nodes[index]
        for output in node.router.takeOutputs() {
            switch output {
            case .writable(let id):
                let frames = sequence(state: ()) { [now] _ in node.router.takeFrame(for: id, now: now) }.map { $0 }
                guard let other = node.links.first(where: { nodes[$0].id == id }) else { continue }
                after(latency) { [unowned self] in
                    guard nodes[other].links.contains(index) else { return }
                    for frame in frames { nodes[other].router.received(frame[...], from: node.id, now: now) }
                    settle(other)
                }
            case .validate(let delivery):
                node.delivered[delivery.id] = now
                guard let verdict = node.judge(delivery) else { continue }
                after(validation) { [unowned self] in
                    node.router.report(delivery.id, from: delivery.sender, verdict, now: now)
                    settle(index)
                }
            case .cut(let id, _):
                node.cuts += 1
                if let other = node.links.first(where: { nodes[$0].id == id }) { disconnect(index, other) }
            case .suggest: break
            }
        }
    }
}
