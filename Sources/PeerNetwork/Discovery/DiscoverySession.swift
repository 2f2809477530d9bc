import Ciphers
import EventLoop
import PeerIdentity

/// A node at an address: sessions, challenges and calls belong to both («note 07 §10.2»).
struct NodeAddress: Hashable, Sendable {
    var id: NodeID
    var socket: SocketAddress
}

/// Keys shared with a node, and what was seen under them.
struct DiscoverySession: Sendable {
    var sendKey: [UInt8]
    var receiveKey: [UInt8]
    /// Of the session this one replaced: when both sides begin at once, each may hold the other's newer keys for a while.
    var formerReceiveKey: [UInt8]?
    var record: ENR
    /// Nanoseconds.
    var established: UInt64
    /// The peer has shown that it has the keys.
    var isConfirmed: Bool
    /// Fingerprints of the newest nonces, so that a recorded request cannot be played to us again at once.
    private var recentNonces: [UInt64] = []
    private var nextNonce = 0

    init(sendKey: [UInt8], receiveKey: [UInt8], formerReceiveKey: [UInt8]?, record: ENR, established: UInt64, isConfirmed: Bool) {
        self.sendKey = sendKey
        self.receiveKey = receiveKey
        self.formerReceiveKey = formerReceiveKey
        self.record = record
        self.established = established
        self.isConfirmed = isConfirmed
    }

    enum Opened {
        case message([UInt8])
        case replayed
        case unreadable
    }

    mutating func open(_ packet: DiscoveryPacket) -> Opened {
        let header = packet.header
        var plain = AES128GCM.open(key: receiveKey, nonce: packet.nonce, associated: header, packet.message[...])
        if plain == nil, let formerReceiveKey { plain = AES128GCM.open(key: formerReceiveKey, nonce: packet.nonce, associated: header, packet.message[...]) }
        guard let plain else { return .unreadable }
        let mark = packet.nonce.reduce(UInt64(0)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        guard !recentNonces.contains(mark) else { return .replayed }
        if recentNonces.count < 32 {
            recentNonces.append(mark)
        } else {
            recentNonces[nextNonce] = mark
            nextNonce = (nextNonce + 1) % 32
        }
        return .message(plain)
    }
}
