import Bytes
import ConformanceKit
import EventLoop
import JSON
import PeerDiscovery
import PeerIdentity

/// A recorded session of two nodes, played with both sides ours: with the recorded keys and random bytes every datagram must
/// come out as recorded.
struct Discv5Replay {
    let item: JSONElement
    let label: String
    let file: String

    init(_ item: JSONElement, label: String, file: String) {
        self.item = item
        self.label = label
        self.file = file
    }

    /// Gives the recorded bytes, purpose by purpose.
    struct Recorded: DiscoveryRandomness {
        var queues: [DiscoveryRandomPurpose: [[UInt8]]] = [:]

        mutating func bytes(_ count: Int, for purpose: DiscoveryRandomPurpose) -> [UInt8] {
            guard var queue = queues[purpose], let first = queue.first, first.count == count else { return Array(repeating: 1, count: count) }
            queue.removeFirst()
            queues[purpose] = queue
            return first
        }
    }

    struct Step {
        var isFromA: Bool
        var bytes: [UInt8]
        var packet: DiscoveryPacket
        var message: DiscoveryMessage?
    }

    func run(_ report: inout ConformanceReport) throws {
        let (a, b) = (try item.need("A"), try item.need("B"))
        let (recordA, recordB) = (try ENR(text: try a.text("enr")), try ENR(text: try b.text("enr")))
        let (socketA, socketB) = (try socket(a), try socket(b))
        let steps = try item.need("datagrams").elements.map { datagram in
            let isFromA = try datagram.text("from") == "A"
            let bytes = try datagram.hex("bytes")
            return Step(
                isFromA: isFromA, bytes: bytes, packet: try DiscoveryPacket(decoding: bytes[...], for: isFromA ? recordB.nodeID : recordA.nodeID),
                message: datagram["plaintext"]?.string == nil ? nil : try DiscoveryMessage(decoding: try datagram.hex("plaintext")[...]))
        }
        let nodeA = try node(a, recordA, random(steps, isA: true), now: 0)
        let nodeB = try node(b, recordB, random(steps, isA: false), now: 0)
        if item["bKnowsARecord"]?.bool == true { nodeB.add(recordA, now: 0) }
        for step in steps {
            guard case .nodes(_, _, let records)? = step.message else { continue }
            for bytes in records {
                let known = try ENR(decoding: bytes[...])
                if known != recordA, known != recordB { nodeB.add(known, isPermanent: true, now: 0) }
            }
        }
        _ = (nodeA.takeOutput(), nodeB.takeOutput())
        var found = 0
        var waiting: [(isFromA: Bool, bytes: [UInt8])] = []
        var now: UInt64 = 1_000_000_000
        for (index, step) in steps.enumerated() {
            now += 1_000_000
            if waiting.isEmpty, step.isFromA {
                // A new request of A. Its first packet may hide what it asks; the handshake then tells.
                switch step.message ?? steps[index...].lazy.filter(\.isFromA).compactMap(\.message).first {
                case .ping?: _ = nodeA.ping(recordB, now: now)
                case .findNode(_, let distances)?: _ = nodeA.findNode(recordB, distances: distances, now: now)
                default: return report.skip("a recorded session with other requests than PING and FINDNODE")
                }
                collect(nodeA, isA: true, &waiting, &found)
            }
            guard !waiting.isEmpty else {
                report.fail(file: file, case: "\(label): datagram \(index)", expected: step.bytes.hex, got: "silence")
                return
            }
            let sent = waiting.removeFirst()
            report.check(file: file, case: "\(label): datagram \(index)", expected: step.bytes.hex, got: sent.bytes.hex)
            guard sent.bytes == step.bytes else { return }
            let receiver = step.isFromA ? nodeB : nodeA
            receiver.receive(sent.bytes[...], from: step.isFromA ? socketA : socketB, now: now)
            collect(receiver, isA: !step.isFromA, &waiting, &found)
        }
        report.check(file: file, case: "\(label): nothing more", expected: 0, got: waiting.count)
        report.check(file: file, case: "\(label): records found", expected: try item.need("nodesReturned").int, got: found)
    }

    private func collect(_ node: Discv5, isA: Bool, _ waiting: inout [(isFromA: Bool, bytes: [UInt8])], _ found: inout Int) {
        let output = node.takeOutput()
        waiting += output.datagrams.map { (isA, $0.bytes) }
        for case .found(_, let records) in output.events { found = records.count }
    }

    private func socket(_ side: JSONElement) throws -> SocketAddress {
        guard let port = try side.need("port").int.flatMap({ UInt16(exactly: $0) }) else { throw Vectors.Failure("\(side.path): port") }
        return SocketAddress(.loopback, port)
    }

    private func node(_ side: JSONElement, _ record: ENR, _ random: Recorded, now: UInt64) throws -> Discv5 {
        let content = RecordContent(role: .fullNode, networkVersion: record.networkVersion ?? "", clientVersion: record.clientVersion, addresses: [record.udp4Socket].compactMap(\.self))
        var configuration = DiscoveryConfiguration(listen: [try socket(side)], content: content, requiredVersion: record.networkVersion)
        configuration.previousRecord = record
        let node = try Discv5(key: try NodeKey(text: try side.text("privateKey")), configuration: configuration, randomness: random, now: now)
        guard node.record == record else { throw Vectors.Failure("\(label): the record says what ours cannot") }
        return node
    }

    private func random(_ steps: [Step], isA: Bool) throws -> Recorded {
        var random = Recorded()
        for step in steps where step.isFromA == isA {
            random.queues[.maskingIV, default: []].append(step.packet.maskingIV)
            if step.packet.flag == .whoAreYou {
                random.queues[.idNonce, default: []].append(try Challenge(authdata: step.packet.authdata).idNonce)
                continue
            }
            random.queues[.nonce, default: []].append(step.packet.nonce)
            switch step.message {
            case nil: random.queues[.filler, default: []].append(step.packet.message)
            case .ping(let id, _)?, .findNode(let id, _)?: random.queues[.requestID, default: []].append(id.bytes)
            default: break
            }
        }
        if isA { random.queues[.ephemeralKey] = try item.need("ephemeralPrivateKeys").elements.map { Hex.decode($0.string ?? "") ?? [] } }
        return random
    }
}
