import EventLoop
import FuzzKit
import PeerDiscovery
import PeerIdentity
import Testing

/// Real sockets on loopback.
@Suite(.serialized) struct DiscoveryServiceTests {
    private func service(_ loop: EventLoop, _ address: SocketAddress = SocketAddress(.loopback, 0), role: RecordContent.Role = .fullNode, _ change: (inout DiscoveryConfiguration) -> Void = { _ in }) throws -> DiscoveryService {
        let content = RecordContent(role: role, networkVersion: testVersion, clientVersion: "0.87.7", addresses: [address])
        var configuration = DiscoveryConfiguration(listen: [address], content: content, requiredVersion: role == .bootnode ? nil : testVersion)
        // All nodes share one address here.
        configuration.limits.answersPerAddress = Rate(perSecond: 1000, burst: 2000)
        configuration.limits.handshakesPerAddress = Rate(perSecond: 1000, burst: 2000)
        configuration.limits.requestsPerAddress = Rate(perSecond: 1000, burst: 2000)
        configuration.limits.challengesPerAddress = Rate(perSecond: 1000, burst: 2000)
        change(&configuration)
        let service = try DiscoveryService(loop: loop, key: .generate(), configuration: configuration)
        try service.start()
        return service
    }

    /// Runs the loop until `condition` holds; false after `seconds`.
    private func run(_ loop: EventLoop, seconds: Int, until condition: @escaping () -> Bool) -> Bool {
        var isDone = false
        let check = loop.every(.milliseconds(10)) {
            isDone = condition()
            if isDone { loop.stop() }
        }
        let limit = loop.after(.seconds(seconds)) { loop.stop() }
        loop.run()
        check.cancel()
        limit.cancel()
        return isDone
    }

    @Test func twoFindEachOther() throws {
        for ip in ["127.0.0.1", "::1"] {
            let loop = try EventLoop()
            let a = try service(loop, socket(ip, 0))
            var found: Set<NodeID> = []
            a.discovered = { found.insert($0.nodeID) }
            let b = try service(loop, socket(ip, 0)) { $0.trusted = [a.localENR] }
            #expect(run(loop, seconds: 20) { !a.routingTable.isEmpty && found.contains(b.localENR.nodeID) })
            var seen: SocketAddress?
            b.ping(a.localENR) { seen = $0 }
            #expect(run(loop, seconds: 20) { seen != nil })
            #expect(seen == b.addresses.first)
            #expect(b.knownRecords == [a.localENR])
            a.stop()
            b.stop()
        }
    }

    @Test func twentyFindEachOtherThroughABootnode() throws {
        let loop = try EventLoop()
        let bootnode = try service(loop, role: .bootnode)
        var found: [Set<NodeID>] = Array(repeating: [], count: 20)
        let nodes = try (0..<20).map { index in
            let node = try service(loop) { $0.bootnodes = [bootnode.localENR] }
            node.discovered = { found[index].insert($0.nodeID) }
            return node
        }
        let lookups = loop.every(.milliseconds(500)) { for node in nodes { node.lookup() } }
        let all = Set(nodes.map(\.localENR.nodeID))
        #expect(run(loop, seconds: 60) { (0..<20).allSatisfy { found[$0].union([nodes[$0].localENR.nodeID]) == all } })
        lookups.cancel()
        #expect(bootnode.routingTable.count >= 15)
        for node in nodes {
            #expect(node.routingTable.count >= 10)
            #expect(node.counters.malformed == 0)
            node.stop()
        }
        bootnode.stop()
    }

    @Test func theAddressInUseIsAnError() throws {
        let loop = try EventLoop()
        let a = try service(loop)
        let taken = try #require(a.addresses.first)
        #expect(throws: EventLoopError.self) { try service(loop, taken) }
        a.stop()
    }
}
