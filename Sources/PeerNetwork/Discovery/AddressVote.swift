import EventLoop
import PeerIdentity

/// What others say our address is («note 07 §10.4»): ten equal votes of different hosts settle it.
struct AddressVote: Sendable {
    static let threshold = 10
    static let limit = 200

    // By host, not by node id: ids cost nothing. Hosts of private networks count with their port, for tests and local nets.
    private var votes: LRUTable<SocketAddress, SocketAddress>

    init() { votes = LRUTable(capacity: Self.limit) }

    /// Counts `voter`'s opinion; the address if it has won and is another than `current`.
    mutating func vote(_ address: SocketAddress, by voter: SocketAddress, current: SocketAddress?) -> SocketAddress? {
        guard AddressScope(address.ip) != .unusable, address.port != 0 else { return nil }
        votes.set(AddressScope(voter.ip) == .global ? SocketAddress(voter.ip, 0) : voter, address)
        var counts: [SocketAddress: Int] = [:]
        for key in votes.keys { if let vote = votes.peek(key), vote.ip.isIPv6 == address.ip.isIPv6 { counts[vote, default: 0] += 1 } }
        guard address != current, let count = counts[address], count >= Self.threshold, count == counts.values.max() else { return nil }
        if let current, counts[current, default: 0] >= count { return nil }
        return address
    }
}
