import Bytes
import ConformanceKit
import JSON
import PeerIdentity
import PeerTransport

/// `muxers.json`: each side of a scripted session played by ours, fed with what the other wrote; and a fresh yamux listener's
/// reaction to single frames.
///
/// Frames are compared by stream: what is sent on it, in which order, and how it ends. When window is given back, and in what
/// portions, is a side's own affair as long as it never gives more than was read.
enum MuxerChecks {
    @Sendable static func run(document: JSONElement, file: String, report: inout ConformanceReport) throws {
        for (index, element) in numbered(document["cases"]) {
            let label = "case \(index) \(element["label"]?.string ?? "")"
            let isYamux = element["label"]?.string?.hasPrefix("mplex") != true
            for side in ["dialer", "listener"] {
                do {
                    try play(element, as: side, isYamux: isYamux, file, "\(label), as \(side)", &report)
                } catch {
                    report.fail(file: file, case: "\(label), as \(side)", expected: "a script", got: "\(error)")
                }
            }
        }
        for element in document["yamuxListenerFed"]?.elements.map({ $0 }) ?? [] { fed(element, file, "fed: \(element["label"]?.string ?? "")", &report) }
    }

    // MARK: Scripted sessions

    private static func play(_ element: JSONElement, as side: String, isYamux: Bool, _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
        let session: any MuxerSession = if isYamux { YamuxSession(dialer: side == "dialer", budget: WindowBudget(limit: 0), now: 0) } else { MplexSession(now: 0) }
        var events: [MuxerEvent] = []
        var sent: [UInt8] = []
        var recorded = Ledger(isYamux: isYamux)
        /// Recorded stream → ours, for the streams that this side opens.
        var ours: [String: MuxerStreamID] = [:]
        var received: [MuxerStreamID: Int] = [:]
        var log: [String] = []
        session.start(now: 0)
        for frame in element["frames"]?.elements.map({ $0 }) ?? [] {
            let bytes = Self.bytes(frame)
            if frame["from"]?.string == side {
                // What the recorded side did is what ours does.
                for action in try recorded.read(bytes[...]) {
                    switch action {
                    case .opened(let name): ours[name] = session.open()
                    case .data(let name, let count): _ = session.write(try id(name, ours, isYamux), [UInt8](repeating: 0, count: count))
                    case .ended(let name): session.closeWrite(try id(name, ours, isYamux))
                    case .reset(let name): if let id = try? id(name, ours, isYamux) { session.reset(id) }
                    case .goAway: session.goAway()
                    case .ping, .pong: break  // comes of itself
                    }
                }
            } else {
                session.receive(bytes[...], now: 1, events: &events)
            }
            for event in events {
                switch event {
                case .opened: log.append("stream")
                case .data(let id, let bytes):
                    received[id, default: 0] += bytes.count
                    session.consumed(id, bytes.count, now: 2)
                case .ended(let id): if !ours.values.contains(id) { log.append("end \(received[id] ?? 0)") }
                case .failed(let id, let failure): if !ours.values.contains(id) { log.append("error \(failure)") }
                case .over(.goAway): break
                case .over(let end): log.append("\(end)")
                }
            }
            events.removeAll()
            while let frame = session.nextFrame() { sent += frame.array }
        }
        var played = Ledger(isYamux: isYamux)
        _ = try played.read(sent[...])
        report.check(file: file, case: label + " frames", expected: recorded.summary, got: played.summary)
        report.check(file: file, case: label + " window given back", expected: true, got: played.windowGiven <= received.values.reduce(0, +))
        // What happened on this side. The script does not log a go-away, nor the ends of streams that the side opened itself.
        let expected = (element["events"]?.elements.filter { $0["at"]?.string == side } ?? []).map { event -> String in
            switch event["event"]?.string {
            case "end"?: "end \(event["bytes"]?.int ?? 0)"
            case "error"?: "error reset by the peer"
            case let other: other ?? ""
            }
        }
        report.check(file: file, case: label + " events", expected: expected.sorted(), got: log.sorted())
    }

    private static func id(_ name: String, _ ours: [String: MuxerStreamID], _ isYamux: Bool) throws -> MuxerStreamID {
        if let id = ours[name] { return id }
        guard let number = UInt64(name.drop { !$0.isNumber }) else { throw DecodingError("no stream \(name)") }
        if !isYamux, name.hasPrefix("own") { throw DecodingError("stream \(name) was not opened") }
        return isYamux ? number : number << 1
    }

    /// A frame's bytes; of long ones the head is given, and the rest may be anything.
    private static func bytes(_ frame: JSONElement) -> [UInt8] {
        if let text = frame["bytes"]?.string { return padded(text) }
        var bytes = frame["head"]?.string.flatMap { Hex.decode($0) } ?? []
        let length = frame["length"]?.int ?? 0
        if bytes.count < length { bytes += [UInt8](repeating: 0, count: length - bytes.count) }
        return bytes
    }

    /// `…` stands for the zeros that a yamux data frame still lacks.
    private static func padded(_ text: String) -> [UInt8] {
        let digits = text.prefix { $0.isHexDigit || $0 == "x" }
        var bytes = Hex.decode(digits.count % 2 == 0 ? digits : digits.dropLast()) ?? []
        if digits.count < text.count, bytes.count >= 12 {
            let length = 12 + bytes[8..<12].reduce(0) { $0 << 8 | Int($1) }
            if bytes.count < length { bytes += [UInt8](repeating: 0, count: length - bytes.count) }
        }
        return bytes
    }

    // MARK: A listener fed with frames

    private static func fed(_ element: JSONElement, _ file: String, _ label: String, _ report: inout ConformanceReport) {
        let session = YamuxSession(dialer: false, now: 0)
        session.start(now: 0)
        var sent: [UInt8] = []
        var end: MuxerEnd?
        for text in element["received"]?.elements.compactMap(\.string) ?? [] {
            while let frame = session.nextFrame() { sent += frame.array }
            var events: [MuxerEvent] = []
            session.receive(padded(text)[...], now: 1, events: &events)
            for event in events {
                switch event {
                case .data(let id, let bytes): session.consumed(id, bytes.count, now: 2)
                case .over(let reason): end = reason
                default: break
                }
            }
        }
        while let frame = session.nextFrame() { sent += frame.array }
        var expected = Ledger(isYamux: true)
        var got = Ledger(isYamux: true)
        do {
            for text in element["answered"]?.elements.compactMap(\.string) ?? [] { _ = try expected.read((Hex.decode(text) ?? [])[...]) }
            _ = try got.read(sent[...])
        } catch {
            return report.fail(file: file, case: label, expected: "frames", got: "\(error)")
        }
        report.check(file: file, case: label + " pings", expected: expected.pings, got: got.pings)
        let isError: Bool
        if case .protocolError? = end { isError = true } else { isError = false }
        report.check(file: file, case: label + " session ended", expected: element["sessionEnded"]?.bool, got: isError)
        // Go-away 0 is the recorder's own good-bye.
        report.check(file: file, case: label + " go-away", expected: expected.goAways.filter { $0 != 0 }, got: got.goAways)
    }
}

/// Frames of one side, read and added up by stream.
private struct Ledger {
    enum Action {
        case opened(String), data(String, Int), ended(String), reset(String), goAway, ping, pong
    }

    struct Line {
        var opened = false
        var data = 0
        var ended = false
        var wasReset = false
    }

    let isYamux: Bool
    var lines: [String: Line] = [:]
    var pings: [String] = []
    var goAways: [UInt32] = []
    var windowGiven = 0

    init(isYamux: Bool) { self.isYamux = isYamux }

    var summary: [String] {
        // A stream reset before the peer heard of it is nobody's business: ours says nothing, the reference only the reset.
        lines.filter { $0.value.opened || $0.value.data > 0 || $0.value.ended || ($0.value.wasReset && isYamux) }
            .map { "\($0.key)\($0.value.opened ? " opened" : "") \($0.value.data)\($0.value.ended ? " end" : "")\($0.value.wasReset ? " reset" : "")" }.sorted()
            + pings.sorted() + goAways.map { "go-away \($0)" }
    }

    mutating func read(_ bytes: ArraySlice<UInt8>) throws -> [Action] {
        var reader = ByteReader(bytes)
        var actions: [Action] = []
        while !reader.isAtEnd { actions += isYamux ? try readYamux(&reader) : try readMplex(&reader) }
        return actions
    }

    private mutating func readYamux(_ reader: inout ByteReader) throws -> [Action] {
        _ = try reader.readUInt8()
        let type = try reader.readUInt8()
        let flags = try reader.readUInt16()
        let name = "\(try reader.readUInt32())"
        let length = try reader.readUInt32()
        var actions: [Action] = []
        switch type {
        case 2:
            pings.append(flags == 1 ? "ping" : "pong \(length)")
            return [flags == 1 ? .ping : .pong]
        case 3:
            goAways.append(length)
            return [.goAway]
        default: break
        }
        var line = lines[name] ?? Line()
        if flags & 1 != 0 {
            line.opened = true
            actions.append(.opened(name))
        }
        if type == 0 {
            try reader.skip(Int(length))
            line.data += Int(length)
            if length > 0 { actions.append(.data(name, Int(length))) }
        } else {
            windowGiven += Int(length)
        }
        if flags & 4 != 0 {
            line.ended = true
            actions.append(.ended(name))
        }
        if flags & 8 != 0 {
            line.wasReset = true
            actions.append(.reset(name))
        }
        lines[name] = line
        return actions
    }

    private mutating func readMplex(_ reader: inout ByteReader) throws -> [Action] {
        let tag = try reader.readVarint()
        let length = Int(try reader.readVarint())
        try reader.skip(length)
        let flag = tag & 7
        // An even flag is the opener's: the stream is the writer's own.
        let name = (flag % 2 == 0 ? "own" : "theirs") + "\(tag >> 3)"
        var line = lines[name] ?? Line()
        defer { lines[name] = line }
        switch flag {
        case 0:
            line.opened = true
            return [.opened(name)]
        case 1, 2:
            line.data += length
            return [.data(name, length)]
        case 3, 4:
            line.ended = true
            return [.ended(name)]
        default:
            line.wasReset = true
            return [.reset(name)]
        }
    }
}
