import Bytes
import EventLoop
import FuzzKit
import PeerDiscovery
import PeerIdentity
import Testing

@Suite struct AttackTests {
    private let now: UInt64 = 5_000_000_000
    private let home = socket("34.1.2.3")

    private func target(_ change: (inout DiscoveryConfiguration) -> Void = { _ in }) throws -> Discv5 { try SimulatedNetwork(seed: 40).add(home, change) }

    @Test func aHandshakeWorksOnce() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 1)
        let challenge = try #require(try peer.challenge(now: now))
        let handshake = peer.handshake(challenge, .findNode(peer.requestID(), distances: [0]))
        #expect(peer.read(peer.deliver(handshake, now: now)).count == 1)
        #expect(peer.deliver(handshake, now: now).isEmpty)
        #expect(peer.deliver(handshake, now: now + 10_000_000_000).isEmpty)
        // Nor for another sender.
        let thief = try HandmadePeer(target, at: socket("35.1.2.4"), seed: 2)
        #expect(thief.deliver(handshake, now: now).isEmpty)
        // A fresh challenge does not make the old answer right, and the session still stands.
        let again = try #require(try peer.challenge(now: now))
        #expect(again.header != challenge.header)
        #expect(peer.deliver(handshake, now: now).isEmpty)
        #expect(peer.read(peer.deliver(peer.ordinary(.ping(peer.requestID(), sequence: 1)), now: now)).count == 1)
        #expect(target.counters.handshakesAccepted == 1)
    }

    @Test func aRequestPlayedAgainIsNotAnswered() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 3)
        #expect(try peer.connect(now: now))
        let request = peer.ordinary(.findNode(peer.requestID(), distances: [0, 256]))
        #expect(!peer.deliver(request, now: now).isEmpty)
        for _ in 0..<20 { #expect(peer.deliver(request, now: now).isEmpty) }
        #expect(target.counters.replayed == 20)
    }

    @Test func falseHandshakesAreRefusedAndDoNotSpoilTheTrueOne() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 4)
        let other = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 5)
        let challenge = try #require(try peer.challenge(now: now))
        let ping = DiscoveryMessage.ping(peer.requestID(), sequence: 1)
        var wrong: [HandmadePeer.Changes] = []
        wrong.append(.init(signer: other.key))
        wrong.append(.init(record: other.record.encoded))
        wrong.append(.init(record: []))
        wrong.append(.init(record: Array(peer.record.encoded.dropLast())))
        wrong.append(.init(signature: Array(repeating: 0, count: 64)))
        wrong.append(.init(signature: Array(repeating: 255, count: 64)))
        wrong.append(.init(ephemeralKey: Array(repeating: 2, count: 33)))
        wrong.append(.init(ephemeralKey: other.key.id.publicKey))
        wrong.append(.init(challengeData: challenge.header.reversed()))
        for changes in wrong { #expect(peer.deliver(peer.handshake(challenge, ping, changes), now: now).isEmpty) }
        #expect(target.counters.handshakesRefused == UInt64(wrong.count))
        #expect(target.table.count == 0)
        #expect(peer.read(peer.deliver(peer.handshake(challenge, ping), now: now)).count == 1)
        #expect(target.table.count == 1)
    }

    @Test func achallengeIsGoodForFourSeconds() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 6)
        let challenge = try #require(try peer.challenge(now: now))
        #expect(peer.deliver(peer.handshake(challenge, .ping(peer.requestID(), sequence: 1)), now: now + 4_000_000_000).isEmpty)
        let next = try #require(try peer.challenge(now: now + 5_000_000_000))
        #expect(!peer.deliver(peer.handshake(next, .ping(peer.requestID(), sequence: 1)), now: now + 8_900_000_000).isEmpty)
    }

    /// Whoever forges our peer's address can neither end its session nor keep it from shaking hands.
    @Test func forgedSendersDoNotHarmTheTrueOne() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 7)
        #expect(try peer.connect(now: now))
        for _ in 0..<50 { _ = peer.deliver(peer.unreadable().encoded(for: target.localID), now: now) }
        #expect(peer.read(peer.deliver(peer.ordinary(.ping(peer.requestID(), sequence: 1)), now: now)).count == 1)
        let fresh = try HandmadePeer(target, at: socket("36.1.2.3"), seed: 8)
        let challenge = try #require(try fresh.challenge(now: now))
        for _ in 0..<50 { _ = fresh.deliver(fresh.unreadable().encoded(for: target.localID), now: now) }
        #expect(fresh.read(fresh.deliver(fresh.handshake(challenge, .ping(fresh.requestID(), sequence: 1)), now: now)).count == 1)
    }

    @Test func aFloodFromInventedSendersIsBoundedInMemoryAndAnswers() throws {
        let target = try target()
        var source = Fuzz(seed: 50)
        let rounds = Fuzz.rounds(short: 20_000)
        var time = now
        // The first part fills what can be filled.
        var before = 0
        for round in 0..<rounds {
            if round == rounds * 2 / 3 { before = Fuzz.peakKilobytes }
            let id = NodeID(bytes: source.bytes(32))!
            let packet = DiscoveryPacket(flag: .ordinary, nonce: source.bytes(12), authdata: id.bytes, message: source.bytes(44), maskingIV: source.bytes(16)).encoded(for: target.localID)
            target.receive(packet[...], from: SocketAddress(IPAddress(bytes: [UInt8(1 + source.below(120))] + source.bytes(3))!, 40400), now: time)
            let sent = target.takeOutput().datagrams.reduce(0) { $0 + $1.bytes.count }
            #expect(sent <= packet.count)
            time += 100_000  // 10 000 a second
        }
        let seconds = Double(time - now) / 1e9
        #expect(Double(target.counters.challengesSent) <= 2000 * (seconds + 1) + 1)
        #expect(target.counters.limited > 0)
        #expect(Fuzz.peakKilobytes - before < 4_000)
        // An honest node gets through as soon as there is room again.
        let peer = try HandmadePeer(target, at: socket("200.1.2.3"), seed: 9)
        #expect(try peer.connect(now: time + 100_000_000))
    }

    @Test func oneAddressCannotHaveHandshakesWithoutEnd() throws {
        let target = try target()
        var accepted = 0
        for index in 0..<200 {
            let peer = try HandmadePeer(target, at: socket("35.1.2.3", UInt16(1000 + index)), seed: UInt64(100 + index))
            if (try? peer.connect(now: now)) == true { accepted += 1 }
        }
        #expect(accepted == 60)
        #expect(target.counters.limited > 0)
    }

    @Test func noAnswerToTheUnverifiedIsLargerThanItsQuestion() throws {
        let target = try target()
        var source = Fuzz(seed: 51)
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 10)
        for _ in 0..<Fuzz.rounds(short: 5000) {
            var bytes = peer.unreadable().encoded(for: target.localID)
            switch source.below(4) {
            case 0: bytes = source.altered(bytes)
            case 1: bytes = DiscoveryPacket(flag: .ordinary, nonce: source.bytes(12), authdata: peer.id.bytes, maskingIV: source.bytes(16)).encoded(for: target.localID)
            case 2: bytes = DiscoveryPacket(flag: .handshake, nonce: source.bytes(12), authdata: source.bytes(131 + source.below(300)), message: source.bytes(40), maskingIV: source.bytes(16)).encoded(for: target.localID)
            default: break
            }
            let answer = peer.deliver(bytes, now: now + source.next() % 1_000_000_000_000).reduce(0) { $0 + $1.count }
            #expect(answer <= bytes.count)
        }
    }

    @Test func oversizedAndUndersizedPacketsAreDropped() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 11)
        var packet = peer.unreadable()
        packet.message = peer.source.bytes(1280 - 16 - 23 - 32)
        #expect(peer.deliver(packet.encoded(for: target.localID), now: now).count == 1)
        packet.message.append(0)
        #expect(peer.deliver(packet.encoded(for: target.localID), now: now).isEmpty)
        #expect(peer.deliver(peer.source.bytes(62), now: now).isEmpty)
        #expect(peer.deliver([], now: now).isEmpty)
        #expect(target.counters.malformed == 3)
    }

    @Test func answersToFindNodeAreFewAndLimited() throws {
        let target = try target()
        for index in 0..<60 { #expect(try HandmadePeer(target, at: socket("\(60 + index).1.2.3"), seed: UInt64(1000 + index)).connect(now: now)) }
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 12)
        #expect(try peer.connect(now: now))
        let all = Array(0...256) + Array(0...256) + [300, 1 << 40]
        var answers = peer.read(peer.deliver(peer.ordinary(.findNode(peer.requestID(), distances: Array(all.reversed().prefix(300)))), now: now))
        #expect(answers.count == 6)
        var records: [[UInt8]] = []
        for answer in answers {
            guard case .nodes(_, let total, let part) = answer else { Issue.record("no NODES"); continue }
            #expect(total == 6 && part.count <= 3)
            records += part
        }
        #expect(records.count == 16 && Set(records).count == 16)
        var answered = 1
        for _ in 0..<500 {
            answers = peer.read(peer.deliver(peer.ordinary(.findNode(peer.requestID(), distances: [256])), now: now))
            if !answers.isEmpty { answered += 1 }
        }
        #expect(answered == 100)
        // Nothing at a distance is an answer too.
        let empty = peer.read(peer.deliver(peer.ordinary(.findNode(peer.requestID(), distances: [1])), now: now + 60_000_000_000))
        guard case .nodes(_, 1, let none)? = empty.first else { Issue.record("no NODES"); return }
        #expect(none.isEmpty)
    }

    @Test func answersThatWereNotAskedForAreIgnored() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 13)
        let stranger = try HandmadePeer(target, at: socket("60.1.2.3"), seed: 14)
        #expect(try peer.connect(now: now))
        _ = target.takeOutput()
        for message: DiscoveryMessage in [
            .nodes(peer.requestID(), total: 1, records: [stranger.record.encoded]), .pong(peer.requestID(), sequence: 9, socket("1.2.3.4")), .talkResponse(peer.requestID(), [1]),
        ] {
            target.receive(peer.ordinary(message)[...], from: peer.address, now: now)
            let output = target.takeOutput()
            #expect(output.datagrams.isEmpty && output.events.isEmpty)
        }
        #expect(target.table.count == 1)
    }

    /// What a peer may say in NODES: records at the distances asked for, signed, of hosts that make sense from where it is.
    @Test func falseRecordsInAnswersAreRefused() throws {
        let target = try target()
        let peer = try HandmadePeer(target, at: socket("35.1.2.3"), seed: 15)
        #expect(try peer.connect(now: now))
        let good = try (0..<8).map { try HandmadePeer(target, at: socket("\(60 + $0).1.2.3"), seed: UInt64(2000 + $0)).record }
        let local = try ["127.0.0.1", "10.1.2.3", "192.168.1.1", "0.0.0.0", "224.0.0.1", "169.254.169.254"].enumerated().map {
            try HandmadePeer(target, at: socket($1), seed: UInt64(3000 + $0)).record
        }
        let far = good.filter { $0.nodeID.distance(to: peer.id) == 256 }
        let near = good.filter { $0.nodeID.distance(to: peer.id) != 256 }
        #expect(!far.isEmpty && !near.isEmpty)
        var altered = far[0].encoded
        altered[80] ^= 1
        _ = target.findNode(peer.record, distances: [256], now: now)
        let asked = target.takeOutput().datagrams.map(\.bytes)
        guard case .findNode(let id, _)? = peer.read(asked).first else { Issue.record("no request"); return }
        let localFar = local.filter { $0.nodeID.distance(to: peer.id) == 256 }.map(\.encoded)
        #expect(!localFar.isEmpty)
        let records = [altered, [0xc0]] + near.map(\.encoded) + localFar + far.map(\.encoded) + far.map(\.encoded)
        for part in 0..<6 {
            target.receive(peer.ordinary(.nodes(id, total: 6, records: Array(records.dropFirst(part * 5).prefix(5))))[...], from: peer.address, now: now)
        }
        let events = target.takeOutput().events
        let found = events.compactMap { if case .found(_, let records) = $0 { records } else { nil } }.first
        #expect(found == far)
        let reported = events.compactMap { if case .discovered(let record) = $0 { record } else { nil } }
        #expect(reported == far)
        // Answering does not put anyone in the table: only who shook hands stands there.
        #expect(target.table.entries.map(\.id) == [peer.id])
    }

    @Test func ourOwnPacketsComeBackToNoEffect() throws {
        let network = SimulatedNetwork(seed: 41)
        let (nodeA, b) = (try network.add(home), socket("35.1.2.3"))
        let nodeB = try network.add(b)
        var seen: [SimulatedNetwork.Flight] = []
        network.tap = { seen.append($0) }
        #expect(network.ping(home, nodeB.record))
        let (countersA, countersB) = (nodeA.counters, nodeB.counters)
        for flight in seen where flight.from == home {
            nodeA.receive(flight.bytes[...], from: home, now: network.now)
            nodeB.receive(flight.bytes[...], from: home, now: network.now)
        }
        #expect(nodeA.takeOutput().datagrams.isEmpty)
        #expect(nodeA.counters.sent == countersA.sent)
        // The recorded packets are known or unreadable to the peer: at most WHOAREYOUs come of them.
        #expect(nodeB.takeOutput().datagrams.allSatisfy { $0.bytes.count == 63 })
        #expect(nodeB.counters.handshakesAccepted == countersB.handshakesAccepted)
    }
}
