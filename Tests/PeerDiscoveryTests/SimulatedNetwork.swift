import Bytes
import EventLoop
import FuzzKit
import Hashing
import PeerDiscovery
import PeerIdentity
import Signatures

struct SeededRandomness: DiscoveryRandomness {
    var source: Fuzz
    mutating func bytes(_ count: Int, for purpose: DiscoveryRandomPurpose) -> [UInt8] { source.bytes(count) }
}

func seededKey(_ source: inout Fuzz) -> NodeKey {
    while true { if let key = try? Secp256k1.PrivateKey(source.bytes(32)) { return NodeKey(key) } }
}

func socket(_ text: String, _ port: UInt16 = 40400) -> SocketAddress { SocketAddress(IPAddress(text)!, port) }

let testVersion = "00-31337-11111111-1-22222222-33333333"

/// Many nodes, one clock, datagrams that take 5 to 25 ms and may be lost or come twice. The same seed plays the same.
final class SimulatedNetwork {
    struct Flight {
        var arrival: UInt64
        var number: Int
        var bytes: [UInt8]
        var from: SocketAddress
        var to: SocketAddress
    }

    var now: UInt64 = 1_000_000_000
    var source: Fuzz
    var nodes: [SocketAddress: Discv5] = [:]
    var order: [SocketAddress] = []
    var events: [SocketAddress: [Discv5.Event]] = [:]
    /// In percent.
    var loss = 0
    var doubling = 0
    /// Sees every datagram on its way.
    var tap: ((Flight) -> Void)?
    private var flights: [Flight] = []
    private var sent = 0

    init(seed: UInt64) { source = Fuzz(seed: seed) }

    @discardableResult
    func add(
        _ address: SocketAddress, key: NodeKey? = nil, announced: SocketAddress?? = .none, role: RecordContent.Role = .fullNode, version: String = testVersion,
        _ change: (inout DiscoveryConfiguration) -> Void = { _ in }
    ) throws -> Discv5 {
        let key = key ?? seededKey(&source)
        let announced = announced ?? address
        let content = RecordContent(role: role, networkVersion: version, clientVersion: "0.87.7", addresses: [announced].compactMap(\.self))
        var configuration = DiscoveryConfiguration(listen: [address], content: content, requiredVersion: role == .bootnode ? nil : version)
        change(&configuration)
        let node = try Discv5(key: key, configuration: configuration, randomness: SeededRandomness(source: Fuzz(seed: source.next())), now: now)
        if nodes[address] == nil { order.append(address) }
        nodes[address] = node
        drain(address)
        return node
    }

    /// Takes what a node has to send; call it after giving it an order.
    func drain(_ address: SocketAddress) {
        guard let output = nodes[address]?.takeOutput() else { return }
        for datagram in output.datagrams { send(datagram.bytes, from: address, to: datagram.to) }
        events[address, default: []] += output.events
    }

    func send(_ bytes: [UInt8], from: SocketAddress, to: SocketAddress) {
        for _ in 0..<(source.below(100) < doubling ? 2 : 1) {
            sent += 1
            let flight = Flight(arrival: now + UInt64(5 + source.below(20)) * 1_000_000, number: sent, bytes: bytes, from: from, to: to)
            tap?(flight)
            if source.below(100) >= loss { flights.append(flight) }
        }
    }

    func run(millis: Int) {
        let end = now + UInt64(millis) * 1_000_000
        while now < end {
            now += 5_000_000
            let due = flights.filter { $0.arrival <= now }.sorted { ($0.arrival, $0.number) < ($1.arrival, $1.number) }
            flights.removeAll { $0.arrival <= now }
            for flight in due {
                nodes[flight.to]?.receive(flight.bytes[...], from: flight.from, now: now)
                drain(flight.to)
            }
            if now % 100_000_000 == 0 {
                for address in order {
                    nodes[address]?.tick(now: now)
                    drain(address)
                }
            }
        }
    }

    /// A lookup and its result.
    func lookup(_ address: SocketAddress, _ target: NodeID? = nil) -> [ENR] {
        guard let number = nodes[address]?.startLookup(target, now: now) else { return [] }
        drain(address)
        run(millis: 2500)
        for case .lookupFinished(number, let found) in events[address] ?? [] { return found }
        return []
    }

    /// Whether a ping is answered.
    func ping(_ address: SocketAddress, _ target: ENR) -> Bool {
        guard let number = nodes[address]?.ping(target, now: now) else { return false }
        drain(address)
        run(millis: 2500)
        return (events[address] ?? []).contains { if case .ponged(number, _, _) = $0 { true } else { false } }
    }

    func discovered(_ address: SocketAddress) -> Set<NodeID> {
        Set((events[address] ?? []).compactMap { if case .discovered(let record) = $0 { record.nodeID } else { nil } })
    }
}
