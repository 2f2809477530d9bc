import PeerIdentity
import PeerTransport

/// The two streams of a peer's gossip: we read on the one that it opened and write on ours.
final class GossipLink: PeerStreamOwner {
    let peer: PeerID
    private unowned let service: GossipService
    var inbound: (any PeerStream)?
    var outbound: (any PeerStream)?
    var isOpening = false
    /// Attempts to open our stream that failed in a row.
    var failures = 0

    init(_ peer: PeerID, _ service: GossipService) {
        self.peer = peer
        self.service = service
    }

    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
        // Nothing is said on our own stream.
        if stream === inbound { service.received(bytes, on: self) }
        stream.consumed(bytes.count)
    }

    func streamEnded(_ stream: any PeerStream) { if stream === inbound { stream.closeWrite() } }

    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { service.failed(stream, failure, on: self) }

    func streamDrained(_ stream: any PeerStream) { if stream === outbound { service.fill(self) } }

    /// Lets go of the streams; the peer may open new ones.
    func close() {
        inbound?.owner = nil
        outbound?.owner = nil
        inbound?.closeWrite()
        outbound?.closeWrite()
        inbound = nil
        outbound = nil
    }
}
