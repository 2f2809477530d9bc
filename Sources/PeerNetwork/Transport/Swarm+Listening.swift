import EventLoop

extension Swarm {
    func listen() throws(EventLoopError) {
        guard let address = configuration.listen, listener == nil else { return }
        // The port given by the kernel the first time is ours afterwards.
        let listener = try loop.listen(on: SocketAddress(address.ip, port ?? address.port), backlog: 5) { [unowned self] in accepted($0) }
        port = listener.local.port
        self.listener = listener
    }

    private var inbound: Int { live.values.count { !$0.isOutbound } }
    private var upgradingInbound: Int { upgrading.values.count { !$0.isOutbound } }

    private func accepted(_ stream: LoopTCPStream) {
        let now = now
        let origin = InboundGate.origin(stream.remote.ip)
        func isSame(_ connection: Connection) -> Bool { InboundGate.origin(connection.tcp.remote.ip) == origin }
        guard gate.admit(stream.remote.ip, now: now),
            live.count + upgrading.count < configuration.maxConnections,
            live.values.count(where: { !$0.isOutbound && isSame($0) }) + upgrading.values.count(where: isSame) < configuration.maxPerIP,
            makeRoom(for: origin)
        else { return stream.cancel() }
        let connection = Connection(self, stream, id: nextID(), expected: nil, deadline: now + UInt64(configuration.inboundUpgradeMillis) * 1_000_000)
        upgrading[connection.id] = connection
        connection.start()
        if inbound + upgradingInbound >= configuration.maxInbound {
            listener?.cancel()
            listener = nil
        }
    }

    /// At most `maxUpgrading` at a time. One address must not hold all the places by dawdling: when they are taken, a newcomer
    /// from elsewhere gets the oldest of the address that has most.
    private func makeRoom(for origin: IPAddress) -> Bool {
        guard upgradingInbound >= configuration.maxUpgrading else { return true }
        var byOrigin: [IPAddress: [Connection]] = [:]
        for connection in upgrading.values where !connection.isOutbound { byOrigin[InboundGate.origin(connection.tcp.remote.ip), default: []].append(connection) }
        guard byOrigin[origin] == nil, let most = byOrigin.values.max(by: { $0.count < $1.count }), most.count > 1 else { return false }
        most.min { $0.id < $1.id }?.close("its place is needed")
        return true
    }

    /// The socket is closed while there are enough, and opened again below that.
    func listenAgain() {
        guard configuration.listen != nil, listener == nil, port != nil, inbound + upgradingInbound < configuration.maxInbound else { return }
        // The port may be in use for a moment; the next tick tries again.
        try? listen()
    }
}
