import Bytes
import Compression
import ConformanceKit
import Glibc
import JSON
import PeerGossip
import PeerIdentity
import Protocol

/// Gossip without sockets: from the bytes of a peer's stream to a decoded transaction, and from there to the streams of
/// the mesh. Validation between the two is the pools' group.
func gossipBenchmarks() -> [BenchmarkRow] {
    let root = getenv("QUETZAL_VECTORS").map { String(cString: $0) } ?? "../shared/vectors"
    guard let lines = try? Vectors.lines(root + "/chain/main/txs.jsonl.gz"),
        var tx = lines.lazy.compactMap({ line -> Tx? in
            guard let row = try? JSONDocument.parse(Array(line)).root, row["accepted"]?.bool != false else { return nil }
            return row["tx"]?.string.flatMap { Hex.decode($0) }.flatMap { try? Tx(exactly: $0) }
        }).first
    else {
        print("gossip: no \(root)/chain/main (QUETZAL_VECTORS)")
        return []
    }
    var rows = rates(tx, "as recorded")
    // A real proof's size; random, as it does not compress.
    var noise = SplitMix(state: 1)
    tx.clientIvcProof = ClientIvcProof((0..<172_052).map { _ in UInt8(truncatingIfNeeded: noise.next()) })
    rows += rates(tx, "with a proof")
    rows += load(payload: 60_000, perSecond: 100, peers: 200)
    return rows
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

private let topicName = "/aztec/tx/00-11155111-8d1cc702-150103439-0b6b5f6c-0ea51da4"

private func crowd(_ peers: [PeerID]) -> GossipRouter {
    var random = SplitMix(state: 7)
    let router = GossipRouter(
        GossipConfiguration(topics: [GossipTopicConfiguration(name: topicName, maximumPayload: 1 << 20)]), random: { random.next() }, applicationScore: { _ in 0 })
    router.subscribe(0, now: 0)
    var rpc = GossipRPC()
    rpc.subscriptions = [GossipRPC.Subscription(subscribes: true, topic: Array(topicName.utf8)[...])]
    for (index, peer) in peers.enumerated() {
        router.connected(peer, address: "10.0.\(index / 250).\(index % 250)", isOutbound: index % 4 == 0)
        router.opened(peer, .meshsub11, now: 0)
        router.received(rpc.framed[...], from: peer, now: 0)
    }
    router.heartbeat(now: 1)
    for peer in peers { while router.takeFrame(for: peer, now: 1) != nil {} }
    _ = router.takeOutputs()
    return router
}

private func frame(_ payload: [UInt8]) -> [UInt8] {
    var rpc = GossipRPC()
    var message = GossipRPC.Message()
    message.topic = Array(topicName.utf8)[...]
    message.data = Snappy.compress(payload)[...]
    rpc.messages = [message]
    return rpc.framed
}

/// The time of day in front makes each a message of its own.
private func wrapped(_ tx: Tx, _ number: Int) -> [UInt8] { P2PMessage(publishTime: UInt64(number), id: Bytes32(tx.hash().serialized)!, payload: tx.serialized).serialized }

private func rates(_ tx: Tx, _ what: String) -> [BenchmarkRow] {
    let peers = (0..<16).map { _ in NodeKey.generate().id }
    let count = 200
    let size = tx.serialized.count / 1000
    var number = 0
    var decoding: [Double] = [], duplicates: [Double] = [], hops: [Double] = []
    for _ in 0..<7 {
        let router = crowd(peers)
        let mesh = router.mesh(0)
        let frames = (0..<count).map { _ in
            number += 1
            return frame(wrapped(tx, number))
        }
        var start = Clock.thread.now()
        var deliveries: [GossipDelivery] = []
        for (index, frame) in frames.enumerated() {
            // As the streams give them: in pieces of a muxer's frame.
            for cut in stride(from: 0, to: frame.count, by: 65_519) { router.received(frame[cut..<min(frame.count, cut + 65_519)], from: peers[index % peers.count], now: 10) }
            for output in router.takeOutputs() {
                guard case .validate(let delivery) = output else { continue }
                var reader = ByteReader(delivery.payload)
                guard let message = try? P2PMessage(from: &reader), let tx = try? Tx(exactly: message.payload) else { continue }
                consume(tx)
                deliveries.append(delivery)
            }
        }
        decoding.append(Double(Clock.thread.now() - start) / Double(count))
        precondition(deliveries.count == count, "every message is new")
        start = Clock.thread.now()
        for (index, frame) in frames.enumerated() { router.received(frame[...], from: peers[(index + 1) % peers.count], now: 20) }
        duplicates.append(Double(Clock.thread.now() - start) / Double(count))
        for delivery in deliveries { router.report(delivery.id, from: delivery.sender, .accept, now: 30) }
        // A hop: the last byte is in, until every mesh peer's frame can be taken, without the validation.
        for _ in 0..<100 {
            for peer in peers { while router.takeFrame(for: peer, now: 40) != nil {} }
            _ = router.takeOutputs()
            number += 1
            let bytes = frame(wrapped(tx, number))
            let begun = Clock.wall.now()
            router.received(bytes[...], from: peers[0], now: 40)
            for case .validate(let delivery) in router.takeOutputs() { router.report(delivery.id, from: delivery.sender, .accept, now: 40) }
            for peer in mesh { consume(router.takeFrame(for: peer, now: 40)) }
            hops.append(Double(Clock.wall.now() - begun) / 1e6)
            router.heartbeat(now: 50)
        }
    }
    hops.sort()
    return [
        BenchmarkRow("gossip", "stream to transaction, \(size) KB \(what)", 1e9 / decoding.min()!, "tx/s", target: 5000, lowerIsBetter: false),
        BenchmarkRow("gossip", "another copy of it", duplicates.min()! / 1000, "µs"),
        BenchmarkRow("gossip", "hop without validation, p50", hops[hops.count / 2], "ms", target: 2),
        BenchmarkRow("gossip", "hop without validation, p99", hops[hops.count * 99 / 100], "ms"),
    ]
}

/// A router's share of a core with all peers: every message comes from each mesh peer and goes to the rest of the mesh.
private func load(payload: Int, perSecond: Int, peers count: Int) -> [BenchmarkRow] {
    let peers = (0..<count).map { _ in NodeKey.generate().id }
    let router = crowd(peers)
    var noise = SplitMix(state: 3)
    let body = (0..<payload).map { _ in UInt8(truncatingIfNeeded: noise.next()) }
    let seconds = 10
    let frames = (0..<(perSecond * seconds)).map { index in frame(withUnsafeBytes(of: UInt64(index).bigEndian) { Array($0) } + body) }
    var now: UInt64 = 1000
    let start = Clock.thread.now()
    for (index, bytes) in frames.enumerated() {
        now += UInt64(1000 / perSecond)
        let mesh = router.mesh(0)
        for (place, peer) in mesh.enumerated() where place < 4 {
            router.received(bytes[...], from: peer, now: now)
            for case .validate(let delivery) in router.takeOutputs() { router.report(delivery.id, from: delivery.sender, .accept, now: now) }
        }
        if index % 70 == 69 { router.heartbeat(now: now) }
        if index % 100 == 99 { router.decayScores(now: now) }
        for peer in mesh { while let frame = router.takeFrame(for: peer, now: now) { consume(frame) } }
    }
    let share = Double(Clock.thread.now() - start) / 1e9 / Double(seconds) * 100
    var beats = 0.0
    beats = measure(count: 20, clock: .thread) { for _ in 0..<20 { router.heartbeat(now: now) } }.best / 1000
    return [
        BenchmarkRow("gossip", "router, \(count) peers, \(perSecond) × \(payload / 1000) KB a second, 4 copies", share, "% core"),
        BenchmarkRow("gossip", "one heartbeat with them", beats, "µs"),
    ]
}
