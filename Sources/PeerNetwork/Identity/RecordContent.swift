public import Bytes
public import EventLoop

/// What our own record says, apart from key and sequence number («note 07 §10.1»).
public struct RecordContent: Hashable, Sendable {
    public enum Role: Hashable, Sendable {
        /// Announces a TCP port and a client version.
        case fullNode
        /// Discovery only.
        case bootnode
    }

    public var role: Role
    /// The network's version string («note 07 §2»).
    public var networkVersion: String
    /// Announced by full nodes only.
    public var clientVersion: String?
    /// Announced addresses; the port is both UDP's and TCP's.
    public var address4: SocketAddress?
    public var address6: SocketAddress?

    public init(role: Role, networkVersion: String, clientVersion: String? = nil, addresses: [SocketAddress] = []) {
        self.role = role
        self.networkVersion = networkVersion
        self.clientVersion = clientVersion
        for address in addresses { set(address) }
    }

    /// Announces `address` in place of the former one of its family.
    public mutating func set(_ address: SocketAddress) {
        if address.ip.isIPv6 { address6 = address } else { address4 = address }
    }

    private var pairs: [String: [UInt8]] {
        func bytes(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xff)] }
        var pairs: [String: [UInt8]] = ["aztec": Array(networkVersion.utf8)]
        if role == .fullNode, let clientVersion { pairs["ver"] = Array(clientVersion.utf8) }
        if let address4 {
            pairs["ip"] = address4.ip.bytes
            pairs["udp"] = bytes(address4.port)
            if role == .fullNode { pairs["tcp"] = bytes(address4.port) }
        }
        if let address6 {
            pairs["ip6"] = address6.ip.bytes
            pairs["udp6"] = bytes(address6.port)
            if role == .fullNode { pairs["tcp6"] = bytes(address6.port) }
        }
        return pairs
    }

    /// The reference counts one for each value it sets, from 1: a full node's setting of UDP and TCP addresses takes four.
    public var firstSequence: UInt64 {
        let perAddress: UInt64 = role == .fullNode ? 4 : 2
        return 2 + (role == .fullNode && clientVersion != nil ? 1 : 0) + (address4 == nil ? 0 : perAddress) + (address6 == nil ? 0 : perAddress)
    }

    /// The record to announce: `previous` if it says the same, else a new one with a greater sequence number, by which the
    /// network learns of the change. The reference starts again at the same number, and peers miss a new address.
    public func record(after previous: ENR?, key: NodeKey) throws(DecodingError) -> ENR {
        guard let previous, previous.peerID == key.id else { return try ENR(signing: pairs, sequence: firstSequence, with: key) }
        let same = try ENR(signing: pairs, sequence: previous.sequence, with: key)
        if same == previous { return previous }
        return try ENR(signing: pairs, sequence: max(firstSequence, previous.sequence + 1), with: key)
    }
}
