import Bytes
import EventLoop
import FuzzKit
import PeerDiscovery
import PeerIdentity
import Testing

@Suite struct DiscoveryFuzzTests {
    private func id(_ fuzz: inout Fuzz) -> RequestID { RequestID(bytes: fuzz.bytes(fuzz.below(9)))! }

    private func message(_ fuzz: inout Fuzz, records: [[UInt8]]) -> DiscoveryMessage {
        switch fuzz.below(6) {
        case 0: .ping(id(&fuzz), sequence: fuzz.number())
        case 1: .pong(id(&fuzz), sequence: fuzz.number(), SocketAddress(IPAddress(bytes: fuzz.bytes(fuzz.pick([4, 16])))!, UInt16(truncatingIfNeeded: fuzz.next())))
        case 2: .findNode(id(&fuzz), distances: (0..<fuzz.below(8)).map { _ in fuzz.below(300) })
        case 3: .nodes(id(&fuzz), total: fuzz.below(20), records: (0..<fuzz.below(4)).map { _ in fuzz.pick(records) })
        case 4: .talkRequest(id(&fuzz), protocolName: fuzz.bytes(fuzz.below(10)), fuzz.bytes(fuzz.below(60)))
        default: .talkResponse(id(&fuzz), fuzz.bytes(fuzz.below(60)))
        }
    }

    @Test func messagesReadBackAndAlteredOnesAreRefusedOrWhole() throws {
        var fuzz = Fuzz(seed: 60)
        let records = (0..<4).map { _ in try! RecordContent(role: .fullNode, networkVersion: testVersion, addresses: [socket("1.2.3.4")]).record(after: nil, key: seededKey(&fuzz)).encoded }
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let original = message(&fuzz, records: records)
            #expect(try DiscoveryMessage(decoding: original.encoded[...]) == original)
            let bytes = fuzz.altered(original.encoded)
            guard let read = try? DiscoveryMessage(decoding: bytes[...]) else { continue }
            if case .unknown = read { continue }
            #expect(try DiscoveryMessage(decoding: read.encoded[...]) == read)
        }
    }

    @Test func packetsReadBackAndAlteredOnesAreRefusedOrWhole() throws {
        var fuzz = Fuzz(seed: 61)
        let recipient = NodeID(bytes: fuzz.bytes(32))!
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let flag = fuzz.pick([DiscoveryPacket.Flag.ordinary, .whoAreYou, .handshake])
            let authdata = fuzz.bytes(flag == .ordinary ? 32 : flag == .whoAreYou ? 24 : 131 + fuzz.below(299))
            let packet = DiscoveryPacket(flag: flag, nonce: fuzz.bytes(12), authdata: authdata, message: fuzz.bytes(fuzz.below(300)), maskingIV: fuzz.bytes(16))
            let bytes = packet.encoded(for: recipient)
            if bytes.count >= DiscoveryPacket.minimumBytes { #expect(try DiscoveryPacket(decoding: bytes[...], for: recipient) == packet) }
            let altered = fuzz.altered(bytes)
            guard let read = try? DiscoveryPacket(decoding: altered[...], for: recipient) else { continue }
            #expect(read.encoded(for: recipient) == altered)
            if let handshake = try? Handshake(authdata: read.authdata) { #expect(handshake.authdata == read.authdata) }
            if let challenge = try? Challenge(authdata: read.authdata) { #expect(challenge.authdata == read.authdata) }
        }
    }

    /// Altered headers are masked again, so that the change gets past the masking.
    @Test func anythingAPeerCanSayLeavesANodeWhole() throws {
        var fuzz = Fuzz(seed: 62)
        let network = SimulatedNetwork(seed: 63)
        let target = try network.add(socket("34.1.2.3"))
        var peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 64)
        let records = try (0..<8).map { try HandmadePeer(target, at: socket("\(60 + $0).1.2.3"), seed: UInt64(4000 + $0)).record.encoded }
        var now = network.now
        #expect(try peer.connect(now: now))
        for round in 0..<Fuzz.rounds(short: 10_000) {
            now += UInt64(fuzz.below(200)) * 1_000_000
            if round % 1000 == 999 {
                peer = try HandmadePeer(target, at: socket("35.1.\(fuzz.below(200)).3"), seed: fuzz.next())
                _ = try peer.connect(now: now)
            }
            switch fuzz.below(8) {
            case 0: _ = target.startLookup(now: now)
            case 1: _ = target.findNode(peer.record, distances: [fuzz.below(257)], now: now)
            case 2: _ = target.ping(peer.record, now: now)
            case 3: target.tick(now: now)
            case 4:
                var packet = peer.unreadable()
                packet.flag = fuzz.pick([.ordinary, .whoAreYou, .handshake])
                packet.authdata = fuzz.altered(packet.authdata)
                _ = peer.deliver(packet.encoded(for: target.localID), now: now)
            case 5:
                if let challenge = try peer.challenge(now: now) {
                    _ = peer.deliver(fuzz.altered(peer.handshake(challenge, message(&fuzz, records: records), .init(record: fuzz.pick([nil, fuzz.altered(peer.record.encoded)])))), now: now)
                }
            default:
                // Answers to what is asked, now and then with the right id.
                let asked = peer.read(target.takeOutput().datagrams.filter { $0.to == peer.address }.map(\.bytes))
                var answer = message(&fuzz, records: records)
                for case .findNode(let id, _) in asked { answer = .nodes(id, total: fuzz.below(9), records: (0..<fuzz.below(5)).map { _ in fuzz.pick([fuzz.pick(records), fuzz.altered(fuzz.pick(records))]) }) }
                for case .ping(let id, _) in asked { answer = .pong(id, sequence: fuzz.number(), socket("1.2.3.4")) }
                _ = peer.deliver(peer.ordinary(answer), now: now)
            }
            _ = target.takeOutput()
        }
        for distance in 1...256 { #expect(target.table.entries(atDistance: distance).count <= RoutingTable.bucketSize) }
        #expect(target.counters.received > 0)
        // It still works.
        now += 3_600_000_000_000
        target.tick(now: now)
        _ = target.takeOutput()
        #expect(try HandmadePeer(target, at: socket("90.1.2.3"), seed: 65).connect(now: now))
    }

    @Test func keptListsAreReadWhateverIsInThem() {
        var fuzz = Fuzz(seed: 66)
        let records = (0..<5).map { _ in try! RecordContent(role: .bootnode, networkVersion: testVersion, addresses: [socket("1.2.3.4")]).record(after: nil, key: seededKey(&fuzz)) }
        let bytes = KnownRecords.encode(records)
        #expect(KnownRecords.decode(bytes) == records)
        for _ in 0..<Fuzz.rounds(short: 500) {
            for record in KnownRecords.decode(fuzz.alteredText(bytes)) { #expect(records.contains(record)) }
        }
    }
}
