import Bytes
import EventLoop
import FuzzKit
import PeerIdentity
import PeerNetwork
import PeerTransport
import Protocol
import Testing

/// Swarms on loopback, driven by one loop.
final class LoopbackNet {
    let loop = try! EventLoop()
    var swarms: [Swarm] = []
    var servers: [RequestServer] = []
    var clients: [RequestClient] = []
    /// Added to the real clock of the servers.
    var skew: Double = 0
    var penalties: [PeerID: [PeerErrorSeverity]] = [:]

    init(_ count: Int, first: Int = 0) throws {
        for index in 0..<count {
            var configuration = SwarmConfiguration(agentVersion: "test")
            configuration.listen = SocketAddress(.loopback, 0)
            configuration.newPerSecondAndIP = 100
            configuration.maxUpgrading = 100
            let swarm = Swarm(loop: loop, key: testKey(first + index), configuration: configuration)
            let server = RequestServer(swarm: swarm, clock: { [weak self] in Double(EventLoop.monotonicNanos) / 1e6 + (self?.skew ?? 0) })
            server.onPenalty = { [weak self] in self?.penalties[$0, default: []].append(.high) }
            server.register()
            let client = RequestClient(swarm: swarm, loop: loop, clock: { Double(EventLoop.monotonicNanos) / 1e6 })
            client.onPenalty = { [weak self] in self?.penalties[$0, default: []].append($1) }
            try swarm.start()
            swarms.append(swarm)
            servers.append(server)
            clients.append(client)
        }
    }

    deinit { for swarm in swarms { swarm.stop() } }

    /// Runs the loop until `condition`, at most `seconds`.
    func run(_ seconds: Double = 10, until condition: () -> Bool) -> Bool {
        let end = EventLoop.monotonicNanos + UInt64(seconds * 1e9)
        let ticker = loop.every(.milliseconds(5)) {}
        defer { ticker.cancel() }
        while !condition(), EventLoop.monotonicNanos < end { loop.runOnce() }
        return condition()
    }

    func address(_ index: Int) -> PeerAddress { PeerAddress(id: swarms[index].localID, socket: SocketAddress(.loopback, swarms[index].port!)) }

    func connect(_ from: Int, _ to: Int) -> Bool {
        swarms[from].dial(address(to))
        return run { swarms[from].isConnected(swarms[to].localID) && swarms[to].isConnected(swarms[from].localID) }
    }

    func send(_ kind: RequestProtocol, from: Int, to: Int, _ request: [UInt8]) -> Result<RequestResponse, StreamFailure>? {
        var result: Result<RequestResponse, StreamFailure>?
        clients[from].send(kind, to: swarms[to].localID, request) { result = $0 }
        _ = run { result != nil }
        return result
    }
}

/// Writes what it is told on a stream and collects what comes back.
private final class RawStream: PeerStreamOwner {
    var frames: [[UInt8]] = []
    var hasEnded = false
    var failure: StreamFailure?
    var stream: (any PeerStream)?

    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
        frames.append(Array(bytes))
        stream.consumed(bytes.count)
    }

    func streamEnded(_ stream: any PeerStream) { hasEnded = true }
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { self.failure = failure }

    func open(_ net: LoopbackNet, _ from: Int, _ to: Int, _ kind: RequestProtocol) -> Bool {
        net.swarms[from].openStream(to: net.swarms[to].localID, [kind.rawValue], timeoutMillis: 2000) { [self] in
            if case .success(let opened) = $0 {
                stream = opened
                opened.owner = self
            }
        }
        return net.run { stream != nil }
    }
}

@Suite struct LoopbackRequestTests {
    @Test func fiveProtocols() throws {
        let net = try LoopbackNet(2)
        let tx = (0..<180_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        let hash = [UInt8](repeating: 5, count: 32)
        net.servers[1].handle(.tx) { request, _, reply in reply(request == hash ? tx : []) }
        net.servers[1].handle(.block) { request, _, reply in reply(BlockRequest.number(request) == 3 ? [1, 2, 3] : []) }
        var goodbyes: [GoodbyeReason] = []
        net.servers[1].onGoodbye = { goodbyes.append($1) }
        #expect(net.connect(0, 1))
        #expect(net.send(.ping, from: 0, to: 1, Array("ping".utf8)) == .success(RequestResponse(.success, Array("pong".utf8))))
        #expect(net.send(.status, from: 0, to: 1, [1]) == .success(RequestResponse(.success, Array("ok".utf8))))
        #expect(net.send(.tx, from: 0, to: 1, hash) == .success(RequestResponse(.success, tx)))
        #expect(net.send(.tx, from: 0, to: 1, hash.map { $0 + 1 }) == .success(RequestResponse(.success)))
        #expect(net.send(.block, from: 0, to: 1, [UInt8](repeating: 0, count: 31) + [3]) == .success(RequestResponse(.success, [1, 2, 3])))
        // A goodbye has no answer: the stream just ends.
        #expect(net.send(.goodbye, from: 0, to: 1, [GoodbyeReason.shutdown.rawValue]) == .success(RequestResponse(.unknown, problem: "no status")))
        #expect(goodbyes == [.shutdown])
        #expect(net.run { net.servers[1].openExchanges == 0 && net.servers[1].queuedBytes == 0 })
        #expect(net.penalties.isEmpty)
    }

    @Test func largestResponse() throws {
        let net = try LoopbackNet(2)
        var fuzz = Fuzz(seed: 1)
        let tx = fuzz.bytes(RequestProtocol.tx.maxResponseBytes)
        net.servers[1].handle(.tx) { _, _, reply in reply(tx) }
        #expect(net.connect(0, 1))
        #expect(net.send(.tx, from: 0, to: 1, [UInt8](repeating: 5, count: 32)) == .success(RequestResponse(.success, tx)))
        // One byte more is refused by its length header, and costs the peer.
        net.servers[1].handle(.tx) { _, _, reply in reply(tx + [1]) }
        #expect(net.send(.tx, from: 0, to: 1, [UInt8](repeating: 5, count: 32)) == .failure(.protocolError("response too long")))
        #expect(net.penalties[net.swarms[1].localID] == [.high])
    }

    @Test func shortHashesAreReset() throws {
        let net = try LoopbackNet(2)
        #expect(net.connect(0, 1))
        #expect(net.send(.tx, from: 0, to: 1, [1, 2, 3]) == .failure(.reset))
    }

    /// Whoever ignores our limits gets the status of it, and a penalty for each.
    @Test func limitsOfOthers() throws {
        let net = try LoopbackNet(2)
        #expect(net.connect(0, 1))
        var streams: [RawStream] = []
        for _ in 0..<8 {
            let raw = RawStream()
            streams.append(raw)
            #expect(raw.open(net, 0, 1, .ping))
            raw.stream?.write([1])
            raw.stream?.closeWrite()
        }
        #expect(net.run { streams.allSatisfy(\.hasEnded) })
        let limited = streams.count { $0.frames.first == [1] }
        #expect(limited >= 2 && limited <= 3)
        #expect(net.penalties[net.swarms[0].localID]?.count == limited)
    }

    /// Opening streams and saying nothing holds them no longer than ten seconds (of a clock that the test turns).
    @Test func slowLoris() throws {
        let net = try LoopbackNet(2)
        #expect(net.connect(0, 1))
        let streams = (0..<4).map { _ in RawStream() }
        for raw in streams { #expect(raw.open(net, 0, 1, .tx)) }
        streams[0].stream?.write([UInt8](repeating: 1, count: 31))
        #expect(net.run { net.servers[1].openExchanges == 4 })
        net.skew = RequestServer.requestMillis + 1
        net.servers[1].sweep()
        #expect(net.servers[1].openExchanges == 0)
        #expect(net.run { streams.allSatisfy { $0.failure == .reset } })
    }

    /// A peer that asks and does not read is given no more than its share of memory.
    @Test func unreadResponsesAreBounded() throws {
        let net = try LoopbackNet(2)
        var fuzz = Fuzz(seed: 2)
        let tx = fuzz.bytes(1 << 20)
        net.servers[1].handle(.tx) { _, _, reply in reply(tx) }
        #expect(net.connect(0, 1))
        final class Deaf: PeerStreamOwner {
            var frames = 0
            var ended = false
            func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) { frames += 1 }
            func streamEnded(_ stream: any PeerStream) { ended = true }
            func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { ended = true }
        }
        var owners: [Deaf] = []
        for round in 0..<3 {
            for _ in 0..<8 {
                let owner = Deaf()
                owners.append(owner)
                net.swarms[0].openStream(to: net.swarms[1].localID, [RequestProtocol.tx.rawValue], timeoutMillis: 2000) {
                    guard case .success(let stream) = $0 else { return }
                    stream.owner = owner
                    stream.write([UInt8](repeating: 9, count: 32))
                    stream.closeWrite()
                }
            }
            _ = net.run(1) { false }
            #expect(net.servers[1].queuedBytes <= RequestServer.maxQueuedPerPeer + 2 << 20, "round \(round)")
        }
        net.skew = RequestServer.responseMillis + 1
        net.servers[1].sweep()
        #expect(net.servers[1].queuedBytes == 0)
    }

    @Test func silentPeersTimeOut() throws {
        let net = try LoopbackNet(2)
        net.servers[1].handle(.tx) { _, _, _ in }
        net.clients[0].exchangeMillis = 300
        #expect(net.connect(0, 1))
        #expect(net.send(.tx, from: 0, to: 1, [UInt8](repeating: 5, count: 32)) == .failure(.timedOut))
        #expect(net.penalties[net.swarms[1].localID] == [.high])
        #expect(net.send(.ping, from: 0, to: 0, [1]) == .failure(.notConnected))
    }

    @Test func batchesAreSpread() throws {
        let net = try LoopbackNet(6)
        let count = 60
        var asked = [Int](repeating: 0, count: 6)
        for index in 1..<6 {
            net.servers[index].handle(.tx) { request, _, reply in
                asked[index] += 1
                // Each lacks a third; the last lies.
                if index == 5 { return reply([0xff]) }
                reply(Int(request[0]) % 3 == index % 3 ? [] : request + [UInt8](repeating: 7, count: 20_000))
            }
            #expect(net.connect(0, index))
        }
        let requests = (0..<count).map { [UInt8($0)] + [UInt8](repeating: 1, count: 31) }
        var found: [[UInt8]?]?
        net.clients[0].sendBatch(.tx, requests, peers: (2..<6).map { net.swarms[$0].localID }, pinned: net.swarms[1].localID) { index, data, _, verdict in
            verdict(data.starts(with: requests[index]) ? .valid : .invalid(.mid))
        } done: {
            found = $0
        }
        #expect(net.run(12) { found != nil })
        #expect(found?.count { $0 != nil } == count)
        #expect(asked[1...4].allSatisfy { $0 > 5 })
        #expect(net.penalties[net.swarms[5].localID]?.allSatisfy { $0 == .mid } == true)
        #expect((1...4).allSatisfy { net.penalties[net.swarms[$0].localID] == nil })
        // Nobody was asked beyond its limit.
        #expect(net.servers.allSatisfy { $0.counters[.tx]?.rateLimited ?? 0 == 0 })
    }

    @Test func batchKeepsWhatItHasWhenTimeIsUp() throws {
        let net = try LoopbackNet(2)
        net.servers[1].handle(.tx) { request, _, reply in if request[0] == 0 { reply(request) } }
        #expect(net.connect(0, 1))
        var found: [[UInt8]?]?
        let requests = (0..<2).map { [UInt8](repeating: UInt8($0), count: 32) }
        net.clients[0].sendBatch(.tx, requests, peers: [net.swarms[1].localID], millis: 500, validate: { $3(.valid) }, done: { found = $0 })
        #expect(net.run { found != nil })
        #expect(found == [requests[0], nil])
    }
}
