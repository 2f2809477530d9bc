import Bytes
import Compression
import ConformanceKit
import EventLoop
import Hashing
import JSON
import PeerIdentity
import PeerNetwork
import PeerTransport

/// `reqresp-streams`: our responder gets the recorded frames and must answer with the same, and end the stream alike.
/// The frames come from a stream in memory: how they travel is the business of `muxers`.
extension P2PConformance {
    static func checkReqRespStreams(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let tx = try hex(root.required("knownTx"))
        let txHash = try hex(root.required("knownTxHash"))
        for entry in try root.required("cases").elements {
            let label = "\(try entry.required("label").requireString()), \(try entry.required("muxer").requireString())"
            let requests = try entry.required("requestFrames").elements.map { try hex($0) }
            guard requests.count <= 1 else {
                report.skip("a request in two frames: the reference reads each as one, we join them (note 07 §7.1)")
                continue
            }
            guard let kind = RequestProtocol(rawValue: try entry.required("protocol").requireString()) else {
                report.fail(file: file, case: label, expected: "a known protocol", got: "none")
                continue
            }
            let expected = try entry.required("responseFrames").elements.map { try hex($0) }
            let data = try expected.count == 2 ? Snappy.decompress(expected[1], limit: kind.maxResponseBytes) : []
            let bench = ResponderBench()
            bench.server.handle(.tx) { request, _, reply in reply(Array(request.prefix(32)) == txHash ? tx : []) }
            bench.server.handle(.block) { request, _, reply in reply(BlockRequest.number(request) == 7 ? data : []) }
            if expected == [[1]] {
                // A burst: the requests granted before it.
                for _ in 0..<kind.quota.perPeer { bench.run(kind, requests, halfCloses: true) }
            }
            let stream = bench.run(kind, requests, halfCloses: try entry.required("halfClosed").requireBool())
            report.check(file: file, case: "\(label): end", expected: try entry.required("streamEnd").requireString(), got: stream.end)
            report.check(file: file, case: "\(label): frames", expected: expected.map(\.count.isOne), got: stream.written.map(\.count.isOne))
            report.check(file: file, case: "\(label): status", expected: expected.first, got: stream.written.first)
            if expected.count == 2 {
                let got = try? Snappy.decompress(stream.written.last ?? [], limit: kind.maxResponseBytes)
                report.check(file: file, case: "\(label): data", expected: data, got: got)
                if let digest = entry["decompressed"]?["sha256"] {
                    report.check(file: file, case: "\(label): digest", expected: try hex(digest), got: SHA256.hash(got ?? []))
                }
            }
            let reasons = try entry.required("goodbyeReasons").elements.map { try $0.requireInt() }
            report.check(file: file, case: "\(label): goodbye", expected: reasons, got: bench.goodbyes.map { Int($0.rawValue) })
        }
    }
}

extension Int {
    fileprivate var isOne: Bool { self == 1 }
}

/// A responder with a swarm that consists of streams in memory.
private final class ResponderBench {
    let swarm = SilentSwarm()
    let server: RequestServer
    var goodbyes: [GoodbyeReason] = []

    init() {
        server = RequestServer(swarm: swarm, clock: { 0 })
        server.register()
        server.onGoodbye = { [unowned self] _, reason in goodbyes.append(reason) }
    }

    @discardableResult
    func run(_ kind: RequestProtocol, _ frames: [[UInt8]], halfCloses: Bool) -> RecordedStream {
        let stream = RecordedStream(swarm.localID, kind.rawValue)
        swarm.accept[kind.rawValue]?(stream)
        for frame in frames where !stream.isReset { stream.owner?.stream(stream, received: frame[...]) }
        if !stream.isReset { stream.owner?.streamDrained(stream) }
        if halfCloses, !stream.isReset {
            stream.peerClosed = true
            stream.owner?.streamEnded(stream)
        }
        return stream
    }
}

private final class RecordedStream: PeerStream {
    let peer: PeerID
    let protocolName: String
    let isOutbound = false
    weak var owner: (any PeerStreamOwner)?
    var queuedBytes: Int { 0 }
    var written: [[UInt8]] = []
    var isClosed = false
    var isReset = false
    var peerClosed = false

    init(_ peer: PeerID, _ protocolName: String) {
        self.peer = peer
        self.protocolName = protocolName
    }

    /// As the recorder named it.
    var end: String { isReset ? "stream reset" : isClosed && peerClosed ? "closed" : "open" }

    func write(_ bytes: [UInt8]) { if !isClosed { written.append(bytes) } }
    func closeWrite() { isClosed = true }
    func reset() { isReset = true }
    func consumed(_ count: Int) {}
}

private final class SilentSwarm: PeerSwarm {
    let localID = P2PConformance.testPeer("p1")
    weak var delegate: (any SwarmDelegate)?
    var accept: [String: (any PeerStream) -> Void] = [:]
    var port: UInt16? { nil }
    var connections: [ConnectionInfo] { [] }
    func isConnected(_ peer: PeerID) -> Bool { false }
    func isDialing(_ peer: PeerID) -> Bool { false }
    func start() {}
    func dial(_ address: PeerAddress) {}
    func handle(_ protocolName: String, maxInboundPerConnection: Int, _ accept: @escaping (any PeerStream) -> Void) { self.accept[protocolName] = accept }
    func openStream(to peer: PeerID, _ protocols: [String], timeoutMillis: Int, _ opened: @escaping (Result<any PeerStream, StreamFailure>) -> Void) {}
    func close(connection: UInt64, reason: String) {}
    func disconnect(_ peer: PeerID, reason: String) {}
    func stop() {}
}
