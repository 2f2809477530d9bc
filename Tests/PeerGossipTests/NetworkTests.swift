import FuzzKit
import PeerGossip
import Testing

/// Networks of routers in simulated time.
@Suite struct NetworkTests {
    @Test(arguments: [20, 50]) func everythingPublishedReachesEveryone(count: Int) throws {
        let network = Network(count, seed: UInt64(count))
        network.mix(8)
        network.run(5000)
        for node in network.nodes {
            for topic in 0..<3 { #expect((4...12).contains(node.router.mesh(topic).count), "\(node.router.mesh(topic).count) in the mesh") }
        }
        var published: [MessageID] = []
        for round in 0..<60 {
            published.append(try network.publish(network.random.bytes(200 + round), round % 3, at: network.random.below(count)).id)
            network.run(100)
        }
        network.run(3000)
        for node in network.nodes { #expect(published.allSatisfy { node.delivered[$0] != nil }) }
        // Each came in a few times, not from every neighbour.
        for node in network.nodes { #expect(node.router.counters.duplicates < published.count * 10) }
        for node in network.nodes { #expect(node.router.counters.brokenPromises == 0 && node.router.counters.invalid == 0 && node.cuts == 0) }
        network.run(10_000)
        for node in network.nodes { #expect(node.router.sizes.cachedMessages == 0 && node.router.sizes.pendingMessages == 0) }
    }

    @Test func twoRunsAreTheSame() throws {
        func run() throws -> [GossipCounters] {
            let network = Network(20, seed: 3)
            network.mix(5)
            network.run(3000)
            for _ in 0..<20 {
                try network.publish(network.random.bytes(100), 0, at: network.random.below(20))
                network.run(50)
            }
            network.run(2000)
            return network.nodes.map(\.router.counters)
        }
        #expect(try run() == run())
    }

    /// Links come and go all the time; what is published while a node is cut off for a moment reaches it by IHAVE.
    @Test func churnLosesNothing() throws {
        let network = Network(30, seed: 8)
        network.mix(6)
        network.run(5000)
        var published: [MessageID] = []
        for _ in 0..<100 {
            let index = network.random.below(30)
            if let other = network.nodes[index].links.first, network.nodes[index].links.count > 4, network.nodes[other].links.count > 4 {
                network.disconnect(index, other)
            }
            network.connect(network.random.below(30), network.random.below(30))
            published.append(try network.publish(network.random.bytes(300), network.random.below(3), at: network.random.below(30)).id)
            network.run(400)
        }
        network.run(5000)
        var missing = 0
        for node in network.nodes { missing += published.count { node.delivered[$0] == nil } }
        #expect(missing == 0)
        for node in network.nodes { for topic in 0..<3 { #expect(node.router.mesh(topic).count <= 12) } }
    }

    /// A fifth of the nodes passes nothing on and lies in IHAVE; the others still get everything, and think little of the liars.
    @Test func silentNodesDoNotStopTheOthers() throws {
        let network = Network(30, seed: 9)
        network.mix(8)
        for index in 0..<6 { network.nodes[index].judge = { _ in nil } }
        network.run(5000)
        var published: [MessageID] = []
        for round in 0..<50 {
            published.append(try network.publish(network.random.bytes(300), 0, at: 6 + network.random.below(24)).id)
            if round % 5 == 0 {
                for index in 0..<6 {
                    let fake = GossipRPC.ihave(0, (0..<20).map { _ in MessageID(topic: [], payload: network.random.bytes(8)) })
                    for other in network.nodes[index].links {
                        network.nodes[other].router.received(fake, from: network.nodes[index].id, now: network.now)
                        network.settle(other)
                    }
                }
            }
            network.run(200)
        }
        network.run(4000)
        for node in network.nodes[6...] { #expect(published.allSatisfy { node.delivered[$0] != nil }) }
        let honest = network.nodes[10]
        for other in honest.links { #expect((honest.router.score(network.nodes[other].id, now: network.now) < 0) == (other < 6)) }
    }

    /// Nodes that publish what is invalid are out of every mesh soon; nothing of it goes on.
    @Test func invalidMessagesGoNowhere() throws {
        let network = Network(20, seed: 10)
        network.mix(7)
        for node in network.nodes { node.judge = { $0.payload.first == 0xff ? .reject : .accept } }
        network.run(5000)
        // Time in the mesh hides a few of them («note 07 §4.5»), not fifty a second.
        for _ in 0..<250 {
            try network.publish([0xff] + network.random.bytes(50), 0, at: 0)
            network.run(20)
        }
        network.run(700)
        for (index, node) in network.nodes.enumerated() where index > 0 {
            #expect(node.router.counters.forwarded == 0)
            #expect(!node.router.mesh(0).contains(network.nodes[0].id))
            if node.links.contains(0) { #expect(node.router.score(network.nodes[0].id, now: network.now) < -100) }
        }
    }

    @Test func versionsMix() throws {
        let network = Network(20, seed: 11)
        for index in 0..<20 {
            for step in 1...5 { network.connect(index, (index + step) % 20, [.meshsub11, .meshsub10, .floodsub][(index + step) % 3]) }
        }
        network.run(5000)
        let published = try (0..<20).map { index in
            network.run(100)
            return try network.publish([UInt8(index), 1, 2, 3], 2, at: index).id
        }
        network.run(3000)
        for node in network.nodes { #expect(published.allSatisfy { node.delivered[$0] != nil }) }
    }
}
