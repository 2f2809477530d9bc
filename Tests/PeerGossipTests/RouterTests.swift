import Compression
import FuzzKit
import PeerGossip
import PeerIdentity
import Testing

@Suite struct RouterTests {
    /// A router in topic 0 with peers 1…count, all subscribed and with their streams open.
    static func crowd(_ count: Int, configuration: GossipConfiguration = testConfiguration(), outbound: Int = 0, scores: @escaping (PeerID) -> Double = { _ in 0 }) -> GossipRouter {
        let router = router(configuration, scores: scores)
        router.subscribe(0, now: 0)
        for number in 1...count {
            router.join(peer(number), address: "10.0.0.\(number)", isOutbound: number <= outbound)
            router.received(.subscribe([0]), from: peer(number), now: 0)
            _ = router.drain(peer(number), now: 0)
        }
        _ = router.takeOutputs()
        return router
    }

    static func data(_ payload: [UInt8]) -> [UInt8] { Snappy.compress(payload) }

    /// The deliveries among the outputs.
    static func deliveries(_ router: GossipRouter) -> [GossipDelivery] {
        router.takeOutputs().compactMap { if case .validate(let delivery) = $0 { delivery } else { nil } }
    }

    @Test func subscriptionsGoToEveryStreamThatOpens() {
        let router = router()
        router.join(peer(1))
        #expect(router.drain(peer(1), now: 0).isEmpty)
        router.subscribe(0, now: 0)
        router.subscribe(2, now: 0)
        #expect(router.drain(peer(1), now: 0).flatMap(\.subscriptions).count == 2)
        router.join(peer(2))
        let rpc = router.drain(peer(2), now: 0)
        #expect(rpc.count == 1 && rpc[0].subscriptions.count == 2)
        router.unsubscribe(0, now: 0)
        #expect(router.drain(peer(2), now: 0).flatMap(\.subscriptions).first?.subscribes == false)
    }

    @Test func theMeshFillsAndShrinksToItsSize() {
        let router = Self.crowd(30)
        router.heartbeat(now: 100)
        #expect(router.mesh(0).count == 8)
        for number in 1...30 where !router.mesh(0).contains(peer(number)) {
            router.received(.graft(0), from: peer(number), now: 200)
        }
        // Peers that dialled us fill it up to the limit, no further.
        #expect(router.mesh(0).count == 12)
        router.heartbeat(now: 800)
        #expect(router.mesh(0).count == 12)
    }

    @Test func aFullMeshTakesPeersThatWeDialledAndKeepsTwo() {
        let router = Self.crowd(30, outbound: 16)
        for number in (1...30).reversed() { router.received(.graft(0), from: peer(number), now: 10) }
        #expect(router.mesh(0).count > 12)
        router.heartbeat(now: 100)
        #expect(router.mesh(0).count == 8)
        #expect(router.mesh(0).filter { id in (1...16).contains { peer($0) == id } }.count >= 2)
    }

    @Test func aMeshWithoutDialledPeersGetsSome() {
        let router = Self.crowd(20, outbound: 3)
        for number in 10...14 { router.received(.graft(0), from: peer(number), now: 10) }
        router.heartbeat(now: 100)
        #expect(router.mesh(0).count == 7)
        #expect(router.mesh(0).filter { [peer(1), peer(2), peer(3)].contains($0) }.count == 2)
    }

    @Test func aNegativeScoreLosesItsPlace() {
        nonisolated(unsafe) var bad: Set<PeerID> = []
        let router = Self.crowd(9, scores: { bad.contains($0) ? -2 : 0 })
        router.heartbeat(now: 100)
        let victim = router.mesh(0)[0]
        bad.insert(victim)
        router.heartbeat(now: 1000)
        #expect(!router.mesh(0).contains(victim))
        let prunes = router.drain(victim, now: 1000).compactMap(\.control).flatMap(\.prune)
        #expect(prunes.map(\.backoff) == [60])
        // It may not come back at once, and is told so.
        router.received(.graft(0), from: victim, now: 1100)
        #expect(!router.mesh(0).contains(victim))
        #expect(router.drain(victim, now: 1100).compactMap(\.control).flatMap(\.prune).count == 1)
    }

    @Test func graftingDuringBackOffIsPenalised() {
        let router = Self.crowd(1)
        router.received(.prune(0, backoff: 60), from: peer(1), now: 0)
        #expect(router.score(peer(1), now: 0) == 0)
        // Within 10 s of the prune: two points, else one; squared, times ten.
        router.received(.graft(0), from: peer(1), now: 2000)
        #expect(router.score(peer(1), now: 10_000) == -40)
        for second in 1...10 { router.decayScores(now: 10_000 + UInt64(second) * 1000) }
        // Refreshed at 2 s, so the back-off ends at 62 s.
        router.received(.graft(0), from: peer(1), now: 61_000)
        #expect(router.score(peer(1), now: 62_000) == -10)
        #expect(router.mesh(0).isEmpty)
    }

    @Test func pruneIsHonouredForItsTime() {
        let router = Self.crowd(1)
        router.heartbeat(now: 100)
        #expect(router.mesh(0) == [peer(1)])
        router.received(.prune(0, backoff: 5), from: peer(1), now: 200)
        var now: UInt64 = 200
        var rejoined: UInt64?
        while now < 30_000, rejoined == nil {
            now += 700
            router.heartbeat(now: now)
            if !router.mesh(0).isEmpty { rejoined = now }
        }
        // Back-offs are looked through every 15 heartbeats, with one of slack.
        #expect((5900...17_000).contains(rejoined ?? 0))
    }

    @Test func aPruneOfVersionOneHasNoBackOff() {
        let router = router()
        router.subscribe(0, now: 0)
        router.join(peer(1), .meshsub10)
        router.received(.subscribe([0]), from: peer(1), now: 0)
        router.heartbeat(now: 100)
        _ = router.drain(peer(1), now: 100)
        router.unsubscribe(0, now: 200)
        let prune = router.drain(peer(1), now: 200).compactMap(\.control).flatMap(\.prune)
        #expect(prune.count == 1 && prune[0].backoff == nil)
    }

    @Test func aMessageGoesOnOnceItIsAccepted() throws {
        let router = Self.crowd(10)
        router.heartbeat(now: 100)
        for number in 1...10 { _ = router.drain(peer(number), now: 100) }
        let sender = router.mesh(0)[0], twin = router.mesh(0)[1]
        let payload = [UInt8](repeating: 7, count: 1000)
        router.received(.message(0, data: Self.data(payload)), from: sender, now: 200)
        let delivery = try #require(Self.deliveries(router).first)
        #expect(delivery.payload == payload && delivery.sender == sender)
        #expect(delivery.id == MessageID(topic: Array(topicNames[0].utf8), payload: payload))
        // Another copy while it is being validated: not delivered again, and its sender is not served.
        router.received(.message(0, data: Self.data(payload)), from: twin, now: 210)
        #expect(Self.deliveries(router).isEmpty)
        #expect(router.report(delivery.id, from: sender, .accept, now: 220))
        var served: [PeerID] = []
        for number in 1...10 {
            let messages = router.drain(peer(number), now: 220).flatMap(\.messages)
            if !messages.isEmpty { served.append(peer(number)) }
            #expect(messages.allSatisfy { $0.data.map(Array.init) == Self.data(payload) && $0.from == nil })
        }
        #expect(Set(served) == Set(router.mesh(0)).subtracting([sender, twin]))
        #expect(!router.report(delivery.id, from: sender, .accept, now: 230))
        #expect(router.sizes.pendingMessages == 0)
    }

    @Test func aVerdictAfterSixHeartbeatsIsLost() throws {
        for (beats, isLost) in [(5, false), (6, true)] {
            let router = Self.crowd(10)
            router.heartbeat(now: 100)
            router.received(.message(0, data: Self.data([1])), from: peer(1), now: 200)
            let delivery = try #require(Self.deliveries(router).first)
            for beat in 1...beats { router.heartbeat(now: 100 + UInt64(beat) * 700) }
            #expect(router.sizes.pendingMessages == (isLost ? 0 : 1))
            #expect(router.report(delivery.id, from: peer(1), .accept, now: 5000) != isLost)
            #expect(router.counters.forwarded == (isLost ? 0 : router.mesh(0).filter { $0 != peer(1) }.count))
        }
    }

    @Test func rejectionBlamesAllSendersAndIgnoringNone() throws {
        for acceptance in [GossipAcceptance.reject, .ignore] {
            let router = Self.crowd(3)
            let message = GossipRPC.message(0, data: Self.data([1, 2]))
            router.received(message, from: peer(1), now: 0)
            let delivery = try #require(Self.deliveries(router).first)
            router.received(message, from: peer(2), now: 5)
            router.report(delivery.id, from: peer(1), acceptance, now: 10)
            router.received(message, from: peer(3), now: 20)
            for number in 1...3 { #expect(router.score(peer(number), now: 2000) == (acceptance == .reject ? -20 : 0)) }
        }
    }

    @Test func signedAndUnreadableMessagesCostTheirSender() {
        for change in 0..<4 {
            let router = Self.crowd(1)
            var rpc = GossipRPC.message(0, data: Self.data([5]))
            switch change {
            case 0: rpc.messages[0].sequence = []
            case 1: rpc.messages[0].signature = [1]
            case 2: rpc.messages[0].key = []
            default: rpc = .message(0, data: [5, 1, 2])
            }
            router.received(rpc, from: peer(1), now: 0)
            #expect(Self.deliveries(router).isEmpty)
            #expect(router.score(peer(1), now: 1000) == -20)
        }
        // «from» alone is tolerated.
        let router = Self.crowd(1)
        var rpc = GossipRPC.message(0, data: Self.data([5]))
        rpc.messages[0].from = [1, 2]
        router.received(rpc, from: peer(1), now: 0)
        #expect(Self.deliveries(router).count == 1)
    }

    @Test func anEmptyPayloadStaysEmpty() {
        for data in [[UInt8]?.none, []] {
            let router = Self.crowd(1)
            router.received(.message(0, data: data), from: peer(1), now: 0)
            #expect(Self.deliveries(router).map(\.payload) == [[]])
        }
    }

    @Test func whatWasHeardOfIsAskedForAndAnswered() throws {
        let (asker, holder) = (Self.crowd(1), router())
        holder.subscribe(0, now: 0)
        holder.join(peer(100))
        let published = try holder.publish([UInt8](repeating: 1, count: 5000), topic: 0, now: 0)
        asker.received(.ihave(0, [published.id]), from: peer(1), now: 0)
        let request = asker.drain(peer(1), now: 0).compactMap(\.control).flatMap(\.iwant)
        #expect(request == [[published.id]])
        holder.received(.iwant(request[0]), from: peer(100), now: 0)
        let answer = holder.drain(peer(100), now: 0).flatMap(\.messages)
        #expect(answer.count == 1)
        // Three times, then no more.
        for round in 2...5 {
            holder.received(.iwant(request[0]), from: peer(100), now: 0)
            #expect(holder.drain(peer(100), now: 0).flatMap(\.messages).count == (round <= 3 ? 1 : 0))
        }
        asker.received(.message(0, data: answer[0].data.map(Array.init)), from: peer(1), now: 100)
        asker.heartbeat(now: 5000)
        #expect(asker.counters.brokenPromises == 0)
        // What is known is not asked for.
        asker.received(.ihave(0, [published.id]), from: peer(1), now: 5000)
        #expect(asker.drain(peer(1), now: 5000).compactMap(\.control).allSatisfy { $0.iwant.isEmpty })
    }

    @Test func aBrokenPromiseIsPenalised() {
        let router = Self.crowd(1)
        router.received(.ihave(0, [MessageID(topic: [1], payload: [2])]), from: peer(1), now: 0)
        router.heartbeat(now: 2900)
        #expect(router.counters.brokenPromises == 0)
        router.heartbeat(now: 3100)
        #expect(router.counters.brokenPromises == 1)
        #expect(router.score(peer(1), now: 4000) == -10)
        #expect(router.sizes.promises == 0)
    }

    @Test func theRestHearsOfValidatedMessagesOfThreeWindows() throws {
        let router = Self.crowd(40)
        router.heartbeat(now: 0)
        for number in 1...40 { _ = router.drain(peer(number), now: 0) }
        router.received(.message(0, data: Self.data([1])), from: router.mesh(0)[0], now: 10)
        let pending = try #require(Self.deliveries(router).first)
        let published = try router.publish([2], topic: 0, now: 10)
        var offered: [Int] = []
        for beat in 1...5 {
            router.heartbeat(now: UInt64(beat) * 700)
            var listeners = 0
            for number in 1...40 {
                let ids = router.drain(peer(number), now: 0).compactMap(\.control).flatMap(\.ihave).flatMap(\.ids)
                if !ids.isEmpty {
                    listeners += 1
                    #expect(ids == [published.id])
                    #expect(!router.mesh(0).contains(peer(number)))
                }
            }
            offered.append(listeners)
        }
        // A quarter of the 32 outside, and eight at least.
        #expect(offered == [8, 8, 8, 0, 0])
        _ = pending
    }

    @Test func publishingWithoutJoiningUsesAFanout() throws {
        let router = router()
        for number in 1...20 {
            router.join(peer(number))
            router.received(.subscribe([1]), from: peer(number), now: 0)
        }
        #expect(try router.publish([1], topic: 1, now: 0).recipients == 8)
        let fanout = router.fanout(1)
        #expect(try router.publish([2], topic: 1, now: 10).recipients == 8)
        #expect(router.fanout(1) == fanout)
        router.received(.subscribe([1], false), from: fanout[0], now: 20)
        router.heartbeat(now: 700)
        #expect(router.fanout(1).count == 8 && !router.fanout(1).contains(fanout[0]))
        router.heartbeat(now: 61_000)
        #expect(router.fanout(1).isEmpty)
        // Joining takes the fanout over.
        try router.publish([3], topic: 1, now: 62_000)
        let kept = router.fanout(1)
        router.subscribe(1, now: 62_100)
        #expect(Set(router.mesh(1)) == Set(kept) && router.fanout(1).isEmpty)
    }

    @Test func floodPublishingReachesEverySubscriber() throws {
        var configuration = testConfiguration()
        configuration.floodPublish = true
        let router = Self.crowd(30, configuration: configuration, scores: { $0 == peer(7) ? -801 : 0 })
        router.heartbeat(now: 100)
        // All but the one below the threshold for publishing.
        #expect(try router.publish([1], topic: 0, now: 200).recipients == 29)
        #expect(throws: PublishFailure.duplicate) { try router.publish([1], topic: 0, now: 200) }
        #expect(throws: PublishFailure.self) { try router.publish([UInt8](repeating: 0, count: (1 << 20) + 1), topic: 0, now: 200) }
        let quiet = router.counters
        #expect(quiet.published == 1)
    }

    @Test func floodsubPeersGetEverythingAndAreNotGrafted() throws {
        let router = router()
        router.subscribe(0, now: 0)
        for number in 1...6 {
            router.join(peer(number), number <= 3 ? .floodsub : .meshsub11)
            router.received(.subscribe([0]), from: peer(number), now: 0)
        }
        router.heartbeat(now: 100)
        #expect(Set(router.mesh(0)) == [peer(4), peer(5), peer(6)])
        #expect(try router.publish([1], topic: 0, now: 200).recipients == 6)
        for number in 1...6 { _ = router.drain(peer(number), now: 200) }
        _ = router.takeOutputs()
        router.received(.message(0, data: Self.data([2])), from: peer(1), now: 300)
        let delivery = try #require(Self.deliveries(router).first)
        router.report(delivery.id, from: peer(1), .accept, now: 310)
        #expect((1...6).filter { !router.drain(peer($0), now: 310).flatMap(\.messages).isEmpty } == [2, 3, 4, 5, 6])
    }

    @Test func opportunisticGraftingBringsInBetterPeers() {
        nonisolated(unsafe) var good: Set<PeerID> = []
        let router = Self.crowd(20, scores: { good.contains($0) ? 1 : 0 })
        router.heartbeat(now: 100)
        for number in 1...20 where !router.mesh(0).contains(peer(number)) { good.insert(peer(number)) }
        for beat in 1...58 { router.heartbeat(now: 100 + 700 * UInt64(beat)) }
        #expect(router.mesh(0).allSatisfy { !good.contains($0) })
        router.heartbeat(now: 42_000)
        #expect(router.mesh(0).filter { good.contains($0) }.count == 2)
    }

    @Test func suggestionsAreFollowedFromVeryGoodPeersOnlyAndVerified() {
        for score in [9.9, 10] {
            let router = Self.crowd(1, scores: { _ in score })
            let keys = (0..<3).map { _ in NodeKey.generate() }
            let envelopes = keys.map { SignedPeerRecord(peer: $0.id, sequence: 1, addresses: []).sealed(by: $0) }
            var forged = envelopes[1]
            forged[forged.count - 1] ^= 1
            let suggestions: [(PeerID, [UInt8]?)] = [(keys[0].id, envelopes[0]), (keys[1].id, forged), (keys[2].id, envelopes[0]), (peer(52), nil), (peer(1), envelopes[0])]
            let infos = suggestions.map { id, record in
                var info = GossipRPC.PeerInfo()
                info.id = id.multihash[...]
                info.signedRecord = record.map { $0[...] }
                return info
            }
            router.received(.prune(0, backoff: 60, peers: infos), from: peer(1), now: 0)
            let suggested = router.takeOutputs().flatMap { if case .suggest(let peers, by: peer(1)) = $0 { peers } else { [SuggestedPeer]() } }
            #expect(Set(suggested.map(\.id)) == (score == 10 ? [keys[0].id, peer(52)] : []))
            #expect(router.counters.recordsRefused == (score == 10 ? 2 : 0))
        }
    }

    @Test func aHeartbeatHasRoomForOnePruneOfSuggestions() {
        let router = Self.crowd(1, scores: { _ in 10 })
        func suggest(_ numbers: Range<Int>) -> Int {
            let infos = numbers.map { number in
                var info = GossipRPC.PeerInfo()
                info.id = peer(number).multihash[...]
                return info
            }
            router.received(.prune(0, backoff: 60, peers: infos), from: peer(1), now: 0)
            return router.takeOutputs().reduce(0) { if case .suggest(let peers, _) = $1 { $0 + peers.count } else { $0 } }
        }
        #expect(suggest(20..<30) == 10 && suggest(30..<40) == 6 && suggest(40..<50) == 0)
        router.heartbeat(now: 100)
        #expect(suggest(20..<50) == 16)
    }

    @Test func aGraylistedPeerIsNotListenedTo() {
        nonisolated(unsafe) var score = -1601.0
        let router = Self.crowd(2, scores: { $0 == peer(1) ? score : 0 })
        router.received(.message(0, data: Self.data([1])), from: peer(1), now: 1000)
        #expect(Self.deliveries(router).isEmpty)
        #expect(router.counters.graylisted >= 1)
        score = -1599
        router.received(.message(0, data: Self.data([1])), from: peer(1), now: 3000)
        #expect(Self.deliveries(router).count == 1)
    }

    @Test func aNewInboundStreamVoidsTheOldOnesRest() {
        let router = Self.crowd(1)
        let frame = GossipRPC.message(0, data: Self.data([1])).framed
        router.received(frame[..<10], from: peer(1), now: 0)
        router.accepted(peer(1))
        #expect(router.sizes.partialBytes == 0)
        router.received(frame[...], from: peer(1), now: 0)
        #expect(Self.deliveries(router).count == 1)
    }
}
