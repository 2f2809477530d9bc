import Bytes
import EventLoop
import FuzzKit
import PeerDiscovery
import PeerIdentity
import Testing

@Suite struct SessionTests {
    @Test func aPingBringsSessionAndTableEntriesToBoth() throws {
        let network = SimulatedNetwork(seed: 1)
        let (a, b) = (socket("34.1.2.3"), socket("35.1.2.3"))
        let (nodeA, nodeB) = (try network.add(a), try network.add(b))
        #expect(network.ping(a, nodeB.record))
        #expect(nodeA.table[nodeB.localID]?.isConnected == true)
        #expect(nodeB.table[nodeA.localID]?.isConnected == true)
        #expect(network.discovered(b) == [nodeA.localID])
        #expect(nodeB.counters.handshakesAccepted == 1)
        // The second needs no handshake.
        #expect(network.ping(a, nodeB.record))
        #expect(network.ping(b, nodeA.record))
        #expect(nodeB.counters.challengesSent == 1 && nodeA.counters.challengesSent == 0)
    }

    @Test func bothBeginningAtOnceBothGetAnswers() throws {
        // Each holds the other's newer keys for a while; over many orders of arrival.
        for seed: UInt64 in 0..<40 {
            let network = SimulatedNetwork(seed: seed)
            let (a, b) = (socket("34.1.2.3"), socket("35.1.2.3"))
            let (nodeA, nodeB) = (try network.add(a), try network.add(b))
            let (callA, callB) = (nodeA.ping(nodeB.record, now: network.now), nodeB.ping(nodeA.record, now: network.now))
            network.drain(a)
            network.drain(b)
            network.run(millis: 2500)
            for (address, call) in [(a, callA), (b, callB)] {
                #expect((network.events[address] ?? []).contains { if case .ponged(let number, _, _) = $0 { number == call } else { false } }, "seed \(seed)")
            }
            #expect(network.ping(a, nodeB.record) && network.ping(b, nodeA.record), "seed \(seed)")
        }
    }

    @Test func aPeerThatLostItsSessionsIsAskedAnew() throws {
        let network = SimulatedNetwork(seed: 2)
        let (a, b) = (socket("34.1.2.3"), socket("35.1.2.3"))
        let nodeA = try network.add(a)
        var source = Fuzz(seed: 7)
        let key = seededKey(&source)
        let first = try network.add(b, key: key)
        #expect(network.ping(a, first.record))
        let second = try network.add(b, key: key)
        #expect(network.ping(a, second.record))
        #expect(second.counters.handshakesAccepted == 1)
        #expect(nodeA.counters.callsFailed == 0)
    }

    @Test func sessionsEndAfterTheirTime() throws {
        let network = SimulatedNetwork(seed: 3)
        let (a, b) = (socket("34.1.2.3"), socket("35.1.2.3"))
        try network.add(a) { $0.sessionNanos = 10_000_000_000 }
        let nodeB = try network.add(b) { $0.sessionNanos = 10_000_000_000 }
        #expect(network.ping(a, nodeB.record))
        network.run(millis: 12_000)
        #expect(network.ping(a, nodeB.record))
        #expect(nodeB.counters.handshakesAccepted == 2)
    }

    @Test func sessionsAreBounded() throws {
        let target = try SimulatedNetwork(seed: 4).add(socket("34.1.2.3")) { $0.limits.sessions = 50 }
        var peers: [HandmadePeer] = []
        for index in 0..<120 {
            let peer = try HandmadePeer(target, at: socket("35.\(index).2.3"), seed: UInt64(index))
            #expect(try peer.connect(now: 2_000_000_000))
            peers.append(peer)
        }
        // The oldest must shake hands again, the newest need not.
        let answers = peers.map { peer in !peer.read(peer.deliver(peer.ordinary(.ping(peer.requestID(), sequence: 1)), now: 2_000_000_000)).isEmpty }
        #expect(answers == (0..<120).map { $0 >= 70 })
    }

    @Test func anUnverifiedAddressIsAnsweredButNotPassedOn() throws {
        let network = SimulatedNetwork(seed: 5)
        let (a, b) = (socket("34.1.2.3"), socket("35.1.2.3"))
        let nodeA = try network.add(a, announced: socket("34.9.9.9"))
        let nodeB = try network.add(b)
        #expect(network.ping(a, nodeB.record))
        #expect(nodeB.table.count == 0)
        #expect(network.discovered(b).isEmpty)
        #expect(nodeA.table.count == 1)
    }

    @Test func anotherNetworksNodesStayOut() throws {
        let network = SimulatedNetwork(seed: 6)
        let (a, b, boot) = (socket("34.1.2.3"), socket("35.1.2.3"), socket("36.1.2.3"))
        let bootnode = try network.add(boot, role: .bootnode, version: "00-31337-00000000-0-22222222-33333333")
        let nodeA = try network.add(a) { $0.bootnodes = [bootnode.record] }
        let nodeB = try network.add(b, version: testVersion.replacing("-1-", with: "-2-")) { $0.bootnodes = [bootnode.record] }
        network.run(millis: 3000)
        // The bootnode takes both, each takes the bootnode, and neither the other.
        #expect(bootnode.table.count == 2)
        #expect(nodeA.table.entries.map(\.id) == [bootnode.localID])
        #expect(network.ping(a, nodeB.record))
        #expect(nodeA.table[nodeB.localID] == nil && nodeB.table[nodeA.localID] == nil)
        _ = network.lookup(a)
        #expect(network.discovered(a).isEmpty)
        let strict = try network.add(socket("37.1.2.3")) {
            $0.bootnodes = [bootnode.record]
            $0.checksBootnodeVersions = true
        }
        #expect(strict.table.count == 0)
        try network.add(socket("38.1.2.3")) {
            $0.bootnodes = [bootnode.record]
            $0.reportsBootnodes = true
        }
        #expect(network.discovered(socket("38.1.2.3")) == [bootnode.localID])
    }

    @Test func aNewerRecordIsFetched() throws {
        let network = SimulatedNetwork(seed: 8)
        let (a, b) = (socket("34.1.2.3"), socket("35.1.2.3"))
        let (nodeA, nodeB) = (try network.add(a), try network.add(b))
        #expect(network.ping(a, nodeB.record))
        // Another TCP address would be another record; the socket stays.
        try nodeB.announce(socket("2001:db8:1::1"))
        #expect(nodeB.record.sequence == 11)
        #expect(network.ping(a, nodeA.table[nodeB.localID]!.record))
        #expect(nodeA.table[nodeB.localID]?.record == nodeB.record)
        // An address that packets do not come from is not believed.
        try nodeB.announce(socket("35.1.2.4"))
        #expect(network.ping(a, nodeA.table[nodeB.localID]!.record))
        #expect(nodeA.table[nodeB.localID] == nil)
    }

    @Test func tenVotesMoveABootnodesAddress() throws {
        let network = SimulatedNetwork(seed: 9)
        let boot = socket("36.1.2.3")
        // It believes to be elsewhere.
        let bootnode = try network.add(boot, announced: socket("36.9.9.9"), role: .bootnode) { $0.votesOnAddress = true }
        for index in 0..<12 {
            let peer = try network.add(socket("40.\(index).1.1"))
            #expect((bootnode.record.ip4 == IPAddress("36.1.2.3")!) == (index >= 10))
            #expect(network.ping(boot, peer.record))
        }
        #expect(bootnode.record.udp4Socket == boot)
        #expect(bootnode.record.sequence == 5)
        // One host with many keys has one vote.
        let other = try network.add(socket("37.1.2.3"), announced: socket("37.9.9.9"), role: .bootnode) { $0.votesOnAddress = true }
        for index: UInt16 in 0..<15 {
            let peer = try network.add(socket("41.1.1.1", 1000 + index))
            #expect(network.ping(socket("37.1.2.3"), peer.record))
        }
        #expect(other.record.ip4 == IPAddress("37.9.9.9")!)
    }

    @Test func overIPv6() throws {
        let network = SimulatedNetwork(seed: 10)
        let (a, b) = (socket("2001:db8::1"), socket("2001:db8:5::2"))
        let (nodeA, nodeB) = (try network.add(a), try network.add(b))
        #expect(network.ping(a, nodeB.record))
        #expect(nodeB.table[nodeA.localID]?.socket == a)
        // A node of the other family only is out of reach.
        let four = try network.add(socket("34.1.2.3"))
        #expect(nodeA.ping(four.record, now: network.now) == nil)
    }
}
