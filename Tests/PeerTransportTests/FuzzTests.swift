import Bytes
import Ciphers
import FuzzKit
import PeerIdentity
import PeerTransport
import Testing

@Suite struct FuzzTests {
    private func cut(_ bytes: [UInt8], _ fuzz: inout Fuzz) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var at = 0
        while at < bytes.count {
            let end = min(bytes.count, at + 1 + fuzz.below(fuzz.pick([3, 20, 200, 100_000])))
            pieces.append(bytes[at..<end])
            at = end
        }
        return pieces
    }

    @Test func multistream() {
        var fuzz = Fuzz(seed: 1)
        let names = ["/multistream/1.0.0", "/noise", "/yamux/1.0.0", "na", "ls", "/a/b"]
        for _ in 0..<Fuzz.rounds(short: 3000) {
            var bytes: [UInt8] = []
            for _ in 0..<fuzz.below(6) { bytes += MultistreamNegotiator.message(fuzz.pick(names)) }
            bytes = fuzz.altered(bytes)
            for dials in [false, true] {
                var negotiator = dials ? MultistreamNegotiator(dialing: ["/noise", "/a/b"]) : MultistreamNegotiator(listening: ["/noise", "/a/b"])
                var replies: [UInt8] = []
                do throws(MultistreamError) {
                    for piece in cut(bytes, &fuzz) {
                        if case .agreed(let name, _) = try negotiator.receive(piece, replies: &replies) {
                            #expect(name == "/noise" || name == "/a/b")
                            break
                        }
                    }
                } catch {}
                #expect(replies.count <= 64 * 64)
            }
        }
    }

    @Test func noiseHandshake() throws {
        var fuzz = Fuzz(seed: 2)
        let (ours, theirs) = (NodeKey.generate(), NodeKey.generate())
        let (ourKey, theirKey) = (X25519.KeyPair.generate(), X25519.KeyPair.generate())
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 300) {
            var dialer = NoiseHandshake(initiator: true, identity: ours, staticKey: ourKey, ephemeral: .generate())
            var listener = NoiseHandshake(initiator: false, identity: theirs, staticKey: theirKey, ephemeral: .generate())
            do throws(NoiseError) {
                let second = try listener.receive(fuzz.altered(dialer.start())[...]) ?? []
                let third = try dialer.receive(fuzz.altered(second)[...]) ?? []
                _ = try listener.receive(fuzz.altered(third)[...])
                if let result = listener.result {
                    #expect(result.peer == ours.id)
                    accepted += 1
                }
            } catch {}
        }
        #expect(accepted > 0)
    }

    /// Whatever comes, a session holds no more than its limits.
    @Test(arguments: [true, false]) func muxers(isYamux: Bool) {
        var fuzz = Fuzz(seed: isYamux ? 3 : 4)
        var limits = MuxerLimits.yamux
        limits.inboundStreams = 5
        limits.unreadBytes = 500_000
        limits.queuedAnswers = 20
        for round in 0..<Fuzz.rounds(short: 3000) {
            let session: any MuxerSession = if isYamux { YamuxSession(dialer: round % 2 == 0, limits: limits, now: 0) } else { MplexSession(limits: limits, now: 0) }
            session.start(now: 0)
            let own = session.open()!
            var script: [UInt8] = []
            for _ in 0..<(1 + fuzz.below(12)) {
                if isYamux {
                    var frame: [UInt8] = [0, UInt8(fuzz.pick([0, 0, 0, 1, 1, 2, 3])), 0, UInt8(fuzz.pick([0, 0, 1, 1, 2, 4, 8, 5]))]
                    frame += [0, 0, 0, UInt8(fuzz.below(8))]
                    let length = fuzz.pick([0, 1, 7, 100, 40_000])
                    frame += [0, 0, UInt8(length >> 8), UInt8(length & 255)]
                    if frame[1] == 0 { frame += [UInt8](repeating: 0x61, count: length) }
                    script += frame
                } else {
                    let length = fuzz.pick([0, 1, 7, 100, 40_000])
                    Varint.append(UInt64(fuzz.below(4) << 3 | fuzz.pick([0, 0, 1, 2, 2, 3, 4, 5, 6])), to: &script)
                    Varint.append(UInt64(length), to: &script)
                    script += [UInt8](repeating: 0x61, count: length)
                }
            }
            var events: [MuxerEvent] = []
            var unread: [MuxerStreamID: Int] = [:]
            var isOver = false
            for piece in cut(fuzz.altered(script), &fuzz) {
                session.receive(piece, now: UInt64(round), events: &events)
                for event in events {
                    #expect(!isOver)
                    switch event {
                    case .opened(let id): unread[id] = 0
                    case .data(let id, let bytes):
                        #expect(!bytes.isEmpty)
                        unread[id, default: 0] += bytes.count
                        if fuzz.below(2) == 0 { session.consumed(id, bytes.count, now: UInt64(round)) }
                        if fuzz.below(4) == 0 { _ = session.write(id, [1, 2, 3]) }
                    case .ended(let id): if fuzz.below(2) == 0 { session.closeWrite(id) }
                    case .failed(let id, _): unread[id] = nil
                    case .over: isOver = true
                    }
                }
                events.removeAll()
                #expect(session.openStreams <= 6)
                if fuzz.below(3) == 0 { while session.nextFrame() != nil {} }
            }
            #expect(unread.values.allSatisfy { $0 <= 600_000 || !isYamux })
            _ = session.write(own, [9])
            session.reset(own)
            session.goAway()
            var frames = 0
            while session.nextFrame() != nil { frames += 1 }
            #expect(frames <= 40 && session.openStreams == 0)
        }
    }

    private static let largeEvery = 20

    /// Two sessions over a wire that cuts as it likes carry what was written, whatever the order of things.
    @Test(arguments: [true, false]) func twoSessions(isYamux: Bool) {
        var fuzz = Fuzz(seed: isYamux ? 5 : 6)
        for round in 0..<Fuzz.rounds(short: 600) {
            // Few of the rounds fill windows and frames: the others look at the order of things, a hundred times as fast.
            let sizes = round % Self.largeEvery == 0 ? [1, 10, 70_000, 300_000] : [1, 10, 200, 3000]
            let ends: [any MuxerSession] = [true, false].map { dialer -> any MuxerSession in
                if isYamux { YamuxSession(dialer: dialer, now: 0) } else { MplexSession(now: 0) }
            }
            var wire: [[UInt8]] = [[], []]
            // Stream names differ by side in mplex: data is told apart by its first byte.
            var sent: [[UInt8: [UInt8]]] = [[:], [:]]
            var open: [[(id: MuxerStreamID, mark: UInt8)]] = [[], []]
            var received: [[MuxerStreamID: [UInt8]]] = [[:], [:]]
            for end in ends { end.start(now: 0) }
            func pump(_ side: Int) {
                while let frame = ends[side].nextFrame() { wire[side] += frame.array }
            }
            func deliver(_ side: Int) {
                pump(side)
                let pieces = cut(wire[side], &fuzz)
                wire[side] = []
                for piece in pieces {
                    var events: [MuxerEvent] = []
                    ends[1 - side].receive(piece, now: 1, events: &events)
                    for event in events {
                        switch event {
                        case .data(let id, let bytes):
                            received[1 - side][id, default: []] += bytes
                            ends[1 - side].consumed(id, bytes.count, now: 1)
                        case .ended(let id): ends[1 - side].closeWrite(id)
                        case .opened: break
                        default: Issue.record("\(event)")
                        }
                    }
                }
            }
            for _ in 0..<40 {
                let side = fuzz.below(2)
                switch fuzz.below(5) {
                case 0 where open[side].count < 8:
                    let mark = UInt8(open[side].count)
                    open[side].append((ends[side].open()!, mark))
                    _ = ends[side].write(open[side].last!.id, [mark])
                    sent[side][mark] = [mark]
                case 1, 2:
                    guard let stream = open[side].randomElement(using: &fuzz) else { continue }
                    let bytes = [UInt8](repeating: UInt8(fuzz.below(256)), count: fuzz.pick(sizes))
                    _ = ends[side].write(stream.id, bytes)
                    sent[side][stream.mark]! += bytes
                default: deliver(side)
                }
            }
            for side in [0, 1] { for stream in open[side] { ends[side].closeWrite(stream.id) } }
            // Until neither has anything more to say.
            var turns = 0
            repeat {
                deliver(0)
                deliver(1)
                turns += 1
            } while turns < 200 && (ends[0].hasOutput || ends[1].hasOutput)
            for side in [0, 1] {
                // By mark: to hash all that was sent would take most of the time.
                let got = received[1 - side].values.filter { !$0.isEmpty }
                #expect(got.count == sent[side].count && Set(got.map { $0[0] }).count == got.count && got.allSatisfy { sent[side][$0[0]] == $0 })
                #expect(ends[side].openStreams == 0)
            }
        }
    }

    @Test func identifyAndRecords() throws {
        var fuzz = Fuzz(seed: 7)
        let key = NodeKey.generate()
        let record = SignedPeerRecord(peer: key.id, sequence: 17, addresses: [[4, 1, 2, 3, 4, 6, 0, 80]]).sealed(by: key)
        var message = IdentifyMessage()
        message.publicKey = key.id.publicKeyProtobuf
        message.protocols = ["/a", "/meshsub/1.1.0"]
        message.listenAddresses = [[4, 1, 2, 3, 4, 6, 0, 80]]
        message.observedAddress = [4, 1, 2, 3, 4, 6, 0, 80]
        message.protocolVersion = "aztec/0.1.0"
        message.signedPeerRecord = record
        let bytes = message.bytes
        #expect(try IdentifyMessage(bytes[...]) == message)
        #expect(throws: DecodingError.self) { try IdentifyMessage([UInt8](repeating: 0, count: 8193)[...]) }
        var understood = 0
        for _ in 0..<Fuzz.rounds(short: 1000) {
            if let read = try? IdentifyMessage(fuzz.altered(bytes)[...]), (try? read.identification(of: key.id)) != nil { understood += 1 }
            if let read = try? SignedPeerRecord(envelope: fuzz.altered(record)[...]) { #expect(read.peer == key.id && read.sequence == 17) }
        }
        #expect(understood > 0)
    }
}
