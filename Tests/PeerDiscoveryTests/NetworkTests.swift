import EventLoop
import FuzzKit
import PeerDiscovery
import PeerIdentity
import Testing

@Suite struct NetworkTests {
    /// `count` nodes that know the bootnode only, after each has searched `rounds` times.
    private func network(of count: Int, seed: UInt64, rounds: Int, loss: Int = 0, doubling: Int = 0) throws -> SimulatedNetwork {
        let network = SimulatedNetwork(seed: seed)
        (network.loss, network.doubling) = (loss, doubling)
        let bootnode = try network.add(socket("36.1.2.3"), role: .bootnode, version: "00-31337-00000000-0-22222222-33333333")
        for index in 0..<count {
            try network.add(socket("\(40 + index / 200).\(index % 200).1.1")) { $0.bootnodes = [bootnode.record] }
            network.run(millis: 50)
        }
        network.run(millis: 2500)
        for _ in 0..<rounds {
            for address in network.order.dropFirst() {
                _ = network.nodes[address]?.startLookup(now: network.now)
                network.drain(address)
            }
            network.run(millis: 2500)
        }
        return network
    }

    @Test func aNetworkFormsAroundOneBootnodeAndLookupsFindTheNearest() throws {
        let network = try network(of: 60, seed: 20, rounds: 4)
        let nodes = network.order.dropFirst().compactMap { network.nodes[$0] }
        for node in nodes {
            #expect(node.table.count >= 30)
            for entry in node.table.entries {
                #expect(node.table.entries(atDistance: node.localID.distance(to: entry.id)).contains { $0.id == entry.id })
                #expect(network.nodes[entry.socket]?.localID == entry.id)
            }
            for distance in 1...256 { #expect(node.table.entries(atDistance: distance).count <= RoutingTable.bucketSize) }
        }
        var (found, wanted) = (0, 0)
        for _ in 0..<10 {
            let target = NodeID(bytes: network.source.bytes(32))!
            let asker = nodes[network.source.below(nodes.count)]
            let truth = Set(nodes.filter { $0 !== asker }.map(\.localID).sorted { $0.isCloser(to: target, than: $1) }.prefix(8))
            let result = network.lookup(asker.record.udp4Socket!, target)
            #expect(result.count <= 16)
            found += truth.intersection(result.map(\.nodeID)).count
            wanted += truth.count
        }
        #expect(found * 100 >= wanted * 90, "\(found) of \(wanted)")
        // Everyone hears of nearly everyone.
        for address in network.order.dropFirst() { #expect(network.discovered(address).count >= 50) }
    }

    @Test func lostAndDoubledDatagramsDoNotStopIt() throws {
        let network = try network(of: 30, seed: 21, rounds: 5, loss: 10, doubling: 10)
        for address in network.order.dropFirst() { #expect(network.discovered(address).count >= 20) }
    }

    @Test func deadNodesLeaveTheTable() throws {
        let network = SimulatedNetwork(seed: 22)
        let (a, b) = (socket("34.1.2.3"), socket("35.1.2.3"))
        let nodeA = try network.add(a)
        let nodeB = try network.add(b)
        let bootnode = try network.add(socket("36.1.2.3"))
        nodeA.add(bootnode.record, isPermanent: true, now: network.now)
        #expect(network.ping(a, nodeB.record))
        #expect(nodeA.table.count == 2)
        network.nodes[b] = nil
        network.nodes[socket("36.1.2.3")] = nil
        network.run(millis: 310_000)
        #expect(nodeA.table[nodeB.localID]?.isConnected == false)
        network.run(millis: 200_000)
        #expect(nodeA.table[nodeB.localID] == nil)
        // A configured one stays.
        #expect(nodeA.table[bootnode.localID] != nil)
    }

    @Test func theTableSurvivesARestart() throws {
        let network = try network(of: 20, seed: 23, rounds: 2)
        let node = network.nodes[network.order[3]]!
        let kept = KnownRecords.decode(KnownRecords.encode(node.table.entries.map(\.record)))
        #expect(kept.count == node.table.count && kept.count > 10)
        // No bootnode this time; the second life knows its old number and its peers.
        let again = try network.add(network.order[3], key: node.key) {
            $0.known = kept
            $0.previousRecord = node.record
        }
        #expect(again.record == node.record)
        #expect(again.table.count >= kept.count - 1)
        #expect(network.discovered(network.order[3]).isSuperset(of: again.table.entries.map(\.id)))
        network.run(millis: 35_000)
        #expect(again.table.entries.count(where: \.isConnected) >= 10)
        #expect(network.lookup(network.order[3]).count >= 10)
    }

    @Test func oneSubnetCannotFillTheTable() throws {
        let network = SimulatedNetwork(seed: 24)
        let target = try network.add(socket("34.1.2.3"))
        for index in 0..<120 {
            let peer = try HandmadePeer(target, at: socket("35.1.1.\(1 + index)"), seed: UInt64(index))
            #expect(try peer.connect(now: network.now))
            network.now += 100_000_000
        }
        #expect(target.table.count == 10)
        for distance in 1...256 { #expect(target.table.entries(atDistance: distance).count <= 2) }
    }

    /// A full bucket gives a place to a new node only when an old one does not answer.
    @Test func aFullBucketKeepsItsLivingNodes() throws {
        let network = SimulatedNetwork(seed: 25)
        let a = socket("34.1.2.3")
        let nodeA = try network.add(a)
        var far: [Discv5] = []
        var index = 0
        while far.count < 18 {
            index += 1
            var source = Fuzz(seed: UInt64(1000 + index))
            let key = seededKey(&source)
            guard NodeID(key.id).distance(to: nodeA.localID) == 256 else { continue }
            far.append(try network.add(socket("40.\(index).1.1"), key: key))
        }
        for node in far.prefix(16) { #expect(network.ping(a, node.record)) }
        #expect(nodeA.table.entries(atDistance: 256).map(\.id) == far.prefix(16).map(\.localID))
        #expect(network.ping(a, far[16].record))
        #expect(nodeA.table[far[16].localID] == nil)
        network.nodes[far[0].record.udp4Socket!] = nil
        #expect(!network.ping(a, far[0].record))
        #expect(nodeA.table[far[0].localID]?.isConnected == false)
        // Now it waits for the dead one's place, which is pinged and makes room.
        #expect(network.ping(far[17].record.udp4Socket!, nodeA.record))
        network.run(millis: 3000)
        #expect(nodeA.table[far[0].localID] == nil)
        #expect(nodeA.table[far[17].localID] != nil)
        #expect(nodeA.table.entries(atDistance: 256).count == 16)
    }
}
