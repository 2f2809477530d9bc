import Bytes
import EventLoop
import PeerIdentity

// Who is at the other end: asked on every new connection, answered to everyone, pushed when it changes («note 07 §3.6»).
extension Swarm {
    static let identifyProtocol = "/aztec/id/1.0.0"
    static let pushProtocol = "/aztec/id/push/1.0.0"
    static let genericIdentifyProtocol = "/ipfs/id/1.0.0"
    static let genericPushProtocol = "/ipfs/id/push/1.0.0"
    static let pingProtocol = "/ipfs/ping/1.0.0"
    static let identifyProtocols: Set = [identifyProtocol, pushProtocol, genericIdentifyProtocol, genericPushProtocol]
    static let identifyMillis = 60_000

    func serveIdentify() {
        let generic = configuration.servesGenericIdentify
        for name in [Self.identifyProtocol] + (generic ? [Self.genericIdentifyProtocol] : []) {
            handle(name, maxInboundPerConnection: 1) { [unowned self] stream in answerIdentify(stream as! MuxedStream) }
        }
        for name in [Self.pushProtocol] + (generic ? [Self.genericPushProtocol] : []) {
            handle(name, maxInboundPerConnection: 1) { [unowned self] stream in readIdentify(stream as! MuxedStream) }
        }
        if generic {
            handle(Self.pingProtocol, maxInboundPerConnection: 2) { stream in (stream as! MuxedStream).keeper = EchoOwner() }
        }
    }

    private func identifyMessage(to remote: SocketAddress) -> IdentifyMessage {
        var message = IdentifyMessage()
        message.protocolVersion = configuration.protocolVersion
        message.agentVersion = configuration.agentVersion
        message.publicKey = localID.publicKeyProtobuf
        message.listenAddresses = announced.map { Multiaddr($0).bytes }
        message.observedAddress = Multiaddr(remote).bytes
        message.protocols = protocolNames
        return message
    }

    private func answerIdentify(_ stream: MuxedStream) {
        stream.keeper = SilentOwner()
        stream.deadline = now + UInt64(Self.identifyMillis) * 1_000_000
        guard let remote = stream.connection?.tcp.remote else { return }
        stream.write(identifyMessage(to: remote).framed)
        stream.closeWrite()
    }

    /// Asks the peer of a new connection.
    func identify(_ connection: Connection) {
        let names = [Self.identifyProtocol] + (configuration.servesGenericIdentify ? [Self.genericIdentifyProtocol] : [])
        connection.open(names, deadline: now + UInt64(Self.identifyMillis) * 1_000_000) { [unowned self] result in
            if case .success(let stream) = result { readIdentify(stream as! MuxedStream) }
        }
    }

    private func readIdentify(_ stream: MuxedStream) {
        stream.deadline = now + UInt64(Self.identifyMillis) * 1_000_000
        let peer = stream.peer
        stream.keeper = MessageReader(limit: IdentifyMessage.maxBytes) { [unowned self, weak connection = stream.connection] bytes in
            // One that is malformed or another's leaves the peer unidentified, as at the reference.
            guard let bytes, let connection, !connection.isOver, let told = try? IdentifyMessage(bytes).identification(of: peer) else { return }
            connection.identification = told
            delegate?.swarm(identified: peer, as: told)
        }
    }

    /// Tells the peers that take it.
    func pushIdentify() {
        for connection in live.values {
            guard let known = connection.identification?.protocols,
                let name = [Self.pushProtocol, Self.genericPushProtocol].first(where: known.contains)
            else { continue }
            connection.open([name], deadline: now + UInt64(Self.identifyMillis) * 1_000_000) { [unowned self] result in
                guard case .success(let stream) = result, let stream = stream as? MuxedStream, let remote = stream.connection?.tcp.remote else { return }
                stream.keeper = SilentOwner()
                stream.deadline = now + UInt64(Self.identifyMillis) * 1_000_000
                stream.write(identifyMessage(to: remote).framed)
                stream.closeWrite()
            }
        }
    }
}
