import EventLoop

/// New connections per address and second («note 07 §3.1»). IPv6 counts by /64, which one customer has.
struct InboundGate {
    static let maxAddresses = 4096

    private let perSecond: Int
    private var seen: [IPAddress: (since: UInt64, count: Int)] = [:]

    init(perSecond: Int) { self.perSecond = perSecond }

    static func origin(_ address: IPAddress) -> IPAddress {
        guard address.isIPv6 else { return address }
        return IPAddress(bytes: address.bytes[..<8] + [UInt8](repeating: 0, count: 8))!  // 16 bytes
    }

    mutating func admit(_ address: IPAddress, now: UInt64) -> Bool {
        let origin = Self.origin(address)
        var entry = seen[origin] ?? (now, 0)
        if now - min(now, entry.since) >= 1_000_000_000 { entry = (now, 0) }
        guard entry.count < perSecond, seen.count < Self.maxAddresses || seen[origin] != nil else { return false }
        entry.count += 1
        seen[origin] = entry
        return true
    }

    mutating func tick(_ now: UInt64) {
        guard !seen.isEmpty else { return }
        seen = seen.filter { now - min(now, $0.value.since) < 1_000_000_000 }
    }
}
