import EventLoop
import PeerIdentity
import PeerTransport
public import Protocol

// The table of peers and the figures.
extension NetworkNode {
    /// Everybody connected, and with `includePending` those being dialled or kept for later.
    public func peers(includePending: Bool = true) -> [PeerEntry] {
        var entries = manager.connectedPeers.compactMap { peer -> PeerEntry? in
            guard let connection = manager.connection(peer) else { return nil }
            var entry = entry(peer, .connected, connection.remote, record: manager.record(peer)?.record)
            entry.isOutbound = connection.isOutbound
            entry.connectedSeconds = (EventLoop.monotonicNanos - connection.openedNanos) / 1_000_000_000
            return entry
        }
        guard includePending else { return entries }
        entries += manager.dialingPeers.map { entry($0.id, .dialing, $0.socket, record: nil) }
        entries += manager.cachedPeers.map { cached in
            var entry = entry(cached.peer.id, .cached, cached.peer.address.socket, record: cached.peer.record)
            entry.dialAttempts = cached.attempts
            return entry
        }
        return entries
    }

    private func entry(_ peer: PeerID, _ state: PeerEntry.State, _ address: SocketAddress, record: String?) -> PeerEntry {
        PeerEntry(
            id: peer, state: state, address: address, record: record, isOutbound: true, isProtected: manager.isProtected(peer), agent: agents[peer],
            applicationScore: applicationScore(peer), gossipScore: state == .connected ? gossip.score(peer) : 0, connectedSeconds: 0, dialAttempts: 0)
    }

    /// As `p2p_getPeers` answers.
    public func peerInfos(includePending: Bool) -> [PeerInfo] { peers(includePending: includePending).map(\.info) }

    public var counters: NetworkCounters {
        var result = counts
        let connections = manager.connectedPeers.compactMap { manager.connection($0) }
        result.peers = connections.count
        result.inboundPeers = connections.count { !$0.isOutbound }
        result.dialing = manager.dialingPeers.count
        result.cachedPeers = manager.cachedPeers.count
        result.medianScore = manager.scores.median
        result.goodbyesSent = manager.goodbyesSent
        result.goodbyesReceived = manager.goodbyesReceived
        result.requestsServed = server.counters
        result.requestsSent = client.counters
        return result
    }
}
