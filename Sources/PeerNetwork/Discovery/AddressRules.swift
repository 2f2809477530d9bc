public import EventLoop

/// Which addresses make sense, and from whom.
public enum AddressScope: Int, Comparable, Sendable {
    /// Nowhere to send to: unspecified, multicast, broadcast, documentation.
    case unusable
    case loopback
    /// Private networks and link-local.
    case local
    case global

    public init(_ ip: IPAddress) {
        let b = ip.bytes
        if ip.isIPv6 {
            if b.dropLast().allSatisfy({ $0 == 0 }) {
                self = b[15] == 1 ? .loopback : .unusable
            } else if b[0] == 0xff {
                self = .unusable
            } else if b[0] & 0xfe == 0xfc || (b[0] == 0xfe && b[1] & 0xc0 == 0x80) {
                self = .local
            } else {
                self = .global
            }
            return
        }
        switch (b[0], b[1]) {
        case (0, _), (224..., _): self = .unusable
        case (127, _): self = .loopback
        case (10, _), (172, 16...31), (192, 168), (169, 254), (100, 64...127): self = .local
        default: self = .global
        }
    }

    public static func < (left: AddressScope, right: AddressScope) -> Bool { left.rawValue < right.rawValue }
}

extension SocketAddress {
    /// Whether a node at `source` may tell us of this address: one elsewhere has no business naming hosts of our own networks,
    /// and we none in sending them packets.
    public func isPlausible(from source: IPAddress) -> Bool {
        let scope = AddressScope(ip)
        return port != 0 && scope != .unusable && scope >= min(AddressScope(source), .global)
    }
}

extension IPAddress {
    /// Hosts of one /24 (IPv6: /48) probably have one owner. Nil where that says nothing: loopback and private networks.
    var subnet: ArraySlice<UInt8>? {
        guard AddressScope(self) == .global else { return nil }
        return isIPv6 ? bytes[..<6] : bytes[..<3]
    }
}
