import PeerIdentity
import PeerTransport

// Dials, their repetition, double connections, and what is kept for the next start.
extension PeerManager {
    mutating func dial(_ candidate: Candidate) {
        dialing[candidate.peer.id] = candidate
        actions.append(.dial(candidate.peer.address))
    }

    mutating func cache(_ candidate: Candidate) {
        cached[candidate.peer.id] = candidate
        if cached.count > Self.maxCached, let oldest = cached.min(by: { $0.value.added < $1.value.added }) { cached[oldest.key] = nil }
    }

    mutating func timeOut(_ peer: PeerID, until: Double) {
        cached[peer] = nil
        timedOut[peer] = until
        if timedOut.count > Self.maxTimedOut, let first = timedOut.min(by: { $0.value < $1.value }) { timedOut[first.key] = nil }
    }

    /// From the cache, the newest first, as far as there is room.
    mutating func dialCached(now: Double) {
        var room = min(wanted, configuration.maxDialing - dialing.count)
        guard room > 0, !cached.isEmpty else { return }
        for candidate in cached.values.sorted(by: { $0.added > $1.added }) where candidate.notBefore <= now {
            guard room > 0 else { return }
            cached[candidate.peer.id] = nil
            guard connections[candidate.peer.id] == nil, dialing[candidate.peer.id] == nil else { continue }
            dial(candidate)
            room -= 1
        }
    }

    mutating func dialProtected(_ id: PeerID, now: Double) {
        guard let candidate = protected[id], connections[id] == nil, dialing[id] == nil else { return }
        dial(candidate)
    }

    /// Doubling from one second to a minute, with a fifth of chance, as long as it takes.
    mutating func delayProtected(_ id: PeerID, now: Double) {
        guard var candidate = protected[id] else { return }
        candidate.attempts += 1
        let delay = min(60_000, 1000 * Double(1 << min(candidate.attempts - 1, 6)))
        candidate.notBefore = now + delay * Double.random(in: 0.8...1.2, using: &random)
        protected[id] = candidate
    }

    /// Leaves each peer one connection.
    ///
    /// When both sides have dialled each other, each sees its own order; were both to close the newer at once, both would
    /// go. So the side with the greater id decides, and the other closes only what is still double after the grace.
    /// An incoming connection long after the first says that the peer has lost that one: then the older goes.
    mutating func closeDuplicates(now: Double) {
        for (peer, list) in connections where list.count > 1 && !leaving.contains(peer) {
            let first = list[0]
            let second = list[1]
            if second.opened - first.opened >= Self.staleMillis, !second.info.isOutbound {
                actions.append(.close(connection: first.info.id, reason: "replaced by a newer connection of the peer"))
                actions.append(.replaced(peer))
                connections[peer]!.removeFirst()
            } else if localID > peer || now - second.opened >= Self.duplicateGraceMillis {
                for extra in list.dropFirst() { actions.append(.close(connection: extra.info.id, reason: "second connection to the peer")) }
                connections[peer]!.removeLast(list.count - 1)
            }
        }
    }

    // MARK: What is kept

    mutating func remember(_ peer: KnownPeer, now: Double) {
        var peer = peer
        peer.lastSeen = UInt64(max(0, now + unixOffset))
        known[peer.id] = peer
        isDirty = true
        if known.count > configuration.maxKnown,
            let oldest = known.filter({ connections[$0.key] == nil }).min(by: { $0.value.lastSeen < $1.value.lastSeen }) { known[oldest.key] = nil }
    }

    mutating func touchConnected(now: Double) {
        for peer in connections.keys {
            guard known[peer] != nil else { continue }
            known[peer]!.lastSeen = UInt64(max(0, now + unixOffset))
            isDirty = true
        }
    }

    mutating func save(now: Double) {
        isDirty = false
        lastSave = now
        // Who came by a suggestion has no record that could be read again.
        let peers = known.values.filter { !$0.record.isEmpty }.sorted { $0.lastSeen > $1.lastSeen }
        actions.append(.save(peers.map { StoredPeer(record: $0.record, lastSeen: $0.lastSeen) }))
    }
}
