import Compression
import FuzzKit
import PeerGossip
import PeerIdentity
import Testing

/// What hostile peers try: they are scored, ignored or cut, and memory keeps its bounds.
@Suite struct AttackTests {
    @Test func anIHaveFloodIsCutShort() {
        let router = RouterTests.crowd(3)
        var fuzz = Fuzz(seed: 1)
        for _ in 0..<100 {
            let ids = (0..<4000).map { _ in MessageID(topic: [], payload: fuzz.bytes(8)) }
            router.received(.ihave(0, ids), from: peer(1), now: 10)
        }
        let asked = router.drain(peer(1), now: 10).compactMap(\.control).flatMap(\.iwant)
        #expect(asked.reduce(0) { $0 + $1.count } <= 5000)
        #expect(asked.allSatisfy { $0.count <= 64 })
        #expect(router.sizes.promises <= 10)
        router.heartbeat(now: 4000)
        #expect(router.score(peer(1), now: 5000) < 0)
        #expect(router.score(peer(2), now: 5000) == 0)
    }

    @Test func anIWantFloodIsAnsweredThriceAndFitsTheQueue() throws {
        let router = RouterTests.crowd(2)
        var fuzz = Fuzz(seed: 2)
        let ids = try (0..<100).map { _ in try router.publish(fuzz.bytes(180_000), topic: 0, now: 0).id }
        _ = router.drain(peer(1), now: 0)
        for _ in 0..<50 { router.received(.iwant(ids), from: peer(1), now: 10) }
        // Eight megabytes wait at most, of frames that exist once.
        #expect(router.queuedBytes(peer(1)) <= 8 << 20)
        #expect(router.counters.answered <= 300)
        // Ids of nothing cost a look each, and only so many.
        let unknown = (0..<5000).map { _ in MessageID(topic: [1], payload: fuzz.bytes(8)) }
        for _ in 0..<20 { router.received(.iwant(unknown), from: peer(2), now: 10) }
        #expect(router.counters.answered <= 300)
        #expect(router.takeOutputs().contains { if case .cut(let id, _) = $0 { id == peer(2) } else { false } })
    }

    @Test func aGraftFloodFillsNoMeshAndSinksItsSender() {
        let router = RouterTests.crowd(3)
        router.received(.prune(0, backoff: 60), from: peer(1), now: 0)
        for round in 0..<1000 { router.received(.graft(0), from: peer(1), now: UInt64(round)) }
        _ = router.drain(peer(1), now: 1000)
        #expect(router.mesh(0).isEmpty)
        #expect(router.score(peer(1), now: 2000) < -16_000)
        router.received(.graft(0), from: peer(1), now: 3000)
        #expect(router.drain(peer(1), now: 3000).isEmpty)
        #expect(router.counters.graylisted > 0)
        #expect(router.sizes.backoffs == 1)
    }

    @Test func unknownTopicsAreNotStored() {
        let router = RouterTests.crowd(1)
        for round in 0..<2000 {
            var rpc = GossipRPC()
            let name = Array("/x/\(round)".utf8)[...]
            rpc.subscriptions = [GossipRPC.Subscription(subscribes: true, topic: name)]
            var message = GossipRPC.Message()
            message.topic = name
            message.data = [1, 0, 7]
            rpc.messages = [message]
            rpc.control = GossipRPC.Control()
            rpc.control?.graft = [name]
            var prune = GossipRPC.Prune()
            prune.topic = name
            prune.backoff = .max
            rpc.control?.prune = [prune]
            router.received(rpc, from: peer(1), now: 0)
        }
        #expect(router.sizes.seen == 0 && router.sizes.backoffs == 0 && router.sizes.cachedMessages == 0)
        #expect(router.subscribers(0) == [peer(1)])
        #expect(router.score(peer(1), now: 2000) == 0)
    }

    @Test func aFloodOfNewMessagesStaysWithinTheBounds() {
        let router = RouterTests.crowd(6)
        var fuzz = Fuzz(seed: 3)
        let block = fuzz.bytes(60_000)
        func fresh() -> [UInt8] { Snappy.compress(fuzz.bytes(16) + block) }
        for round in 0..<3000 {
            router.received(.message(0, data: fresh()), from: peer(1 + round % 5), now: UInt64(round / 10))
            _ = router.takeOutputs()
        }
        let sizes = router.sizes
        #expect(sizes.pendingBytes <= 64 << 20)
        #expect(sizes.cachedBytes <= 128 << 20)
        #expect(router.counters.overload > 0)
        // Others have room: 5 × 16 MiB would be more than all may have, but one flooder alone leaves most of it.
        let calm = RouterTests.crowd(2)
        for _ in 0..<1000 { calm.received(.message(0, data: fresh()), from: peer(1), now: 0) }
        _ = calm.takeOutputs()
        #expect(calm.sizes.pendingBytes <= 16 << 20)
        calm.received(.message(0, data: Snappy.compress([1])), from: peer(2), now: 0)
        #expect(RouterTests.deliveries(calm).count == 1)
        for beat in 1...6 { calm.heartbeat(now: UInt64(beat) * 700) }
        #expect(calm.sizes.cachedBytes == 0 && calm.sizes.pendingBytes == 0)
    }

    @Test func tinyMessagesFillNoTables() {
        var configuration = testConfiguration()
        configuration.maxSeen = 2000
        configuration.maxDeliveryRecords = 1000
        let router = RouterTests.crowd(4, configuration: configuration)
        for round in 0..<40_000 {
            router.received(.message(0, data: [2, 4, UInt8(round & 255), UInt8(round >> 8 & 255)]), from: peer(1 + round % 4), now: UInt64(round))
            if round % 700 == 0 { router.heartbeat(now: UInt64(round)) }
            _ = router.takeOutputs()
        }
        #expect(router.sizes.seen <= 2000 && router.sizes.deliveryRecords <= 1000)
        #expect(router.sizes.pendingMessages <= 4096)
    }

    @Test func duplicatesCostNoDelivery() throws {
        let router = RouterTests.crowd(5)
        var fuzz = Fuzz(seed: 4)
        let rpc = GossipRPC.message(0, data: Snappy.compress(fuzz.bytes(100_000)))
        for round in 0..<1000 { router.received(rpc, from: peer(1 + round % 5), now: UInt64(round)) }
        let delivery = RouterTests.deliveries(router)
        #expect(delivery.count == 1)
        #expect(router.counters.duplicates == 999)
        router.report(delivery[0].id, from: delivery[0].sender, .reject, now: 1000)
        // After a rejection each further copy is another invalid message of its sender.
        for _ in 0..<5 { router.received(rpc, from: peer(2), now: 1001) }
        #expect(router.score(peer(2), now: 3000) <= -20 * 25)
        #expect(router.sizes.cachedMessages == 0)
    }

    @Test func aBombIsRefusedByItsHeader() {
        let router = RouterTests.crowd(1)
        let before = Fuzz.peakKilobytes
        // Declares 4 GiB.
        router.received(.message(0, data: [0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]), from: peer(1), now: 0)
        // Really unpacks to 64 MiB, from 3 MiB.
        let bomb = Snappy.compress([UInt8](repeating: 0, count: 64 << 20))
        for _ in 0..<4 { router.received(.message(0, data: bomb), from: peer(1), now: 0) }
        #expect(router.counters.invalid == 5)
        #expect(RouterTests.deliveries(router).isEmpty)
        #expect(Fuzz.peakKilobytes - before < 160 << 10)
    }

    @Test func aSlowReaderLosesGossipThenMessagesThenItsPlace() throws {
        let router = RouterTests.crowd(2)
        var fuzz = Fuzz(seed: 5)
        router.heartbeat(now: 0)
        for _ in 0..<100 { try router.publish(fuzz.bytes(180_000), topic: 0, now: 10) }
        #expect(router.queuedBytes(peer(1)) <= 8 << 20)
        #expect(router.counters.framesDropped > 0)
        // Offers do not fit any more, subscriptions do.
        router.subscribe(1, now: 20)
        router.heartbeat(now: 700)
        #expect(router.queuedBytes(peer(1)) <= 9 << 20)
        // One takes its frames, the other nothing.
        _ = router.drain(peer(2), now: 800)
        router.heartbeat(now: 20_100)
        let cut = router.takeOutputs().compactMap { if case .cut(let id, _) = $0 { id } else { nil } }
        #expect(cut == [peer(1)])
        router.disconnected(peer(1), now: 20_100)
        #expect(router.queuedBytes(peer(1)) == 0)
    }

    @Test func controlWithoutEndCutsTheReader() {
        let router = router()
        router.join(peer(1))
        var cut = false
        for round in 0..<200_000 where !cut {
            router.subscribe(0, now: 0)
            router.unsubscribe(0, now: 0)
            if round % 1000 == 0 { cut = router.takeOutputs().contains { if case .cut = $0 { true } else { false } } }
        }
        #expect(cut)
        #expect(router.queuedBytes(peer(1)) == 0)
    }

    @Test func unfinishedFramesHaveABoundAndATime() {
        var configuration = testConfiguration()
        configuration.maxPartialBytes = (3 << 20) + 100
        let router = RouterTests.crowd(5, configuration: configuration)
        // 16 MiB announced, one sent, by each.
        let opening = [0xff, 0xff, 0xff, 0x07] + [UInt8](repeating: 0, count: 1 << 20)
        for number in 1...4 { router.received(opening[...], from: peer(number), now: 0) }
        #expect(router.sizes.partialBytes <= (3 << 20) + 100)
        #expect(router.counters.cut == 1)
        router.heartbeat(now: 20_000)
        #expect(router.counters.cut == 1)
        for number in 1...5 { _ = router.drain(peer(number), now: 20_000) }
        router.heartbeat(now: 50_000)
        #expect(router.counters.cut == 4)
        let cut = Set(router.takeOutputs().compactMap { if case .cut(let id, _) = $0 { id } else { nil } })
        #expect(cut == Set((1...4).map(peer)))
        // A frame beyond the limit ends the stream at its length.
        router.received([0xff, 0xff, 0xff, 0x7f], from: peer(5), now: 50_000)
        #expect(router.counters.cut == 5)
    }

    @Test func manyNamesLeaveLittleBehind() {
        var configuration = testConfiguration()
        configuration.maxBackoffs = 100
        configuration.scores.maxRetained = 200
        let router = RouterTests.crowd(1, configuration: configuration)
        for number in 2..<600 {
            router.join(peer(number), address: "10.9.9.\(number % 100)")
            router.received(.prune(0, backoff: .max), from: peer(number), now: UInt64(number))
            router.disconnected(peer(number), now: UInt64(number))
        }
        #expect(router.sizes.backoffs <= 100)
        #expect(router.sizes.knownScores <= 201)
        router.heartbeat(now: 1000)
        #expect(router.mesh(0) == [peer(1)])
    }

    @Test func malformedFramesSinkTheirSender() {
        let router = RouterTests.crowd(2)
        for round in 0..<200 { router.received([2, 0x0a, 0xff], from: peer(1), now: UInt64(round * 20)) }
        #expect(router.counters.malformed > 30 && router.counters.graylisted > 0)
        #expect(router.score(peer(2), now: 5000) == 0)
    }

    @Test func aFloodOfUselessFramesEndsTheConnection() {
        let router = RouterTests.crowd(3)
        // Sixty thousand bytes that each begin a frame of ten.
        router.received([UInt8](repeating: 0x0a, count: 60_000)[...], from: peer(1), now: 10)
        #expect(router.counters.malformed <= 101)
        func cuts() -> [PeerID] { router.takeOutputs().compactMap { if case .cut(let id, _) = $0 { id } else { nil } } }
        #expect(cuts() == [peer(1)])
        // Spread over heartbeats they only cost the score.
        for round in 0..<300 {
            if round % 50 == 0 { router.heartbeat(now: UInt64(round * 20)) }
            router.received([2, 0x0a, 0xff], from: peer(2), now: UInt64(round * 20))
        }
        #expect(cuts().isEmpty && router.score(peer(2), now: 6000) < 0)
    }

    @Test func aMeshIsNotTakenOverFromOneAddress() {
        let router = router()
        router.subscribe(0, now: 0)
        for number in 1...40 {
            router.join(peer(number), address: number <= 30 ? "6.6.6.6" : "10.0.0.\(number)")
            router.received(.subscribe([0]), from: peer(number), now: 0)
        }
        for number in 1...30 { router.received(.graft(0), from: peer(number), now: 10) }
        router.heartbeat(now: 1000)
        #expect(router.score(peer(1), now: 2000) < 0)
        router.heartbeat(now: 2000)
        #expect(router.mesh(0).allSatisfy { id in (31...40).contains { peer($0) == id } })
        #expect(router.mesh(0).count >= 4)
    }
}
