import FuzzKit
import PeerGossip
import PeerNetwork
import Protocol
import Testing

@Suite struct ScoreTests {
    let peer = testPeers[0]

    @Test func penaltiesAddUpAndDecayByWholeMinutes() {
        var scores = ApplicationScores()
        #expect(scores.penalize(peer, .high, now: 0) == -2)
        #expect(scores.penalize(peer, .mid, now: 0) == -12)
        #expect(scores.penalize(peer, .low, now: 0) == -62)
        #expect(scores.state(peer) == .disconnect)
        scores.decayAll(now: 59_999)
        #expect(scores.score(peer) == -62)
        scores.decayAll(now: 60_000)
        #expect(abs(scores.score(peer) + 55.8) < 1e-9)
        // The begun minute is lost with each penalty.
        scores.penalize(peer, .high, now: 119_999)
        scores.decayAll(now: 120_001)
        #expect(abs(scores.score(peer) + 57.8) < 1e-9)
    }

    @Test func valuesComeInAnyOrderAndMayBeFew() {
        #expect(ApplicationScores(penaltyValues: [50, 2, 11]).penalties == [.high: 2, .mid: 11, .low: 50])
        #expect(ApplicationScores(penaltyValues: [1]).penalties == [.high: 1, .mid: 10, .low: 50])
    }

    @Test func limitsOfStates() {
        #expect(PeerScoreState(score: -50) == .healthy)
        #expect(PeerScoreState(score: -50.001) == .disconnect)
        #expect(PeerScoreState(score: -100) == .disconnect)
        #expect(PeerScoreState(score: -100.001) == .banned)
    }

    /// Identities are cheap: whoever makes many must neither fill memory nor wash a ban away.
    @Test func memoryIsBoundedAndKeepsTheWorst() {
        var scores = ApplicationScores(capacity: 64)
        let bad = testPeers[7]
        for _ in 0..<3 { scores.penalize(bad, .low, now: 0) }
        for peer in testPeers where peer != bad { scores.penalize(peer, .high, now: 1) }
        #expect(scores.count == 64)
        #expect(scores.state(bad) == .banned)
        // Everything is forgotten once it has decayed to nothing.
        scores.decayAll(now: 60_000 * 200)
        #expect(scores.count == 0)
    }
}

@Suite struct LimitTests {
    let peer = testPeers[0]

    @Test func burstThenOnePerInterval() {
        var limits = RequestLimits()
        let verdicts = (0..<10).map { _ in limits.check(.ping, peer, now: 0) }
        #expect(verdicts.filter { $0 == .allowed }.count == 5)
        #expect(limits.check(.ping, peer, now: 199) != .allowed)
        #expect(limits.check(.ping, peer, now: 200) == .allowed)
    }

    @Test func globalTokenIsSpentByRefusedPeers() {
        var limits = RequestLimits()
        for _ in 0..<10 { _ = limits.check(.ping, peer, now: 0) }
        #expect(limits.check(.ping, testPeers[1], now: 0) == .deniedGlobal)
    }

    /// What we send at our own limit passes the reference's, though the network delays each packet by up to 150 ms.
    @Test(arguments: RequestProtocol.allCases) func ourRequestsAreGranted(_ kind: RequestProtocol) {
        var fuzz = Fuzz(seed: 11)
        for _ in 0..<200 {
            var outbound = OutboundLimits()
            var arrivals: [Double] = []
            var now: Double = 0
            while now < 5000 {
                if outbound.take(kind, peer, now: now) { arrivals.append(now + 150 * Double(fuzz.below(1000)) / 1000) }
                now += fuzz.below(3) == 0 ? outbound.wait(kind, peer, now: now) : Double(fuzz.below(80))
            }
            var inbound = RequestLimits(quotas: [kind: RequestQuota(perPeer: kind.quota.perPeer, global: 1_000_000)])
            let verdicts = arrivals.sorted().map { inbound.check(kind, peer, now: $0) }
            #expect(verdicts.allSatisfy { $0 == .allowed })
            #expect(arrivals.count >= 5)
        }
    }

    @Test func waitSaysWhenTheNextMayGo() {
        var outbound = OutboundLimits()
        while outbound.take(.tx, peer, now: 0) {}
        let wait = outbound.wait(.tx, peer, now: 0)
        #expect(wait > 0 && wait <= 125)
        #expect(outbound.take(.tx, peer, now: wait) == true)
        outbound.forgetIdle(now: 100_000)
        #expect(outbound.wait(.tx, peer, now: 100_000) == 0)
    }

    @Test func seenCacheForgetsTheOldest() {
        var cache = SeenCache<Int>(capacity: 3)
        let results = [1, 2, 3, 1, 4, 1].map { cache.insert($0) }
        #expect(results == [true, true, true, false, true, true])
        #expect(!cache.contains(2) && cache.contains(3) && cache.count == 3)
    }
}
