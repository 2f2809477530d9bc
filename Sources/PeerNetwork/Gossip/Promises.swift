import PeerIdentity

/// Messages that peers announced and we asked for: who does not send them breaks a promise. One id of each request is watched.
struct Promises {
    private var deadlines: [MessageID: [(peer: PeerID, until: UInt64)]] = [:]

    var count: Int { deadlines.count }

    mutating func add(_ id: MessageID, of peer: PeerID, until: UInt64) {
        if deadlines[id]?.contains(where: { $0.peer == peer }) == true { return }
        deadlines[id, default: []].append((peer, until))
    }

    /// The message came, from whomever.
    mutating func fulfil(_ id: MessageID) { deadlines[id] = nil }

    /// Peers by the number of promises that they broke since the last call.
    mutating func takeBroken(now: UInt64) -> [(peer: PeerID, count: Int)] {
        var broken: [PeerID: Int] = [:]
        for (id, waiting) in deadlines where waiting.contains(where: { $0.until < now }) {
            for entry in waiting where entry.until < now { broken[entry.peer, default: 0] += 1 }
            let left = waiting.filter { $0.until >= now }
            deadlines[id] = left.isEmpty ? nil : left
        }
        return broken.map { ($0.key, $0.value) }.sorted { $0.peer < $1.peer }
    }
}
