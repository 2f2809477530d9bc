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

        init(_ loop: EventLoop) { swarm = Swarm(loop: loop, key: NodeKey.generate(), configuration: SwarmConfiguration(agentVersion: "crowd")) }

        func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
            received += bytes.count
            stream.consumed(bytes.count)
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

    init(_ loop: EventLoop, _ count: Int, target: PeerAddress) throws {
        self.loop = loop
        self.target = target
        members = (0..<count).map { _ in Member(loop) }
    }

    /// A few at a time, so that nobody's limit on new connections is met.
    func start(perSecond: Int = 50) throws {
        for (index, member) in members.enumerated() {
            member.swarm.handle(Self.gossip, maxInboundPerConnection: 4) { $0.owner = member }
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

    /// Bytes of gossip from the node to all.
    var received: Int { members.reduce(0) { $0 + $1.received } }

    /// So many messages a second, each from one of us; what a held up loop has missed is made up for.
    func publish(_ perSecond: Double, _ bytes: Int) {
        publishing?.cancel()
        publishing = nil
        guard perSecond > 0 else { return }
        var frame = PreparedFrame(topic: Self.topic, payload: bytes)
        let from = EventLoop.monotonicNanos
        var done = 0
        publishing = loop.every(.milliseconds(2)) { [unowned self] in
            let due = Int(Double(EventLoop.monotonicNanos - from) / 1e9 * perSecond)
            while done < due {
                done += 1
                guard let stream = members.randomElement()?.outbound, stream.queuedBytes < 4 << 20 else { continue }
                frame.stamp()
                stream.write(frame.bytes)
                published += 1
            }
        }
    }

    func stop() {
        publishing?.cancel()
        for timer in timers { timer.cancel() }
        for member in members { member.swarm.stop() }
    }
}

/// A transaction's frame whose payload can be given other first bytes: it is made and compressed once, since its filling does
/// not compress, and is a new message with each stamp.
struct PreparedFrame {
    private(set) var bytes: [UInt8]
    private let mark: Int
    private static let stampBytes = 16

    init(topic: String, payload size: Int) {
        let filling = (0..<max(size, Self.stampBytes)).map { _ in UInt8.random(in: .min ... .max) }
        let marker = Array(filling.prefix(Self.stampBytes))
        let envelope = P2PMessage(publishTime: 0, id: .zero, payload: filling)
        var message = ProtobufWriter()
        message.write(2, Snappy.compress(envelope.serialized))
        message.write(4, topic)
        var rpc = ProtobufWriter()
        rpc.write(2, message.bytes)
        let frame = Varint.encode(UInt64(rpc.bytes.count)) + rpc.bytes
        guard let mark = (0..<(frame.count - marker.count)).first(where: { frame[$0] == marker[0] && frame[$0..<($0 + marker.count)].elementsEqual(marker) }) else {
            fail("the filling was compressed")
        }
        bytes = frame
        self.mark = mark
    }

    /// The time, and a number that names it.
    mutating func stamp() {
        var writer = ByteWriter(reserving: Self.stampBytes)
        writer.write(EventLoop.monotonicNanos)
        writer.write(UInt64.random(in: .min ... .max))
        for (offset, byte) in writer.bytes.enumerated() { bytes[mark + offset] = byte }
    }
}

/// A child that is a crowd. Commands: `rate MESSAGES_IN_1000_SECONDS BYTES`, `stats`, `stop`.
final class CrowdRole {
    private let loop: EventLoop
    private let crowd: Crowd
    private var input: LineReader?

    init(_ options: Options) throws {
        guard let address = try options["target"].map({ try Multiaddr(text: $0) }), let peer = address.peer else { fail("crowd --peers COUNT --target MULTIADDR") }
        loop = try EventLoop()
        crowd = try Crowd(loop, options.int("peers", 100), target: PeerAddress(id: peer, socket: address.socket))
        input = try LineReader(loop, 0) { [unowned self] in obey($0) } ended: { [unowned self] in loop.stop() }
        try crowd.start()
    }

    func run() {
        loop.run()
        crowd.stop()
    }

    private func obey(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        let numbers = words.dropFirst().compactMap { Int($0) }
        switch words.first {
        case "rate" where numbers.count == 2: crowd.publish(Double(numbers[0]) / 1000, numbers[1])
        case "stats": writeLine(1, "stats connected=\(crowd.connected) published=\(crowd.published) received=\(crowd.received)")
        case "stop":
            input?.cancel()
            loop.stop()
        default: writeLine(1, "what \(line)")
        }
    }
}
