import Bytes
import FuzzKit
import PeerGossip
import PeerIdentity
import Testing

@Suite struct RPCTests {
    /// «note 07 §15».
    static let topic = "/aztec/tx/00-11155111-8d1cc702-150103439-0b6b5f6c-0ea51da4"

    @Test func theNotesMessageHasItsID() throws {
        let payload = try #require(Hex.decode("000001977420dc00")) + (0..<32).map { UInt8($0) } + [0, 0, 0, 3, 1, 2, 3]
        #expect(MessageID(topic: Array(Self.topic.utf8), payload: payload).description == "3056b94c82f30596f73af3bfdf79400fa51e0480")
    }

    @Test func framesAreTheNotes() throws {
        let name = Array(Self.topic.utf8)
        let hex = Hex.encode(name)
        var rpc = GossipRPC()
        rpc.subscriptions = [GossipRPC.Subscription(subscribes: true, topic: name[...])]
        #expect(Hex.encode(rpc.framed) == "400a3e0801123a" + hex)
        rpc = GossipRPC.control { $0.graft = [name[...]] }
        #expect(Hex.encode(rpc.framed) == "401a3e1a3c0a3a" + hex)
        rpc = GossipRPC.control {
            var prune = GossipRPC.Prune()
            prune.topic = name[...]
            prune.backoff = 60
            $0.prune = [prune]
        }
        #expect(Hex.encode(rpc.framed) == "421a40223e0a3a" + hex + "183c")
    }

    static func everything() -> GossipRPC {
        var rpc = GossipRPC.subscribe([0, 1])
        rpc.messages = GossipRPC.message(0, data: [1, 2, 3]).messages + GossipRPC.message(2, data: []).messages
        rpc.messages[0].from = [9, 9]
        rpc.messages[0].sequence = []
        let id = MessageID(topic: [1], payload: [2])
        var control = GossipRPC.Control()
        control.ihave = GossipRPC.ihave(0, [id, id]).control!.ihave
        control.iwant = [[id], []]
        control.graft = [Array(topicNames[0].utf8)[...], nil]
        var info = GossipRPC.PeerInfo()
        info.id = peer(3).multihash[...]
        info.signedRecord = [1]
        control.prune = GossipRPC.prune(1, backoff: 60, peers: [info]).control!.prune
        rpc.control = control
        return rpc
    }

    @Test func whatIsWrittenReadsBack() throws {
        let bytes = Self.everything().encoded
        let back = try GossipRPC(bytes[...])
        #expect(back.encoded == bytes)
        #expect(back.control?.iwant.count == 2 && back.messages.count == 2 && back.subscriptions.count == 2)
        #expect(try GossipRPC([]).encoded.isEmpty)
    }

    @Test func idsOfAnotherLengthAreLeftOut() throws {
        // Control{ihave{id of 19, of 20, of 21 bytes}}
        var inner: [UInt8] = []
        for count in [19, 20, 21] { inner += [0x12, UInt8(count)] + [UInt8](repeating: 7, count: count) }
        let control = [0x0a, UInt8(inner.count)] + inner
        let rpc = try GossipRPC(([0x1a, UInt8(control.count)] + control)[...])
        #expect(rpc.control?.ihave.first?.ids.count == 1)
        #expect(rpc.control?.malformedIDs == 2)
    }

    @Test func everyLimitIsKept() {
        func refused(_ rpc: GossipRPC, _ text: String) {
            #expect { try GossipRPC(rpc.encoded[...]) } throws: { "\($0)".contains(text) }
        }
        var rpc = GossipRPC()
        rpc.subscriptions = Array(repeating: GossipRPC.subscribe([0]).subscriptions[0], count: 257)
        refused(rpc, "subscriptions")
        rpc = GossipRPC()
        rpc.messages = Array(repeating: GossipRPC.Message(), count: 4097)
        refused(rpc, "messages")
        refused(.control { $0.graft = Array(repeating: nil, count: 257) }, "control")
        refused(.control { $0.iwant = [Array(repeating: MessageID(topic: [], payload: []), count: 40_000)] }, "too many fields")
        refused(.prune(0, peers: Array(repeating: GossipRPC.PeerInfo(), count: 65)), "peers")
        rpc = GossipRPC()
        rpc.subscriptions = [GossipRPC.Subscription(subscribes: true, topic: [UInt8](repeating: 65, count: 257)[...])]
        refused(rpc, "topic of 257")
        // Two bytes a field: nothing but tags.
        let tags = (0..<100_000).map { UInt8($0 % 2 == 0 ? 0x78 : 0) }
        #expect(throws: DecodingError.self) { try GossipRPC(tags[...]) }
    }

    /// Altered frames: read or refused, and what was read is stable.
    @Test func anyBytesAreReadOrRefused() throws {
        var fuzz = Fuzz(seed: 4)
        let seeds = [Self.everything().encoded, GossipRPC.subscribe([0, 1, 2]).encoded, GossipRPC.message(1, data: fuzz.bytes(200)).encoded, GossipRPC.prune(2).encoded, []]
        var read = 0, refused = 0
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            do {
                let rpc = try GossipRPC(fuzz.altered(fuzz.pick(seeds))[...])
                let once = rpc.encoded
                #expect(try GossipRPC(once[...]).encoded == once)
                read += 1
            } catch { refused += 1 }
        }
        #expect(read > 1000 && refused > 1000)
    }

    @Test func framesAreCutHoweverTheyCome() throws {
        var fuzz = Fuzz(seed: 5)
        for _ in 0..<Fuzz.rounds(short: 200) / 10 {
            let frames = (0..<8).map { _ in fuzz.bytes(fuzz.pick([0, 1, 127, 128, 300, 20_000])) }
            var stream: [UInt8] = []
            for frame in frames { stream += lengthOf(frame.count) + frame }
            var reader = FrameReader(limit: 20_000)
            var back: [[UInt8]] = []
            var at = 0
            while at < stream.count {
                let end = min(stream.count, at + 1 + fuzz.below(fuzz.pick([2, 100, 30_000])))
                reader.append(stream[at..<end])
                while let frame = try reader.next() { back.append(Array(frame)) }
                reader.settle()
                at = end
            }
            #expect(back == frames)
            #expect(reader.count == 0)
        }
    }

    private func lengthOf(_ count: Int) -> [UInt8] {
        var rest = count
        var bytes: [UInt8] = []
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    @Test func tooLongAFrameIsRefusedByItsLength() throws {
        var reader = FrameReader(limit: 1000)
        reader.append([0xe9, 0x07])
        #expect(throws: DecodingError.self) { _ = try reader.next() }
        reader = FrameReader(limit: 1000)
        reader.append([UInt8](repeating: 0xff, count: 9)[...])
        #expect(throws: DecodingError.self) { _ = try reader.next() }
        reader = FrameReader(limit: 1000)
        reader.append([0xff])
        #expect(try reader.next() == nil)
    }

    /// Streams of altered frames into a router: whatever comes, it stands and its sums are right.
    @Test func anyStreamLeavesTheRouterSound() {
        var fuzz = Fuzz(seed: 6)
        let router = router(seed: 9)
        for topic in 0..<3 { router.subscribe(topic, now: 0) }
        let published = try! router.publish([1, 2, 3], topic: 0, now: 0).id
        let seeds = [
            Self.everything().framed, GossipRPC.subscribe([0, 1, 2]).framed, GossipRPC.message(1, data: [3, 8, 1, 2, 3]).framed, GossipRPC.graft(0).framed,
            GossipRPC.prune(2).framed, GossipRPC.iwant([published]).framed, GossipRPC.message(0, data: nil).framed,
        ]
        var now: UInt64 = 0
        for round in 0..<Fuzz.rounds(short: 20_000) {
            let id = peer(fuzz.below(12))
            if !router.isKnown(id) { router.join(id, address: "10.0.0.\(fuzz.below(4))", isOutbound: fuzz.below(2) == 0, fuzz.pick(GossipProtocol.allCases), now: now) }
            let bytes = fuzz.below(8) == 0 ? GossipRPC.message(fuzz.below(3), data: [2, 4] + fuzz.bytes(2)).framed : fuzz.altered(fuzz.pick(seeds))
            let cut = bytes.isEmpty ? 0 : fuzz.below(bytes.count)
            router.received(bytes[..<cut], from: id, now: now)
            router.received(bytes[cut...], from: id, now: now)
            if fuzz.below(50) == 0 { router.disconnected(id, now: now) }
            now += UInt64(fuzz.below(30))
            if round % 20 == 0 { router.heartbeat(now: now) }
            if round % 40 == 0 { router.decayScores(now: now) }
            for output in router.takeOutputs() {
                switch output {
                case .cut(let id, _): router.disconnected(id, now: now)
                case .writable(let id): if fuzz.below(3) > 0 { while router.takeFrame(for: id, now: now) != nil {} }
                case .validate(let delivery): if fuzz.below(4) > 0 { router.report(delivery.id, from: delivery.sender, fuzz.pick([.accept, .ignore, .reject]), now: now) }
                case .suggest: break
                }
            }
        }
        for _ in 0..<7 { router.heartbeat(now: now) }
        #expect(router.sizes.pendingMessages == 0 && router.sizes.pendingBytes == 0)
        #expect(router.sizes.cachedMessages == 0 && router.sizes.cachedBytes == 0)
        for number in 0..<12 { router.disconnected(peer(number), now: now) }
        #expect(router.sizes.partialBytes == 0)
        #expect(router.peerCount == 0)
        #expect(router.counters.malformed > 100 && router.counters.delivered > 10)
    }
}
