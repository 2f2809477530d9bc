public import EventLoop
import PeerDiscovery
public import PeerGossip
import PeerIdentity
public import PeerTransport

extension SuggestedPeer {
    /// The first address of its record that can be dialled and that a peer at `source` may speak of; of a long list only the
    /// first are looked at.
    public func address(from source: IPAddress) -> PeerAddress? {
        guard let record else { return nil }
        for bytes in record.addresses.prefix(16) {
            guard let address = try? Multiaddr(decoding: bytes[...]), address.transport == .tcp, address.peer ?? id == id else { continue }
            if address.socket.isPlausible(from: source) { return PeerAddress(id: id, socket: address.socket) }
        }
        return nil
    }
}
