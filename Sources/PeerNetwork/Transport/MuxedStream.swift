import PeerIdentity

/// A stream of a connection: negotiating at first, then its owner's.
final class MuxedStream: PeerStream {
    let id: MuxerStreamID
    let peer: PeerID
    let isOutbound: Bool
    private(set) var protocolName = ""
    weak var owner: (any PeerStreamOwner)?
    /// An owner that nobody else holds.
    var keeper: (any PeerStreamOwner)? {
        didSet { owner = keeper }
    }

    /// Nil once the stream is over.
    var connection: Connection?
    /// Set until a protocol is agreed on.
    var negotiator: MultistreamNegotiator?
    /// Who waits for that, on a stream of ours.
    var opened: ((Result<any PeerStream, StreamFailure>) -> Void)?
    /// What an outbound stream counts as before it has a protocol.
    let proposal: String
    /// When it is given up, if still there.
    var deadline: UInt64?

    init(_ connection: Connection, id: MuxerStreamID, peer: PeerID, isOutbound: Bool, proposal: String, negotiator: MultistreamNegotiator, deadline: UInt64) {
        self.connection = connection
        self.id = id
        self.peer = peer
        self.isOutbound = isOutbound
        self.proposal = proposal
        self.negotiator = negotiator
        self.deadline = deadline
    }

    func agreed(_ name: String) {
        protocolName = name
        negotiator = nil
        deadline = nil
    }

    /// Nothing more comes of it; whoever waits for it is told why.
    func over(_ failure: StreamFailure?) {
        guard connection != nil else { return }
        connection = nil
        negotiator = nil
        let owner = owner
        let opened = opened
        self.opened = nil
        keeper = nil
        self.owner = nil
        guard let failure else { return }
        if let opened { opened(.failure(failure)) } else { owner?.streamFailed(self, failure) }
    }

    // MARK: PeerStream

    var queuedBytes: Int { connection?.muxer?.queuedBytes(id) ?? 0 }

    func write(_ bytes: [UInt8]) {
        guard let connection, !bytes.isEmpty else { return }
        if connection.muxer?.write(id, bytes) == false {
            connection.fail(self, .protocolError("more queued than a stream may hold"))
        } else {
            connection.wantsFlush()
        }
    }

    func closeWrite() {
        connection?.muxer?.closeWrite(id)
        connection?.wantsFlush()
    }

    func reset() { connection?.fail(self, nil) }

    func consumed(_ count: Int) {
        guard count > 0, let connection else { return }
        connection.muxer?.consumed(id, count, now: connection.swarm.now)
        connection.wantsFlush()
    }
}
