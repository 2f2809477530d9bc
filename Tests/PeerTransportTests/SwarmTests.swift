import EventLoop
import PeerIdentity
import PeerTransport
import Testing

@Suite struct SwarmTests {
    @Test func connectsIdentifiesAndCloses() throws {
        let pair = try Pair(b: { $0.announced = [SocketAddress(IPAddress("1.2.3.4")!, 40400)] })
        pair.connect()
        #expect(pair.aSeen.opened[0].peer == pair.b.localID && pair.aSeen.opened[0].isOutbound)
        #expect(pair.bSeen.opened[0].peer == pair.a.localID && !pair.bSeen.opened[0].isOutbound)
        pair.until("both identified") { !pair.aSeen.identified.isEmpty && !pair.bSeen.identified.isEmpty }
        let told = pair.aSeen.identified[0]
        #expect(told.peer == pair.b.localID)
        #expect(told.identification.protocols == ["/aztec/id/1.0.0", "/aztec/id/push/1.0.0"])
        #expect(told.identification.agentVersion == "quetzal/test" && told.identification.protocolVersion == "aztec/0.1.0")
        #expect(told.identification.observed?.ip == .loopback)
        // A new protocol is pushed.
        pair.b.handle("/new/1", maxInboundPerConnection: 1) { _ in }
        pair.until("push arrived") { pair.aSeen.identified.count == 2 }
        #expect(pair.aSeen.identified[1].identification.protocols.contains("/new/1"))
        pair.a.dial(pair.addressOfB)
        #expect(!pair.a.isDialing(pair.b.localID))
        pair.a.disconnect(pair.b.localID, reason: "enough")
        #expect(pair.aSeen.closed.count == 1 && pair.aSeen.closed[0].isLast && pair.aSeen.closed[0].reason == "enough")
        pair.until("the other side sees it") { pair.bSeen.closed.count == 1 }
        #expect(pair.bSeen.closed[0].reason == "the peer went away")
        #expect(!pair.a.isConnected(pair.b.localID) && !pair.b.isConnected(pair.a.localID))
    }

    @Test(arguments: ["/yamux/1.0.0", "/mplex/6.7.0"])
    func dataBothWaysHalfCloseAndReset(muxer: String) throws {
        let pair = try Pair(a: { $0.muxers = [muxer] })
        let server = Collector()
        pair.b.handle("/echo/1", maxInboundPerConnection: 4) { stream in
            stream.owner = server
            server.stream = stream
        }
        pair.connect()
        let client = Collector()
        guard case .success(let stream)? = pair.open(["/unknown/1", "/echo/1"], owner: client) else {
            Issue.record("no stream")
            return
        }
        #expect(stream.protocolName == "/echo/1" && stream.isOutbound && stream.peer == pair.b.localID)
        // A small write arrives as one piece; then more than any window.
        stream.write([1, 2, 3])
        pair.until("first bytes") { server.received.count == 3 }
        #expect(server.pieces == [3])
        let much = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        stream.write(much)
        stream.closeWrite()
        stream.write([9])  // too late: dropped
        pair.until("all and the end") { server.ended }
        #expect(server.received == [1, 2, 3] + much)
        pair.until("drained") { client.drained > 0 }
        // Half-closed: the other way goes on.
        server.stream!.write(much)
        server.stream!.closeWrite()
        pair.until("the answer") { client.ended }
        #expect(client.received == much && client.failure == nil && server.failure == nil)
        // Reset reaches the other side's owner.
        let second = Collector()
        guard case .success(let other)? = pair.open(["/echo/1"], owner: second) else {
            Issue.record("no stream")
            return
        }
        server.ended = false
        other.reset()
        pair.until("reset arrives") { server.failure == .reset }
        #expect(second.failure == nil)
        // And the connection goes down under an open stream.
        let third = Collector()
        server.failure = nil
        _ = pair.open(["/echo/1"], owner: third)
        pair.b.disconnect(pair.a.localID, reason: "bye")
        pair.until("both owners know") { third.failure == .notConnected && server.failure == .notConnected }
    }

    @Test func failuresOfOpening() throws {
        let pair = try Pair()
        var failures: [StreamFailure] = []
        pair.a.openStream(to: pair.b.localID, ["/x/1"], timeoutMillis: 1000) { if case .failure(let failure) = $0 { failures.append(failure) } }
        #expect(failures.isEmpty)
        pair.until("told") { failures == [.notConnected] }
        pair.connect()
        #expect(pair.open(["/x/1", "/y/1"], owner: Collector())?.failure == .unsupported)
        // Limits of both sides by protocol.
        var held: [Collector] = []
        pair.b.handle("/few/1", maxInboundPerConnection: 2) { stream in
            let owner = Collector()
            stream.owner = owner
            held.append(owner)
        }
        let owners = (0..<3).map { _ in Collector() }
        let failed = owners.map { pair.open(["/few/1"], owner: $0)?.failure }
        #expect(failed == [nil, nil, .reset])
        #expect(held.count == 2 && owners[0].failure == nil && owners[1].failure == nil)
        // An owner that nobody set.
        pair.b.handle("/nobody/1", maxInboundPerConnection: 2) { _ in }
        #expect(pair.open(["/nobody/1"], owner: Collector())?.failure == .reset)
    }

    @Test func outboundLimitAndTimeout() throws {
        // A listener that never answers within a stream: nothing registered takes bytes, so the raw negotiation is held by its window.
        let pair = try Pair(a: { $0.maxOutboundPerProtocol = 3 })
        var owners: [Collector] = []
        pair.b.handle("/slow/1", maxInboundPerConnection: 32) { stream in
            let owner = Collector()
            stream.owner = owner
            owners.append(owner)
        }
        pair.connect()
        let mine = (0..<3).map { _ in Collector() }
        for owner in mine { _ = pair.open(["/slow/1"], owner: owner) }
        #expect(pair.open(["/slow/1"], owner: Collector())?.failure == .tooManyStreams)
        mine[0].stream?.reset()
        pair.until("one is free") { owners.contains { $0.failure == .reset } }
        #expect(pair.open(["/slow/1"], owner: Collector())?.failure == nil)
    }

    @Test func wrongPeerAndRefusedDialAndBackoff() throws {
        let pair = try Pair()
        let other = NodeKey.generate().id
        pair.a.dial(PeerAddress(id: other, socket: pair.addressOfB.socket))
        #expect(pair.a.isDialing(other))
        pair.until("refused") { pair.aSeen.failed.count == 1 }
        #expect(pair.aSeen.failed[0].reason.contains("not \(other)") && pair.aSeen.opened.isEmpty)
        #expect(!pair.a.isDialing(other))
        // At once again: it is left alone for a second.
        pair.a.dial(PeerAddress(id: other, socket: pair.addressOfB.socket))
        pair.until("told") { pair.aSeen.failed.count == 2 }
        #expect(pair.aSeen.failed[1].reason == "it failed a moment ago")
        // Nobody listens there.
        let port = pair.b.port!
        pair.b.stop()
        pair.a.dial(PeerAddress(id: pair.b.localID, socket: SocketAddress(IPAddress("127.0.0.2")!, port)))
        pair.until("refused") { pair.aSeen.failed.count == 3 }
        #expect(pair.aSeen.failed[2].reason.contains("ECONNREFUSED"))
        pair.a.dial(PeerAddress(id: pair.a.localID, socket: SocketAddress(.loopback, 1)))
        pair.until("told") { pair.aSeen.failed.count == 4 }
        #expect(pair.aSeen.failed[3].reason == "it is ourselves")
    }

    @Test func listensOnIPv6() throws {
        let loopback = IPAddress("::1")!
        let pair = try Pair(b: { $0.listen = SocketAddress(loopback, 0) })
        pair.a.dial(PeerAddress(id: pair.b.localID, socket: SocketAddress(loopback, pair.b.port!)))
        pair.until("connected") { !pair.aSeen.opened.isEmpty && !pair.bSeen.opened.isEmpty }
        #expect(pair.bSeen.opened[0].remote.ip == loopback)
    }
}

extension Result where Failure == StreamFailure {
    var failure: StreamFailure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }
}
