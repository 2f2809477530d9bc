import Bytes
import Compression
import EventLoop
import Glibc
import PeerDiscovery
import PeerIdentity
import PeerNetwork
import PeerTransport

/// What a hostile client does to a node.
final class Attack {
    static let names = [
        "slow-loris", "half-open", "connection-flood", "stream-flood", "silent-streams", "iwant-spam", "oversized-frames", "oversized-varints", "bombs", "garbage-udp",
        "garbage-handshakes", "replayed-handshakes", "unread-responses",
    ]

    let loop: EventLoop
    let victim: PeerAddress
    private var sockets: [HostileSocket] = []
    private var tally = SocketTally()
    private var datagrams: Int32 = -1
    private var peers: [HostilePeer] = []
    private let began = EventLoop.monotonicNanos
    private var owners: [Junk] = []
    private var timers: [LoopTimer] = []
    private var relay: Relay?

    init(_ loop: EventLoop, _ victim: PeerAddress) {
        self.loop = loop
        self.victim = victim
    }

    func start(_ name: String) throws {
        every(50) { [self] in for socket in sockets { socket.look(&tally) } }
        switch name {
        case "slow-loris": every(20) { [self] in
            // A connection more, and one byte on each of the others.
            if sockets.count < 300 { connect() }
            for socket in sockets { send(socket.descriptor, [Self.dawdling(socket.nextIndex())]) }
        }
        case "half-open": every(5) { [self] in if sockets.count < 800 { connect() } }
        case "connection-flood": every(2) { [self] in
            // As far as it takes to be answered.
            if let socket = connect() { send(socket, Self.multistream) }
            hangUp(20)
        }
        case "stream-flood": try swarm(4) { [self] swarm in
            every(5) { [self] in for _ in 0..<20 { open(swarm, Self.requests.randomElement()!, [Array("x".utf8)], closes: true) } }
        }
        case "silent-streams": try swarm(4) { [self] swarm in
            every(5) { [self] in for _ in 0..<20 { open(swarm, Self.requests.randomElement()!, [], closes: false) } }
        }
        case "iwant-spam":
            var ids = ProtobufWriter()
            for _ in 0..<5000 { ids.write(1, (0..<20).map { _ in UInt8.random(in: .min ... .max) }) }
            var control = ProtobufWriter()
            control.write(2, ids.bytes)
            var rpc = ProtobufWriter()
            rpc.write(3, control.bytes)
            let frame = Varint.encode(UInt64(rpc.bytes.count)) + rpc.bytes
            try gossip { [self] junk in every(10) { junk.send(frame) } }
        case "oversized-frames":
            // Of two peers a frame of 1 GB, as much of it as is taken; of the others tiny ones that are malformed.
            try gossip(greeting: { $0 % 2 == 0 ? Varint.encode(1 << 30) : [] }) { [self] junk in
                every(5) { junk.send([UInt8](repeating: 0x0a, count: 60_000)) }
            }
        case "oversized-varints": try gossip { [self] junk in every(5) { junk.send([UInt8](repeating: 0xff, count: 20_000)) } }
        case "bombs":
            // 64 MB of zeros in 3 MB, on a topic that the node reads.
            var message = ProtobufWriter()
            message.write(2, Snappy.compress([UInt8](repeating: 0, count: 64 << 20)))
            message.write(4, "/aztec/tx/\(testVersion)")
            var rpc = ProtobufWriter()
            rpc.write(2, message.bytes)
            let frame = Varint.encode(UInt64(rpc.bytes.count)) + rpc.bytes
            try gossip { [self] junk in every(100) { junk.send(frame) } }
        case "garbage-udp":
            datagrams = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            every(2) { [self] in
                for _ in 0..<45 { send(datagrams, Self.noise(Int.random(in: 1...1400)), udp: true) }
                for _ in 0..<5 { send(datagrams, otherVersion(), udp: true) }
            }
        case "garbage-handshakes": every(20) { [self] in
            // Everything up to the peer's handshake message, then noise.
            guard let socket = connect() else { return }
            let point = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
            send(socket, Self.multistream + Self.noiseName + [0, 32] + point + [0, 200] + (0..<200).map { _ in UInt8.random(in: .min ... .max) })
            hangUp(50)
        }
        case "replayed-handshakes":
            let relay = try Relay(loop, victim.socket)
            self.relay = relay
            try swarm(1, through: SocketAddress(.loopback, relay.port)) { [self] _ in
                every(20) { [self] in
                    guard relay.recorded.count > 100, let socket = connect() else { return }
                    send(socket, relay.recorded)
                    hangUp(50)
                }
            }
        case "unread-responses": try swarm(4) { [self] swarm in
            every(20) { [self] in open(swarm, RequestProtocol.tx.rawValue, [[UInt8](repeating: 1, count: 32)], closes: true, reads: false) }
        }
        default: fail("no such attack: \(name) (\(Self.names.joined(separator: ", ")))")
        }
    }

    func stop() {
        for timer in timers { timer.cancel() }
        for peer in peers { peer.swarm.stop() }
        hangUp(0)
        if datagrams >= 0 { close(datagrams) }
        relay?.stop()
        owners = []
    }

    /// What it saw of the victim: connections in bare TCP, and identities that connected in good order.
    var stats: String {
        let fields = [
            ("sockets", tally.made), ("answered", tally.answered), ("cut", tally.cut), ("cut-answered", tally.cutAnswered), ("cut-late", tally.cutLate),
            ("identities", peers.count), ("connected", peers.reduce(0) { $0 + $1.connected }), ("cut-identities", peers.count { $0.cut > 0 }),
            ("seconds", Int((EventLoop.monotonicNanos - began) / 1_000_000_000)),
        ]
        return "stats " + fields.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    // MARK: Means

    private static let multistream: [UInt8] = [0x13] + Array("/multistream/1.0.0\n".utf8)
    /// The header, then proposals of 127 bytes without end: nothing in it is wrong, so that only its slowness can end it.
    private static func dawdling(_ index: Int) -> UInt8 {
        guard index >= multistream.count else { return multistream[index] }
        let place = (index - multistream.count) % 128
        return place == 0 ? 127 : place == 127 ? 0x0a : 0x78
    }

    private static let noiseName: [UInt8] = [0x07] + Array("/noise\n".utf8)
    private static let requests = RequestProtocol.allCases.filter { $0 != .goodbye }.map(\.rawValue)

    private static func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max) } }

    /// A datagram in which all is as it must be but the protocol's version: of noise proper nearly everything is wrong, and
    /// each check would do the others' work.
    private func otherVersion() -> [UInt8] {
        let packet = DiscoveryPacket(flag: .ordinary, nonce: Self.noise(12), authdata: Self.noise(NodeID.byteCount), message: Self.noise(60), maskingIV: Self.noise(16))
        var bytes = packet.encoded(for: NodeID(victim.id))
        bytes[16 + 7] ^= 1 ^ 2
        return bytes
    }

    private func every(_ millis: Int, _ action: @escaping () -> Void) { timers.append(loop.every(.milliseconds(millis), action)) }

    /// A bare TCP connection, without waiting for it.
    @discardableResult
    private func connect() -> Int32? {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { return nil }
        withVictim { _ = Glibc.connect(socket, $0, $1) }
        sockets.append(HostileSocket(socket))
        tally.made += 1
        return socket
    }

    /// On the oldest, until no more than `count` are left.
    private func hangUp(_ count: Int) { while sockets.count > count { sockets.removeFirst().close(&tally) } }

    private func send(_ socket: Int32, _ bytes: [UInt8], udp: Bool = false) {
        if udp { withVictim { address, size in _ = sendto(socket, bytes, bytes.count, 0, address, size) } } else {
            _ = Glibc.send(socket, bytes, bytes.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL) | Int32(truncatingIfNeeded: MSG_DONTWAIT))
        }
    }

    private func withVictim(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = victim.socket.port.bigEndian
        withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: victim.socket.ip.bytes) }
        withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) } }
    }

    /// Proper connections of identities of their own; `connected` runs for each once it stands, and after it was cut and made again.
    private func swarm(_ count: Int, through: SocketAddress? = nil, _ connected: @escaping (Swarm) -> Void) throws {
        for _ in 0..<count {
            let peer = HostilePeer(loop)
            let swarm = peer.swarm
            try swarm.start()
            peers.append(peer)
            let address = PeerAddress(id: victim.id, socket: through ?? victim.socket)
            var hasBegun = false
            every(200) { [victim] in
                if swarm.isConnected(victim.id) {
                    if !hasBegun { connected(swarm) }
                    hasBegun = true
                } else {
                    swarm.dial(address)
                }
            }
        }
    }

    private func open(_ swarm: Swarm, _ name: String, _ frames: [[UInt8]], closes: Bool, reads: Bool = true) {
        guard swarm.isConnected(victim.id) else { return }
        let junk = Junk(reads: reads)
        owners.append(junk)
        if owners.count > 5000 { owners.removeFirst(1000) }
        swarm.openStream(to: victim.id, [name], timeoutMillis: 2000) { result in
            guard case .success(let stream) = result else { return }
            junk.take(stream)
            for frame in frames { stream.write(frame) }
            if closes { stream.closeWrite() }
        }
    }

    /// A gossip stream of four hostile peers each, opened anew when it was cut; each begins with its peer's greeting.
    private func gossip(greeting: @escaping (_ number: Int) -> [UInt8] = { _ in [] }, _ opened: @escaping (Junk) -> Void) throws {
        var number = 0
        try swarm(4) { [self] swarm in
            let junk = Junk(reads: true)
            let first = greeting(number)
            number += 1
            owners.append(junk)
            every(200) { [victim] in
                guard junk.stream == nil, swarm.isConnected(victim.id) else { return }
                swarm.openStream(to: victim.id, ["/meshsub/1.1.0"], timeoutMillis: 2000) {
                    guard case .success(let stream) = $0 else { return }
                    junk.take(stream)
                    junk.send(first)
                }
            }
            opened(junk)
        }
    }
}

/// Owner of a hostile stream.
final class Junk: PeerStreamOwner {
    private(set) var stream: (any PeerStream)?
    private let reads: Bool

    init(reads: Bool) { self.reads = reads }

    func take(_ stream: any PeerStream) {
        self.stream = stream
        stream.owner = self
    }

    /// Unless a megabyte waits already.
    func send(_ bytes: [UInt8]) {
        guard let stream, !bytes.isEmpty, stream.queuedBytes < max(1 << 20, 2 * bytes.count) else { return }
        stream.write(bytes)
    }

    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) { if reads { stream.consumed(bytes.count) } }
    func streamEnded(_ stream: any PeerStream) {}
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { self.stream = nil }
}

/// Passes one connection on and keeps what the client sent.
final class Relay {
    private(set) var recorded: [UInt8] = []
    let port: UInt16
    private let loop: EventLoop
    private let listener: Int32
    private var watches: [LoopWatch] = []
    private var open: [Int32] = []

    init(_ loop: EventLoop, _ target: SocketAddress) throws {
        self.loop = loop
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 && listen(descriptor, 5) == 0 && getsockname(descriptor, $0, &size) == 0 }
        }
        guard isBound else { fail("no port for the relay") }
        port = UInt16(bigEndian: address.sin_port)
        watches.append(try loop.watch(listener, for: .readable) { [unowned self] _ in
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = target.port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
            }
            guard isConnected else { return }
            open += [client, server]
            pass(client, server, keeps: true)
            pass(server, client, keeps: false)
        })
    }

    private func pass(_ from: Int32, _ to: Int32, keeps: Bool) {
        let watch = try? loop.watch(from, for: .readable) { [unowned self] _ in
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(from, &chunk, chunk.count, Int32(truncatingIfNeeded: MSG_DONTWAIT))
            guard count > 0 else {
                shutdown(to, Int32(SHUT_WR))
                return
            }
            if keeps, recorded.count < 1 << 16 { recorded += chunk[..<count] }
            _ = send(to, chunk, count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
        }
        if let watch { watches.append(watch) }
    }

    func stop() {
        for watch in watches { watch.cancel() }
        for descriptor in open + [listener] { close(descriptor) }
    }
}
