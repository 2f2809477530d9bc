import Bytes
import Ciphers
import EventLoop
import FuzzKit
import Glibc
import PeerIdentity
import PeerTransport
import Testing

/// A peer that speaks only as far as it likes: a bare TCP connection of the test.
private final class Raw: LoopTCPOwner {
    var stream: LoopTCPStream?
    var received: [UInt8] = []
    var isClosed = false
    /// What to answer, given all that has come.
    var react: ((Raw) -> Void)?

    init(_ loop: EventLoop, to port: UInt16) throws {
        try loop.connect(to: SocketAddress(.loopback, port)) { [self] result in
            guard case .success(let stream) = result else {
                isClosed = true
                return
            }
            self.stream = stream
            stream.owner = self
            try? stream.startReading()
            react?(self)
        }
    }

    func send(_ bytes: [UInt8]) { stream?.write(bytes[...]) }

    func tcp(_ stream: LoopTCPStream, received bytes: Span<UInt8>) -> Int {
        received += bytes.copied(0..<bytes.count)
        react?(self)
        return bytes.count
    }
    func tcpEnded(_ stream: LoopTCPStream) { close() }
    func tcp(_ stream: LoopTCPStream, failed error: EventLoopError) { close() }
    func tcpDrained(_ stream: LoopTCPStream) {}
    func close() {
        isClosed = true
        react = nil
        stream?.cancel()
        stream = nil
    }
}

/// A dialer up to the muxer, which then sends frames of its own making.
private final class RawPeer {
    let raw: Raw
    var session: NoiseSession?
    private var negotiator = MultistreamNegotiator(dialing: ["/noise"])
    private var handshake: NoiseHandshake?
    private var consumed = 0

    init(_ loop: EventLoop, to port: UInt16, key: NodeKey = .generate()) throws {
        raw = try Raw(loop, to: port)
        var opened = false
        raw.react = { [weak self] raw in
            guard let self else { return }
            if !opened {
                opened = true
                raw.send(negotiator.opening)
            }
            step(key)
        }
    }

    private func step(_ key: NodeKey) {
        guard session == nil else { return }
        if handshake == nil {
            var replies: [UInt8] = []
            guard case .agreed(_, let rest)? = try? negotiator.receive(raw.received[consumed...], replies: &replies) else {
                consumed = raw.received.count
                return
            }
            consumed = raw.received.count - rest.count
            handshake = NoiseHandshake(initiator: true, identity: key, staticKey: .generate(), ephemeral: .generate())
            raw.send(NoiseHandshake.framed(handshake!.start()))
        }
        let rest = raw.received[consumed...]
        guard rest.count >= 2, let first = rest.first else { return }
        let length = Int(first) << 8 | Int(rest[rest.startIndex + 1])
        guard rest.count >= 2 + length else { return }
        guard let answer = try? handshake!.receive(rest.dropFirst(2).prefix(length)) else { return }
        raw.send(NoiseHandshake.framed(answer))
        session = handshake!.result!.session
        send(MultistreamNegotiator.message("/multistream/1.0.0") + MultistreamNegotiator.message("/yamux/1.0.0"))
    }

    func send(_ plaintext: [UInt8]) {
        guard let session else { return }
        var rest = plaintext[...]
        let output = SealedOutput()
        while !rest.isEmpty {
            output.clear()
            let piece = Array(rest.prefix(200_000))
            session.append(piece.span, to: output)
            session.finishMessage(output)
            raw.send(Array(output.bytes[..<output.count]))
            rest = rest.dropFirst(200_000)
        }
    }

    func sendHex(_ text: String) { send(Hex.decode(text)!) }
}

@Suite struct AttackTests {
    /// Silent, trickling, or stuck anywhere in the upgrade: out after the time allowed, and others get in meanwhile.
    @Test func stalledUpgrades() throws {
        let pair = try Pair(b: {
            $0.inboundUpgradeMillis = 300
            $0.newPerSecondAndIP = 100
        })
        let silent = try Raw(pair.loop, to: pair.b.port!)
        let trickle = try Raw(pair.loop, to: pair.b.port!)
        let bytes = MultistreamNegotiator.message("/multistream/1.0.0") + MultistreamNegotiator.message("/noise")
        var sent = 0
        let drip = pair.loop.every(.milliseconds(20)) {
            trickle.send([bytes[sent % bytes.count]])
            sent += 1
        }
        let stuck = try Raw(pair.loop, to: pair.b.port!)
        stuck.react = { raw in if raw.received.isEmpty { raw.send(bytes + [0, 32, 1, 2, 3]) } }
        pair.connect()
        pair.until("all three are out") { silent.isClosed && trickle.isClosed && stuck.isClosed }
        drip.cancel()
        #expect(pair.bSeen.opened.count == 1 && pair.bSeen.closed.isEmpty)
        #expect(stuck.received.starts(with: bytes))
    }

    @Test func rubbishAndOversizedFramesAndReplay() throws {
        let pair = try Pair(b: { $0.newPerSecondAndIP = 100 })
        let start = MultistreamNegotiator.message("/multistream/1.0.0") + MultistreamNegotiator.message("/noise")
        var fuzz = Fuzz(seed: 1)
        for bytes in [
            [0xff, 0xff, 0xff], [0x81, 0x08], fuzz.bytes(5000), start + [0xff, 0xff] + fuzz.bytes(3000), start + [0, 3, 1, 2, 3],
            (0..<100).flatMap { _ in MultistreamNegotiator.message("/none") },
        ] as [[UInt8]] {
            let raw = try Raw(pair.loop, to: pair.b.port!)
            raw.react = { raw in if raw.received.isEmpty { raw.send(bytes) } }
            pair.until("cut") { raw.isClosed }
        }
        // A good peer's bytes once more: the handshake has another key in it.
        let peer = try RawPeer(pair.loop, to: pair.b.port!)
        pair.until("upgraded") { pair.bSeen.opened.count == 1 }
        // A message that does not authenticate.
        peer.raw.send([0, 20] + fuzz.bytes(20))
        pair.until("cut") { peer.raw.isClosed }
        #expect(pair.bSeen.closed[0].reason.contains("authenticate"))
        #expect(pair.bSeen.opened.count == 1)
    }

    @Test func misbehavingMuxer() throws {
        let pair = try Pair(b: {
            $0.newPerSecondAndIP = 100
            $0.maxNegotiating = 8
        })
        pair.connect()
        let before = pair.bSeen.opened.count
        for (frames, reason) in [
            ("010100010000000100000000", "version"), ("000100010000000200000000", "ours to give"), ("000200020000000000000007", "no ping"),
            ("000100010000000100000000" + "000000000000000100040001", "window"),
        ] {
            let peer = try RawPeer(pair.loop, to: pair.b.port!)
            pair.until("negotiated") { peer.session != nil }
            peer.sendHex(frames)
            pair.until("cut: \(reason)") { peer.raw.isClosed }
            #expect(pair.bSeen.closed.last?.reason.contains(reason) == true)
        }
        // A thousand streams at once without a word on them: eight are heard, the rest reset, and the flood ends the connection.
        let flood = try RawPeer(pair.loop, to: pair.b.port!)
        pair.until("negotiated") { flood.session != nil }
        var frames: [UInt8] = []
        for id in 0..<3000 { frames += [0, 1, 0, 1, 0, 0, UInt8((2 * id + 1) >> 8), UInt8((2 * id + 1) & 255), 0, 0, 0, 0] }
        flood.send(frames)
        pair.until("cut") { flood.raw.isClosed }
        // Others did not notice.
        #expect(pair.bSeen.opened.count == before + 5)
        #expect(pair.b.isConnected(pair.a.localID) && pair.aSeen.closed.isEmpty)
    }

    /// Gigabytes of declared data, sent to a stream whose owner does not read: memory stays.
    @Test func unreadDataIsBounded() throws {
        let pair = try Pair(b: { $0.newPerSecondAndIP = 100 })
        let deaf = Collector()
        deaf.consumes = false
        pair.b.handle("/deaf/1", maxInboundPerConnection: 32) { $0.owner = deaf }
        pair.connect()
        let client = Collector()
        _ = pair.open(["/deaf/1"], owner: client)
        client.stream?.write([UInt8](repeating: 1, count: 10_000_000))
        // The negotiation took a few bytes of the window.
        pair.until("window is full") { deaf.received.count >= 262_000 }
        for _ in 0..<50 { pair.loop.poll() }
        #expect(deaf.received.count < 262_144)
        #expect(client.stream?.queuedBytes == 10_000_000 - deaf.received.count)
    }

    @Test func limitsByAddressAndInTotal() throws {
        let pair = try Pair(b: {
            $0.newPerSecondAndIP = 3
            $0.inboundUpgradeMillis = 5000
        })
        let raws = try (0..<6).map { _ in try Raw(pair.loop, to: pair.b.port!) }
        pair.until("three are refused") { raws.count { $0.isClosed } == 3 }
        // Four places for upgrading.
        let busy = try Pair(pair.loop, b: {
            $0.newPerSecondAndIP = 100
            $0.maxUpgrading = 4
            $0.inboundUpgradeMillis = 5000
        })
        let more = try (0..<10).map { _ in try Raw(pair.loop, to: busy.b.port!) }
        busy.until("six are refused") { more.count { $0.isClosed } == 6 }
        for raw in raws + more { raw.close() }
        // At the most the socket is closed, and opened again below it.
        let full = try Pair(pair.loop, b: {
            $0.newPerSecondAndIP = 100
            $0.maxInbound = 2
        })
        let first = try RawPeer(pair.loop, to: full.b.port!)
        let second = try RawPeer(pair.loop, to: full.b.port!)
        full.until("two are in") { full.bSeen.opened.count == 2 }
        full.a.dial(full.addressOfB)
        full.until("the third is refused") { full.aSeen.failed.count == 1 }
        #expect(full.aSeen.failed[0].reason.contains("ECONNREFUSED"))
        first.raw.close()
        full.until("one left") { full.bSeen.closed.count == 1 }
        let third = try RawPeer(pair.loop, to: full.b.port!)
        full.until("a third is in") { full.bSeen.opened.count == 3 }
        second.raw.close()
        third.raw.close()
    }

    /// All places for upgrading are held by connections that say nothing: someone from elsewhere gets in at once.
    @Test(arguments: [1, 4]) func dawdlersDoNotKeepOthersOut(addresses: Int) throws {
        let pair = try Pair(b: {
            $0.newPerSecondAndIP = 100
            $0.maxUpgrading = 4
            $0.inboundUpgradeMillis = 600_000
            $0.dawdleMillis = 0
        })
        let dawdlers = (0..<4).map { silentConnection(from: 2 + UInt8($0 % addresses), to: pair.b.port!) }
        defer { for dawdler in dawdlers { close(dawdler) } }
        pair.connect()
        // The oldest has lost its place, the others have not.
        func isOut(_ descriptor: Int32) -> Bool {
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, Int32(truncatingIfNeeded: MSG_DONTWAIT)) == 0
        }
        pair.until("one is out") { dawdlers.contains(where: isOut) }
        let out = dawdlers.count(where: isOut)
        #expect(out == 1)
        #expect(pair.bSeen.opened.count == 1)
    }

    /// A connection of 127.0.0.`last`, made when this returns.
    private func silentConnection(from last: UInt8, to port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        func address(_ last: UInt8, _ port: UInt16) -> sockaddr_in {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = (0x7f00_0000 + UInt32(last)).bigEndian
            address.sin_port = port.bigEndian
            return address
        }
        func with(_ address: sockaddr_in, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            withUnsafePointer(to: address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_in>.size)) } }
        }
        #expect(with(address(last, 0)) { bind(descriptor, $0, $1) } == 0)
        #expect(with(address(1, port)) { connect(descriptor, $0, $1) } == 0)
        return descriptor
    }

    @Test func idleConnectionsAndStalledReadersAreClosed() throws {
        let pair = try Pair(b: {
            $0.idleMillis = 300
            $0.newPerSecondAndIP = 100
        })
        let peer = try RawPeer(pair.loop, to: pair.b.port!)
        pair.until("in") { pair.bSeen.opened.count == 1 }
        pair.until("out again") { pair.bSeen.closed.count == 1 }
        #expect(pair.bSeen.closed[0].reason == "idle")
        pair.until("told") { peer.raw.isClosed }
        // A peer that asks for much and takes nothing.
        let stalled = try Pair(pair.loop, b: {
            $0.stallMillis = 300
            $0.newPerSecondAndIP = 100
        })
        var source: [Collector] = []
        stalled.b.handle("/source/1", maxInboundPerConnection: 32) { stream in
            let owner = Collector()
            source.append(owner)
            stream.owner = owner
            stream.write([UInt8](repeating: 7, count: 16_000_000))
        }
        let greedy = try RawPeer(pair.loop, to: stalled.b.port!)
        stalled.until("negotiated") { greedy.session != nil }
        let request = MultistreamNegotiator.message("/multistream/1.0.0") + MultistreamNegotiator.message("/source/1")
        greedy.sendHex("000000010000000100" + "0000" + String(request.count, radix: 16) + Hex.encode(request) + "000100000000000110000000")
        stalled.until("asked") { !source.isEmpty }
        greedy.raw.stream?.stopReading()
        stalled.until("cut") { stalled.bSeen.closed.count == 1 }
        #expect(stalled.bSeen.closed[0].reason.contains("takes nothing"))
        #expect(source[0].failure == .notConnected)
        greedy.raw.close()
    }
}
