import EventLoop
import FuzzKit
import PeerIdentity
import PeerNetwork
import PeerTransport
import Protocol
import Testing

/// A manager with what it did, in simulated time.
private struct Bench {
    var manager: PeerManager
    var now: Double = 1000
    var dials: [PeerID] = []
    var goodbyes: [PeerID: GoodbyeReason] = [:]
    var closed: [UInt64] = []
    var disconnected: [PeerID] = []
    var replaced: [PeerID] = []
    var lookups = 0
    var saved: [StoredPeer] = []
    var saves = 0
    var lastID: UInt64 = 0

    init(local: PeerID = testPeers[299], _ change: (inout PeerManagerConfiguration) -> Void = { _ in }) {
        var configuration = PeerManagerConfiguration()
        change(&configuration)
        manager = PeerManager(localID: local, configuration: configuration, unixOffset: 1_000_000, random: Fuzz(seed: 1))
    }

    mutating func act() {
        for action in manager.takeActions() {
            switch action {
            case .dial(let address): dials.append(address.id)
            case .goodbye(let peer, let reason): goodbyes[peer] = reason
            case .disconnect(let peer, _): disconnected.append(peer)
            case .close(let connection, _): closed.append(connection)
            case .replaced(let peer): replaced.append(peer)
            case .lookup: lookups += 1
            case .save(let peers):
                saved = peers
                saves += 1
            }
        }
    }

    mutating func start(_ stored: [KnownPeer] = []) {
        manager.start(stored: stored, now: now)
        act()
    }

    @discardableResult
    mutating func open(_ peer: PeerID, outbound: Bool = true) -> ConnectionInfo {
        lastID += 1
        let info = ConnectionInfo(id: lastID, peer: peer, remote: testAddress(peer).socket, isOutbound: outbound, openedNanos: UInt64(now * 1e6))
        manager.opened(info, now: now)
        act()
        return info
    }

    mutating func close(_ info: ConnectionInfo) {
        manager.closed(info, now: now)
        act()
    }

    mutating func discover(_ peer: PeerID, sequence: UInt64 = 1) {
        manager.discovered(testKnown(peer, sequence: sequence), now: now)
        act()
    }

    mutating func fail(_ peer: PeerID) {
        manager.dialFailed(peer, now: now)
        act()
    }

    /// Ticks every half second.
    mutating func pass(_ millis: Double) {
        let end = now + millis
        while now < end {
            now = min(end, now + 500)
            manager.tick(now: now)
            act()
        }
    }
}

@Suite struct PeerManagerTests {
    let a = testPeers[0], b = testPeers[1]

    @Test func suggestedPeersTakeNobodysPlace() {
        var bench = Bench { $0.maxPeers = 1 }
        bench.manager.suggested(testAddress(testPeers[0]), now: bench.now)
        bench.act()
        #expect(bench.dials == [testPeers[0]])
        // No room: they wait, but not in the place of those from discovery.
        for peer in testPeers[1...99] { bench.discover(peer) }
        bench.manager.suggested(testAddress(testPeers[100]), now: bench.now)
        bench.manager.suggested(testAddress(testPeers[101]), now: bench.now)
        bench.act()
        let waiting = Set(bench.manager.cachedPeers.map(\.peer.id))
        #expect(waiting == Set(testPeers[1...100]) && bench.dials == [testPeers[0]])
        // A record replaces the suggested address.
        bench.discover(testPeers[100])
        #expect(bench.manager.cachedPeers.first { $0.peer.id == testPeers[100] }?.peer.sequence == 1)
    }

    @Test func discoveredPeersAreDialledUpToTheLimit() {
        var bench = Bench { $0.maxPeers = 3 }
        bench.start()
        for peer in testPeers[..<10] {
            bench.discover(peer)
            bench.now += 10
        }
        #expect(bench.dials == Array(testPeers[..<3]))
        bench.discover(testPeers[0])
        #expect(bench.dials.count == 3)
        #expect(bench.manager.cachedPeers.count == 7)
        // A failed dial makes room for the newest of the cache; the failed one waits.
        bench.fail(testPeers[0])
        bench.pass(1000)
        #expect(bench.dials.dropFirst(3) == [testPeers[9]])
    }

    @Test func threeFailuresAreATimeOut() {
        var bench = Bench()
        bench.start()
        bench.discover(a)
        for _ in 0..<3 {
            bench.fail(a)
            bench.pass(20_000)
        }
        #expect(bench.dials.count == 3)
        bench.discover(a)
        bench.pass(200_000)
        #expect(bench.dials.count == 3)
        bench.pass(100_000)
        bench.discover(a)
        #expect(bench.dials.count == 4)
    }

    @Test func bannedAndLowPeersAreLeft() {
        var bench = Bench()
        bench.start()
        bench.open(a)
        bench.open(b)
        bench.manager.penalize(a, .low, now: bench.now)
        bench.manager.penalize(a, .mid, now: bench.now)
        bench.act()
        #expect(bench.goodbyes.isEmpty)
        bench.pass(30_000)
        #expect(bench.goodbyes == [a: .lowScore])
        for _ in 0..<3 { bench.manager.penalize(b, .low, now: bench.now) }
        bench.act()
        #expect(bench.goodbyes[b] == .banned)
        // Nor are they dialled, and when they come back they are sent away.
        bench.close(ConnectionInfo(id: 2, peer: b, remote: testAddress(b).socket, isOutbound: true, openedNanos: 0))
        bench.dials = []
        bench.goodbyes = [:]
        bench.discover(b)
        #expect(bench.dials.isEmpty)
        bench.open(b, outbound: false)
        #expect(bench.goodbyes == [b: .banned])
    }

    @Test func protectedPeersStayWhateverTheyDo() {
        var bench = Bench {
            $0.maxPeers = 2
            $0.trusted = [testKnown(testPeers[0])]
        }
        bench.start()
        #expect(bench.dials == [a])
        bench.open(a)
        for _ in 0..<5 { bench.manager.penalize(a, .low, now: bench.now) }
        for peer in testPeers[1..<5] { bench.open(peer, outbound: false) }
        bench.pass(60_000)
        #expect(bench.goodbyes[a] == nil)
        #expect(bench.goodbyes.count == 3)
        #expect(bench.goodbyes.values.allSatisfy { $0 == .maxPeers })
    }

    @Test func protectedPeersAreDialledAgainWithPatience() {
        var bench = Bench { $0.privatePeers = [testKnown(testPeers[0])] }
        bench.start()
        for _ in 0..<400 {
            if bench.manager.dialingPeers.contains(where: { $0.id == a }) { bench.fail(a) }
            bench.pass(1000)
        }
        // 400 s: about 1, 2, 4, …, 60, 60 s apart.
        #expect((9...14).contains(bench.dials.count))
        let info = bench.open(a)
        bench.dials = []
        bench.close(info)
        bench.pass(2500)
        #expect(bench.dials == [a])
    }

    @Test func excessPeersAreLeftByScoreThenAge() {
        var bench = Bench { $0.maxPeers = 2 }
        bench.start()
        for peer in testPeers[..<4] {
            bench.open(peer, outbound: false)
            bench.now += 100
        }
        bench.manager.penalize(testPeers[0], .high, now: bench.now)
        bench.pass(30_000)
        #expect(bench.goodbyes == [testPeers[0]: .maxPeers, testPeers[3]: .maxPeers])
    }

    @Test func lostPeersAreDialledAgainSoon() {
        var bench = Bench()
        bench.start()
        bench.discover(a)
        let info = bench.open(a)
        bench.pass(40_000)
        bench.dials = []
        bench.close(info)
        bench.pass(4000)
        #expect(bench.dials == [a])
    }

    /// One that accepts and hangs up at once must not be dialled in a loop.
    @Test func shortConnectionsEnd() {
        var bench = Bench()
        bench.start()
        bench.discover(a)
        for _ in 0..<60 {
            if bench.manager.dialingPeers.contains(where: { $0.id == a }) {
                let info = bench.open(a)
                bench.pass(500)
                bench.close(info)
            }
            bench.pass(4500)
        }
        #expect(bench.dials.count <= 4)
    }

    @Test func goodbyesAreRespected() {
        var bench = Bench()
        bench.start()
        bench.discover(a)
        let info = bench.open(a)
        bench.dials = []
        bench.manager.goodbyeReceived(a, .maxPeers, now: bench.now)
        bench.act()
        #expect(bench.disconnected == [a])
        bench.close(info)
        bench.discover(a)
        bench.pass(50_000)
        #expect(bench.dials.isEmpty)
        bench.pass(11_000)
        bench.discover(a)
        #expect(bench.dials == [a])
    }

    // MARK: Double connections

    /// Both dial each other and each sees its own connection first: exactly one remains, the same for both.
    @Test(arguments: [0, 40, 300, 2000], [false, true]) func crossingDialsLeaveOne(_ skew: Double, _ isSwapped: Bool) {
        var left = Bench(local: isSwapped ? testPeers[5] : testPeers[4])
        var right = Bench(local: isSwapped ? testPeers[4] : testPeers[5])
        let leftID = left.manager.localID, rightID = right.manager.localID
        // Connection 1 is dialled by the left, 2 by the right; the end that dialled hears first.
        left.start()
        right.start()
        func info(_ id: UInt64, _ peer: PeerID, _ outbound: Bool) -> ConnectionInfo {
            ConnectionInfo(id: id, peer: peer, remote: testAddress(peer).socket, isOutbound: outbound, openedNanos: 0)
        }
        var alive: Set<UInt64> = [1, 2]
        func spread() {
            for id in left.closed + right.closed where alive.contains(id) {
                alive.remove(id)
                left.close(info(id, rightID, id == 1))
                right.close(info(id, leftID, id == 2))
            }
        }
        left.manager.opened(info(1, rightID, true), now: left.now)
        right.manager.opened(info(2, leftID, true), now: right.now)
        left.act()
        right.act()
        left.pass(skew)
        right.pass(skew)
        left.manager.opened(info(2, rightID, false), now: left.now)
        left.act()
        right.manager.opened(info(1, leftID, false), now: right.now)
        right.act()
        for _ in 0..<20 {
            spread()
            left.pass(500)
            right.pass(500)
        }
        #expect(alive.count == 1)
        #expect(left.manager.connectionCount == 1 && right.manager.connectionCount == 1)
        #expect(left.manager.connection(rightID)?.id == alive.first)
        #expect(right.manager.connection(leftID)?.id == alive.first)
    }

    /// A peer that dials us long after the first connection has lost that one.
    @Test func aLaterIncomingConnectionReplacesADeadOne() {
        var bench = Bench()
        bench.start()
        let old = bench.open(a)
        bench.pass(60_000)
        let new = bench.open(a, outbound: false)
        #expect(bench.closed == [old.id])
        #expect(bench.replaced == [a])
        bench.close(old)
        #expect(bench.manager.connection(a) == new)
    }

    // MARK: What outlives the process

    @Test func connectedPeersAreSavedAndDialledAtTheNextStart() {
        var bench = Bench()
        bench.start()
        for peer in testPeers[..<5] {
            bench.discover(peer)
            bench.open(peer)
        }
        bench.pass(2000)
        #expect(bench.saved.count == 5)
        let saves = bench.saves
        bench.pass(20_000)
        #expect(bench.saves <= saves + 1)
        // Killed here: no stop. The next run dials them before anything else.
        var next = Bench()
        next.start(testPeers[..<5].map { testKnown($0, lastSeen: 5) })
        #expect(Set(next.dials) == Set(testPeers[..<5]))
    }

    @Test func recordsOfIncomingPeersAreLearntFromDiscovery() {
        var bench = Bench()
        bench.start()
        bench.open(a, outbound: false)
        bench.pass(2000)
        #expect(bench.saved.isEmpty)
        bench.discover(a)
        bench.pass(2000)
        #expect(bench.saved.map(\.record) == [testKnown(a).record])
        #expect(bench.dials.isEmpty)
    }

    @Test func stoppingSaysGoodbyeToAll() {
        var bench = Bench()
        bench.start()
        let info = bench.open(a)
        bench.manager.stop(now: bench.now)
        bench.act()
        #expect(bench.goodbyes == [a: .shutdown])
        bench.close(info)
        bench.dials = []
        bench.discover(b)
        bench.pass(60_000)
        #expect(bench.dials.isEmpty)
    }

    // MARK: Bounds

    @Test func everythingIsBoundedUnderAFlood() {
        var bench = Bench { $0.maxPeers = 5 }
        bench.start()
        var fuzz = Fuzz(seed: 9)
        var open: [ConnectionInfo] = []
        for _ in 0..<20_000 {
            let peer = fuzz.pick(testPeers)
            switch fuzz.below(8) {
            case 0, 1, 2: bench.discover(peer, sequence: UInt64(fuzz.below(5)))
            case 3: bench.fail(peer)
            case 4: open.append(bench.open(peer, outbound: fuzz.below(2) == 0))
            case 5: if !open.isEmpty { bench.close(open.remove(at: fuzz.below(open.count))) }
            case 6: bench.manager.penalize(peer, fuzz.pick(PeerErrorSeverity.allCases), now: bench.now)
            default: bench.manager.goodbyeReceived(peer, GoodbyeReason(rawValue: UInt8(fuzz.below(8))), now: bench.now)
            }
            bench.act()
            bench.pass(Double(fuzz.below(400)))
            for id in bench.closed { if let index = open.firstIndex(where: { $0.id == id }) { bench.close(open.remove(at: index)) } }
            for peer in Array(bench.goodbyes.keys) + bench.disconnected {
                while let index = open.firstIndex(where: { $0.peer == peer }) { bench.close(open.remove(at: index)) }
            }
            bench.closed = []
            bench.goodbyes = [:]
            bench.disconnected = []
            #expect(bench.manager.cachedPeers.count <= 100)
            #expect(bench.manager.dialingPeers.count <= 37)
            #expect(bench.manager.connectedPeers.count <= open.count)
        }
        #expect(bench.saved.count <= 256)
    }
}

@Suite struct FilePeerStoreTests {
    @Test func linesComeBackAndDamagedOnesAreSkipped() {
        let peers = [StoredPeer(record: "enr:abc", lastSeen: 7), StoredPeer(record: "enr:def", lastSeen: 0)]
        let text = FilePeerStore.format(peers)
        #expect(FilePeerStore.parse(text[...]) == peers)
        #expect(FilePeerStore.parse((text + Array("nonsense\n9 http:\n12".utf8))[...]) == peers)
        var fuzz = Fuzz(seed: 2)
        for _ in 0..<Fuzz.rounds(short: 2000) { #expect(FilePeerStore.parse(fuzz.altered(text)[...]).count <= 20) }
    }

    @Test func fileIsReplacedAsAWhole() {
        let path = "/tmp/quetzal-peers-\(UInt32.random(in: 0 ... .max))"
        let store = FilePeerStore(path: path)
        #expect(store.load() == [])
        store.save([StoredPeer(record: "enr:abc", lastSeen: 7)])
        store.save([StoredPeer(record: "enr:def", lastSeen: 8)])
        #expect(FilePeerStore(path: path).load() == [StoredPeer(record: "enr:def", lastSeen: 8)])
    }
}
