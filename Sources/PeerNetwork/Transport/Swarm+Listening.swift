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

    /// At most `maxUpgrading` at a time. Nobody must hold all the places by dawdling: when they are taken, a newcomer from an
    /// address that has none gets one of the address that has most, the oldest; where each has one, that of a dawdler.
    private func makeRoom(for origin: IPAddress) -> Bool {
        guard upgradingInbound >= configuration.maxUpgrading else { return true }
        var byOrigin: [IPAddress: [Connection]] = [:]
        for connection in upgrading.values where !connection.isOutbound { byOrigin[InboundGate.origin(connection.tcp.remote.ip), default: []].append(connection) }
        guard byOrigin[origin] == nil, let most = byOrigin.values.map(\.count).max() else { return false }
        let crowded = byOrigin.values.filter { $0.count == most }.joined()
        guard let oldest = crowded.min(by: { $0.id < $1.id }), most > 1 || isDawdling(oldest) else { return false }
        oldest.close("its place is needed")
        return true
    }

    private func isDawdling(_ connection: Connection) -> Bool {
        let left = connection.deadline - min(connection.deadline, now)
        return left + UInt64(configuration.dawdleMillis) * 1_000_000 <= UInt64(configuration.inboundUpgradeMillis) * 1_000_000
    }

    /// The socket is closed while there are enough, and opened again below that.
    func listenAgain() {
        guard configuration.listen != nil, listener == nil, port != nil, inbound + upgradingInbound < configuration.maxInbound else { return }
        // The port may be in use for a moment; the next tick tries again.
        try? listen()
    }
}
