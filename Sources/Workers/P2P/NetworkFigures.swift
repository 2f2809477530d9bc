import IPC
import Messages
import PeerDiscovery
import PeerNetwork
import Protocol

/// Verdicts by topic.
struct GossipFigures {
    private var accepted = [Int](repeating: 0, count: GossipTopic.allCases.count)
    private var ignored = [Int](repeating: 0, count: GossipTopic.allCases.count)
    private var rejected = [Int](repeating: 0, count: GossipTopic.allCases.count)

    mutating func count(_ topic: GossipTopic, _ verdict: GossipVerdict) {
        guard let place = GossipTopic.allCases.firstIndex(of: topic) else { return }
        switch verdict {
        case .accept: accepted[place] += 1
        case .ignore: ignored[place] += 1
        case .reject: rejected[place] += 1
        }
    }

    func write(to region: WorkerRegion) {
        for place in GossipTopic.allCases.indices {
            region.set(.gossipAccepted, at: place, UInt64(accepted[place]))
            region.set(.gossipIgnored, at: place, UInt64(ignored[place]))
            region.set(.gossipRejected, at: place, UInt64(rejected[place]))
        }
    }
}

/// The network's counters as metrics.
enum NetworkFigures {
    /// In the order of `MetricsSchema.requestProtocols`.
    private static let protocols: [RequestProtocol] = [.ping, .status, .goodbye, .tx, .block]

    static func write(_ network: NetworkNode, to region: WorkerRegion) {
        let counters = network.counters
        region.set(.peerCount, counters.peers)
        region.set(.peerGoodbyesSent, counters.goodbyesSent.values.reduce(0, +))
        region.set(.peerGoodbyesReceived, counters.goodbyesReceived.values.reduce(0, +))
        for (place, kind) in protocols.enumerated() {
            let served = counters.requestsServed[kind], sent = counters.requestsSent[kind]
            region.set(.requestsReceived, at: place, UInt64(served?.received ?? 0))
            region.set(.requestsFailedInbound, at: place, UInt64((served?.refused ?? 0) + (served?.timedOut ?? 0) + (served?.rateLimited ?? 0)))
            region.set(.requestsSent, at: place, UInt64(sent?.sent ?? 0))
            region.set(.requestsFailedOutbound, at: place, UInt64(sent?.failed ?? 0))
        }
        if let discovery = network.discovery { DiscoveryFigures.write(discovery, to: region) }
    }
}

/// Discovery's counters as metrics, of a node and of a bootnode.
enum DiscoveryFigures {
    static func write(_ discovery: DiscoveryService, to region: WorkerRegion) {
        let counters = discovery.counters
        region.set(.discoveryKnownNodes, discovery.nodeCount)
        region.set(.discoverySessions, discovery.sessionCount)
        region.set(.discoveryPacketsReceived, counters.received)
        region.set(.discoveryPacketsSent, counters.sent)
        region.set(.discoveryBytesReceived, counters.receivedBytes)
        region.set(.discoveryBytesSent, counters.sentBytes)
        region.set(.discoveryPacketsMalformed, counters.malformed)
        region.set(.discoveryPacketsLimited, counters.limited)
        region.set(.discoveryHandshakes, counters.handshakesAccepted)
        region.set(.discoveryHandshakesRefused, counters.handshakesRefused)
    }
}
