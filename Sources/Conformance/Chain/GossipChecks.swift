import Bytes
import Compression
import ConformanceKit
import Field
import JSON
import PeerGossip
import PeerIdentity
import Protocol

/// What the recorded nodes said to each other (`nodes/*/p2p.jsonl`): every gossiped message and every request with its response.
struct GossipChecks {
    let directory: String
    let name: String
    private var versions: Set<String> = []
    private var peers: Set<String> = []
    /// Sizes of published messages by id.
    private var published: [MessageID: Int] = [:]

    init(_ directory: String, name: String) {
        self.directory = directory
        self.name = name
    }

    /// `blocks`: the chain's, serialised, by number.
    mutating func run(blocks: [Int: [UInt8]], _ report: inout ConformanceReport) throws {
        let nodes = directory + "/nodes"
        guard Vectors.isDirectory(nodes) else { return }
        let directories = try Vectors.directories(in: nodes)
        for node in directories {
            guard let info = try Vectors.file("info", in: node).map({ try Vectors.json($0).root }) else { continue }
            if let version = info["protocolVersion"]?.string { versions.insert(version) }
            if let id = info["peerId"]?.string { peers.insert(id) }
            for (topic, value) in info["topics"].map({ Array($0.members) }) ?? [] {
                let ours = GossipTopic(rawValue: topic)?.name(version: info["protocolVersion"]?.string ?? "")
                report.check(file: name, case: "topic \(topic) of \(Vectors.name(node))", expected: value.string, got: ours)
            }
        }
        var lines: [(label: String, root: JSONElement)] = []
        for node in directories {
            guard let path = Vectors.file("p2p", in: node) else { continue }
            for (index, line) in try Vectors.lines(path).enumerated() {
                lines.append(("\(Vectors.name(node)) p2p \(index + 1)", try JSONDocument.parse(Array(line)).root))
            }
        }
        for (label, root) in lines where root["ev"]?.string == "publish" { message(root, label, &report) }
        for (label, root) in lines {
            switch root["ev"]?.string {
            case "receive": receipt(root, label, &report)
            case "reqresp": exchange(root, label, blocks, &report)
            default: break
            }
        }
        if let path = Vectors.file("reqresp-chosen", in: directory) {
            for element in try Vectors.json(path).root.elements where element["request"] != nil {
                let label = "chosen \(element["label"]?.string ?? "")"
                guard let request = Self.bytes(element["request"]), let data = Self.bytes(element["data"]) else { continue }
                response(data, to: request, element["protocol"]?.string ?? "", label, blocks, &report)
            }
        }
    }

    private static func bytes(_ element: JSONElement?) -> [UInt8]? { element?.string.flatMap { Hex.decode($0) } }

    // MARK: Gossip

    private mutating func message(_ root: JSONElement, _ label: String, _ report: inout ConformanceReport) {
        guard let name = root["topic"]?.string, let data = Self.bytes(root["data"]), let wire = Self.bytes(root["wire"]), let id = Self.bytes(root["msgId"]) else {
            return report.fail(file: self.name, case: label, expected: "topic, data, wire, msgId", got: "not all of them")
        }
        guard let topic = topic(name) else { return report.fail(file: self.name, case: label, expected: "one of the network's topics", got: name) }
        do {
            let ours = MessageID(topic: Array(name.utf8), payload: data)
            published[ours] = data.count
            report.check(file: self.name, case: label + " id", expected: Hex.encode(id), got: ours.description)
            report.check(file: self.name, case: label + " decompressed", expected: data, got: try Snappy.decompress(wire, limit: 16 << 20))
            var reader = ByteReader(data)
            let message = try P2PMessage(from: &reader)
            report.check(file: self.name, case: label + " wrapper written", expected: data, got: message.serialized)
            let (object, identifier) = try Self.object(topic, message.payload)
            report.check(file: self.name, case: label + " object written", expected: message.payload, got: object)
            report.check(file: self.name, case: label + " id in the wrapper", expected: identifier, got: message.id.bytes)
            report.check(file: self.name, case: label + " through a router", expected: true, got: Self.passesRouter(name, wire, data, ours))
        } catch {
            report.fail(file: self.name, case: label, expected: "a message", got: "\(error)")
        }
    }

    private func topic(_ name: String) -> GossipTopic? {
        GossipTopic.allCases.first { topic in versions.contains { topic.name(version: $0) == name } }
    }

    /// The object written again, and what names it.
    private static func object(_ topic: GossipTopic, _ bytes: [UInt8]) throws -> (written: [UInt8], identifier: [UInt8]) {
        switch topic {
        case .tx:
            let tx = try Tx(exactly: bytes)
            return (tx.serialized, tx.hash().serialized)
        case .blockProposal:
            let proposal = try BlockProposal(exactly: bytes)
            return (proposal.serialized, proposal.messageIdentifier.bytes)
        case .blockAttestation:
            let attestation = try BlockAttestation(exactly: bytes)
            return (attestation.serialized, attestation.messageIdentifier.bytes)
        }
    }

    /// Two routers, the recorded compression on the wire between a stranger and the first, ours between the two.
    private static func passesRouter(_ topic: String, _ wire: [UInt8], _ data: [UInt8], _ id: MessageID) -> Bool {
        let configuration = GossipConfiguration(topics: [GossipTopicConfiguration(name: topic, maximumPayload: 16 << 20)])
        let ids = (1...2).map { _ in NodeKey.generate().id }
        let routers = (1...2).map { _ in GossipRouter(configuration, random: { 4 }, applicationScore: { _ in 0 }) }
        for router in routers { router.subscribe(0, now: 0) }
        for (router, other) in [(routers[0], ids[0]), (routers[0], ids[1]), (routers[1], ids[0])] {
            router.connected(other, address: nil, isOutbound: false)
            router.opened(other, .meshsub11, now: 0)
        }
        func deliveries(_ router: GossipRouter) -> [GossipDelivery] {
            router.takeOutputs().compactMap { if case .validate(let delivery) = $0 { delivery } else { nil } }
        }
        // The second peer of the first router is in its mesh: it asks to be.
        var graft = GossipRPC()
        graft.control = GossipRPC.Control()
        graft.control?.graft = [Array(topic.utf8)[...]]
        routers[0].received(graft.framed[...], from: ids[1], now: 0)
        var rpc = GossipRPC()
        var message = GossipRPC.Message()
        message.topic = Array(topic.utf8)[...]
        message.data = wire[...]
        rpc.messages = [message]
        routers[0].received(rpc.framed[...], from: ids[0], now: 0)
        guard let first = deliveries(routers[0]).first, first.id == id, first.payload == data else { return false }
        routers[0].report(id, from: ids[0], .accept, now: 1)
        while let frame = routers[0].takeFrame(for: ids[1], now: 1) { routers[1].received(frame[...], from: ids[0], now: 1) }
        return deliveries(routers[1]).contains { $0.id == id && $0.payload == data }
    }

    private func receipt(_ root: JSONElement, _ label: String, _ report: inout ConformanceReport) {
        guard let id = Self.bytes(root["msgId"]).flatMap({ MessageID($0[...]) }) else { return report.fail(file: name, case: label, expected: "a message id", got: "none") }
        report.check(file: name, case: label + " was published with this size", expected: root["size"]?.int, got: published[id])
        let sender = root["from"]?.string ?? ""
        report.check(file: name, case: label + " sender", expected: sender, got: (try? PeerID(text: sender))?.description ?? "no peer id")
        report.check(file: name, case: label + " sender is one of the nodes", expected: true, got: peers.contains(sender))
    }

    // MARK: Requests

    private func exchange(_ root: JSONElement, _ label: String, _ blocks: [Int: [UInt8]], _ report: inout ConformanceReport) {
        guard let request = Self.bytes(root["request"]), let data = Self.bytes(root["response"]), let status = root["status"]?.int else {
            return report.skip("exchange without a recorded response")
        }
        let chunks = (root["responseWireChunks"].map { Array($0.elements) } ?? []).compactMap { Self.bytes($0) }
        if let first = chunks.first {
            report.check(file: name, case: label + " status comes alone", expected: [UInt8(truncatingIfNeeded: status)], got: first)
            let compressed = chunks.dropFirst().flatMap { $0 }
            do {
                report.check(file: name, case: label + " decompressed", expected: data, got: compressed.isEmpty ? [] : try Snappy.decompress(Array(compressed), limit: 64 << 20))
            } catch { report.fail(file: name, case: label, expected: "a response", got: "\(error)") }
        }
        response(data, to: request, root["protocol"]?.string ?? "", label, blocks, &report)
    }

    private func response(_ data: [UInt8], to request: [UInt8], _ protocolName: String, _ label: String, _ blocks: [Int: [UInt8]], _ report: inout ConformanceReport) {
        guard !data.isEmpty else { return }
        do {
            switch protocolName.split(separator: "/").dropFirst(2).first {
            case "tx":
                let tx = try Tx(exactly: data)
                report.check(file: name, case: label + " transaction written", expected: data, got: tx.serialized)
                report.check(file: name, case: label + " transaction asked for", expected: request, got: tx.hash().serialized)
            case "block":
                let block = try L2Block(exactly: data)
                report.check(file: name, case: label + " block written", expected: data, got: block.serialized)
                var reader = ByteReader(request)
                let number = Int(try Fr(from: &reader).bytes.suffix(7).reduce(0) { $0 << 8 | UInt64($1) })
                if let known = blocks[number] { report.check(file: name, case: label + " block \(number)", expected: known, got: data) }
            case "ping": report.check(file: name, case: label + " pong", expected: Array("pong".utf8), got: data)
            case "status": report.check(file: name, case: label + " ok", expected: Array("ok".utf8), got: data)
            default: break
            }
        } catch { report.fail(file: name, case: label, expected: "an object", got: "\(error)") }
    }
}
