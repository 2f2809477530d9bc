import Bytes
import PeerTransport
import Testing

private func hex(_ text: String) -> [UInt8] { Hex.decode(text)! }

/// A session and what it said, all of it.
private final class Probe {
    let session: any MuxerSession
    var events: [MuxerEvent] = []
    var now: UInt64 = 1_000_000_000

    init(_ session: any MuxerSession) {
        self.session = session
        session.start(now: now)
    }

    /// Feeds hex frames; returns those answered.
    @discardableResult
    func feed(_ frames: String...) -> [String] {
        for frame in frames { session.receive(hex(frame)[...], now: now, events: &events) }
        return output()
    }

    func output() -> [String] {
        var frames: [String] = []
        while let frame = session.nextFrame() { frames.append(Hex.encode(frame.array)) }
        return frames
    }

    var end: MuxerEnd? {
        if case .over(let end)? = events.last { return end }
        return nil
    }

    var isProtocolError: Bool {
        if case .protocolError? = end { return true }
        return false
    }
}

@Suite struct YamuxTests {
    /// The reference's listener, frame by frame (muxers.json, `yamuxListenerFed`).
    @Test func reactsLikeTheReference() {
        func listener() -> Probe {
            let probe = Probe(YamuxSession(dialer: false, now: 0))
            #expect(probe.output() == ["000200010000000000000000"])
            return probe
        }
        #expect(listener().feed("000200010000000000000007") == ["000200020000000000000007"])
        for bad in [
            "000200020000000000000007", "000100010000000200000000", "010100010000000100000000", "000900010000000100000000",
            "000200010000000100000000", "000000000000000000000001", "000200030000000000000000", "000300000000000100000000",
        ] {
            let probe = listener()
            #expect(probe.feed(bad) == ["000300000000000000000001"], "\(bad)")
            #expect(probe.isProtocolError)
            // Deaf from then on.
            #expect(probe.feed("000200010000000000000007") == [])
        }
        for harmless in ["000000000000000500000001" + "61", "000100000000000500000001"] {
            let probe = listener()
            #expect(probe.feed(harmless) == [] && probe.events.isEmpty)
        }
        for code in 0..<3 {
            let probe = listener()
            #expect(probe.feed("00030000000000000000000\(code)") == [] && probe.end == .goAway(UInt32(code)))
        }
        let twice = listener()
        #expect(twice.feed("000100010000000100000000", "000100010000000100000000") == [] && twice.events == [.opened(1)])
        let cut = listener()
        #expect(cut.feed("0001000100", "00000100000000") == [] && cut.events == [.opened(1)])
        let byData = listener()
        byData.feed("000000010000000100000003616263")
        #expect(byData.events == [.opened(1), .data(1, [0x61, 0x62, 0x63])])
        let tooMuch = listener()
        tooMuch.feed("000100010000000100000000", "000000000000000100040001")
        #expect(tooMuch.isProtocolError)
        let huge = listener()
        #expect(huge.feed("000100010000000100000000") + huge.feed("0001000000000001ffffffff", "0001000000000001ffffffff") == [] && huge.end == nil)
    }

    @Test func opensSendsAndEndsLikeTheReference() {
        let probe = Probe(YamuxSession(dialer: true, now: 0))
        _ = probe.output()
        #expect(probe.session.open() == 1)
        #expect(probe.session.write(1, [1, 2]) && probe.session.write(1, [3]))
        probe.session.closeWrite(1)
        // Each write is a frame of its own.
        #expect(probe.output() == ["000100010000000100000000", "0000000000000001000000020102", "00000000000000010000000103", "000100040000000100000000"])
        // FIN from the peer: gone.
        probe.feed("000100060000000100000000")
        #expect(probe.events == [.ended(1)] && probe.session.openStreams == 0)
        #expect(probe.session.open() == 3)
        _ = probe.output()
        probe.session.reset(3)
        #expect(probe.output() == ["000100080000000300000000"] && probe.session.openStreams == 0)
        probe.session.goAway()
        #expect(probe.output() == ["000300000000000000000000"] && probe.session.open() == nil)
        // The listener's side acknowledges with its first frame, whatever it is.
        let listener = Probe(YamuxSession(dialer: false, now: 0))
        _ = listener.output()
        listener.feed("000100010000000100000000", "000100010000000300000000", "000100010000000500000000")
        _ = listener.session.write(1, [7])
        listener.session.closeWrite(3)
        listener.session.reset(5)
        #expect(listener.output() == ["0001000a0000000500000000", "00000002000000010000000107", "000100060000000300000000"])
    }

    @Test func respectsThePeersWindow() {
        let probe = Probe(YamuxSession(dialer: true, now: 0))
        let id = probe.session.open()!
        _ = probe.session.write(id, [UInt8](repeating: 1, count: 300_000))
        let sent = probe.output().dropFirst(2).map { $0.count / 2 - 12 }
        #expect(sent.reduce(0, +) == 262_144 && sent.allSatisfy { $0 <= 65_507 })
        #expect(probe.session.queuedBytes(id) == 300_000 - 262_144)
        #expect(probe.feed("00010002000000010000000a").map { $0.count / 2 - 12 } == [10])
    }

    @Test func givesWindowBackAndLetsItGrowWithinBounds() {
        let budget = WindowBudget(limit: 1 << 20)
        let probe = Probe(YamuxSession(dialer: false, budget: budget, now: 0))
        _ = probe.output()
        probe.feed("000100010000000100000000")
        // No round trip measured: half the window is given back as it is.
        let half = "00000000" + "00000001" + "00020000" + String(repeating: "00", count: 131_072)
        probe.feed(half)
        probe.session.consumed(1, 131_071, now: probe.now)
        #expect(probe.output() == [])
        probe.session.consumed(1, 1, now: probe.now)
        #expect(probe.output() == ["000100020000000100020000"] && budget.used == 0)
        // A round trip of 10 ms, and the next half within it: the window doubles.
        probe.now += 10_000_000
        probe.feed("000200020000000000000000")
        probe.feed(half)
        probe.session.consumed(1, 131_072, now: probe.now)
        #expect(probe.output() == ["000100000000000100060000"] && budget.used == 262_144)
        // The stream's end gives the budget back.
        probe.feed("000100080000000100000000")
        #expect(budget.used == 0 && probe.events.last == .failed(1, .reset))
        // Nothing read: no window.
        #expect(probe.feed("000100010000000300000000", "000000000000000300040000" + String(repeating: "00", count: 262_144)) == [])
        #expect(probe.feed("00000000000000030000000100") == ["000300000000000000000001"])
    }

    @Test func boundsStreamsAnswersAndUnreadBytes() {
        // More streams than allowed are reset.
        var limits = MuxerLimits.yamux
        limits.inboundStreams = 3
        var probe = Probe(YamuxSession(dialer: false, limits: limits, now: 1_000_000_000))
        _ = probe.output()
        let answers = (0..<5).flatMap { probe.feed("00010001" + "0000000\(2 * $0 + 1)" + "00000000") }
        #expect(answers == ["000100080000000700000000", "000100080000000900000000"] && probe.session.openStreams == 3)
        // Opened and reset, over and over: too fast.
        limits.openBurst = 50
        probe = Probe(YamuxSession(dialer: false, limits: limits, now: 1_000_000_000))
        for round in 0..<60 {
            let id = String(2 * round + 1, radix: 16)
            let name = String(repeating: "0", count: 8 - id.count) + id
            probe.feed("00010001" + name + "00000000", "00010008" + name + "00000000")
        }
        #expect(probe.isProtocolError && probe.session.openStreams == 0)
        // Pings without end, none of the answers read.
        probe = Probe(YamuxSession(dialer: false, now: 0))
        for _ in 0..<1030 { probe.session.receive(hex("000200010000000000000007")[...], now: probe.now, events: &probe.events) }
        #expect(probe.isProtocolError)
        // Four streams' windows are more than the connection may leave unread.
        limits = .yamux
        limits.unreadBytes = 600_000
        probe = Probe(YamuxSession(dialer: false, limits: limits, now: 0))
        for id in [1, 3, 5, 7] { probe.feed("000000010000000\(id)00040000" + String(repeating: "00", count: 262_144)) }
        #expect(probe.events.contains { if case .failed(5, .protocolError) = $0 { true } else { false } })
        #expect(probe.session.openStreams == 2 && probe.end == nil)
        // A writer that does not look.
        limits.queuedBytes = 1000
        probe = Probe(YamuxSession(dialer: true, limits: limits, now: 0))
        let id = probe.session.open()!
        #expect(probe.session.write(id, [UInt8](repeating: 0, count: 1000)) && !probe.session.write(id, [1]))
    }

    @Test func keepsAlive() {
        let probe = Probe(YamuxSession(dialer: true, now: 0))
        #expect(probe.output() == ["000200010000000000000000"])
        probe.feed("000200020000000000000000")
        probe.now += 29_000_000_000
        probe.session.tick(now: probe.now, events: &probe.events)
        #expect(probe.output() == [])
        probe.now += 2_000_000_000
        probe.session.tick(now: probe.now, events: &probe.events)
        #expect(probe.output() == ["000200010000000000000001"])
        probe.now += 61_000_000_000
        probe.session.tick(now: probe.now, events: &probe.events)
        #expect(probe.isProtocolError)
    }

    /// Small frames come whole however they are cut; long ones in parts, which make up the same.
    @Test func piecesOfFrames() {
        let small = "000000010000000100000005" + "0102030405"
        let long = "00000000" + "00000001" + "00005000" + String(repeating: "ab", count: 0x5000)
        for cut in [1, 3, 12, 14, 1000] {
            let probe = Probe(YamuxSession(dialer: false, now: 0))
            let bytes = hex(small + long)
            for start in stride(from: 0, to: bytes.count, by: cut) {
                probe.session.receive(bytes[start..<min(bytes.count, start + cut)], now: 1, events: &probe.events)
            }
            #expect(probe.events[0] == .opened(1) && probe.events[1] == .data(1, [1, 2, 3, 4, 5]))
            let rest = probe.events[2...].reduce(into: [UInt8]()) { if case .data(_, let bytes) = $1 { $0 += bytes } }
            #expect(rest == [UInt8](repeating: 0xab, count: 0x5000))
        }
    }
}

@Suite struct MplexTests {
    @Test func framesLikeTheReference() {
        let probe = Probe(MplexSession(now: 0))
        let id = probe.session.open()!
        _ = probe.session.write(id, Array("hi".utf8))
        probe.session.closeWrite(id)
        #expect(probe.output() == ["000130", "02026869", "0400"])
        probe.feed("01026f6b", "0300")
        #expect(probe.events == [.data(id, [0x6f, 0x6b]), .ended(id)] && probe.session.openStreams == 0)
        // Theirs number from 0 too.
        probe.feed("000130", "02026869")
        #expect(probe.events.suffix(2) == [.opened(0), .data(0, [0x68, 0x69])])
        _ = probe.session.write(0, [1])
        #expect(probe.output() == ["010101"])
        probe.session.reset(0)
        #expect(probe.output() == ["0500"])
        probe.feed("0202686a")  // was on its way
        #expect(probe.events.count == 4)
        probe.feed("080131", "0e00")
        #expect(probe.events.last == .failed(2, .reset))
    }

    @Test func bounds() {
        // A frame above 1 MiB, a flag that is none, a stream opened twice, a varint without end.
        for bad in ["000130" + "02818040", "000130" + "0700", "000130" + "000130", "ffffffffffffffffffffff01", "0280808080"] {
            let probe = Probe(MplexSession(now: 0))
            probe.feed(bad)
            #expect(probe.isProtocolError, "\(bad)")
        }
        // More than 4 MiB unread: that stream goes, the connection stays.
        let probe = Probe(MplexSession(now: 0))
        probe.feed("000130", "080131")
        let mebibyte = "02808040" + String(repeating: "00", count: 1 << 20)
        for _ in 0..<4 { probe.feed(mebibyte) }
        #expect(probe.session.openStreams == 2)
        #expect(probe.feed("020100") == ["0500"])
        #expect(probe.session.openStreams == 1 && probe.end == nil)
        // With reading there is no end to it.
        probe.feed("100132")
        for _ in 0..<6 {
            probe.feed("12808040" + String(repeating: "00", count: 1 << 20))
            probe.session.consumed(4, 1 << 20, now: 0)
        }
        #expect(probe.session.openStreams == 2)
        // Frames for streams that are not there.
        for _ in 0..<5000 where probe.end == nil { probe.session.receive(hex("9a0500")[...], now: 0, events: &probe.events) }
        #expect(probe.isProtocolError)
    }
}

@Suite struct MultistreamTests {
    private func listen(_ bytes: [UInt8], _ supported: [String] = ["/noise"], cut: Int = 1000) throws -> (agreed: String?, rest: [UInt8], replies: [UInt8]) {
        var negotiator = MultistreamNegotiator(listening: supported)
        var replies: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            if case .agreed(let name, let rest) = try negotiator.receive(bytes[start..<min(bytes.count, start + cut)], replies: &replies) {
                return (name, Array(rest) + bytes[min(bytes.count, start + cut)...], replies)
            }
        }
        return (nil, [], replies)
    }

    @Test func anyCutGivesTheSame() throws {
        let bytes = MultistreamNegotiator.message("/multistream/1.0.0") + MultistreamNegotiator.message("/x") + MultistreamNegotiator.message("ls")
            + MultistreamNegotiator.message("/noise") + [1, 2, 3]
        let whole = try listen(bytes)
        #expect(whole.agreed == "/noise" && whole.rest == [1, 2, 3])
        for cut in 1..<12 {
            let pieces = try listen(bytes, cut: cut)
            #expect(pieces.agreed == whole.agreed && pieces.rest == whole.rest && pieces.replies == whole.replies)
        }
    }

    @Test func refusals() throws {
        #expect(throws: MultistreamError.lengthTooLong) { try listen([0x87, 0x80, 0]) }
        #expect(throws: MultistreamError.messageTooLong(1025)) { try listen([0x81, 0x08]) }
        #expect(throws: MultistreamError.missingNewline) { try listen([6] + Array("/noise".utf8)) }
        #expect(throws: MultistreamError.missingNewline) { try listen([0]) }
        #expect(throws: MultistreamError.tooManyMessages) { try listen((0..<100).flatMap { _ in MultistreamNegotiator.message("/x") }) }
        var replies: [UInt8] = []
        var dialer = MultistreamNegotiator(dialing: ["/a", "/b"])
        let na = MultistreamNegotiator.message("na")
        guard case .pending = try dialer.receive((MultistreamNegotiator.message("/multistream/1.0.0") + na)[...], replies: &replies) else {
            Issue.record("not pending")
            return
        }
        #expect(replies == MultistreamNegotiator.message("/b"))
        #expect(throws: MultistreamError.refused) { try dialer.receive(na[...], replies: &replies) }
        var other = MultistreamNegotiator(dialing: ["/a"])
        #expect(throws: MultistreamError.unexpected("/c")) { try other.receive(MultistreamNegotiator.message("/c")[...], replies: &replies) }
    }
}
