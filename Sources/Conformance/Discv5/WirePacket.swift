import Bytes
import Ciphers
import ConformanceKit
import JSON
import PeerDiscovery
import PeerIdentity
import Signatures

/// One whole packet with the inputs it was made of: read with the recipient's key, and made again.
struct WirePacket {
    let item: JSONElement
    let nodes: [NodeKey]
    let file: String
    let name: String

    init(_ item: JSONElement, _ nodes: [NodeKey], _ file: String) throws {
        self.item = item
        self.nodes = nodes
        self.file = file
        name = try item.text("name")
    }

    private func key(of id: NodeID) throws -> NodeKey {
        guard let key = nodes.first(where: { NodeID($0.id) == id }) else { throw Vectors.Failure("\(name): no key of node \(id)") }
        return key
    }

    func run(_ report: inout ConformanceReport) throws {
        let (source, recipient) = (try Primitives.node(item, "src-node-id"), try Primitives.node(item, "dest-node-id"))
        let bytes = try item.hex("packet")
        let packet = try DiscoveryPacket(decoding: bytes[...], for: recipient)
        report.check(file: file, case: "\(name): encoding", expected: bytes, got: packet.encoded(for: recipient))
        switch packet.flag {
        case .whoAreYou:
            let challenge = try Challenge(authdata: packet.authdata)
            report.check(file: file, case: "\(name): challenge data", expected: try item.hex("whoareyou.challenge-data"), got: packet.header)
            report.check(file: file, case: "\(name): nonce", expected: try item.hex("whoareyou.request-nonce"), got: packet.nonce)
            report.check(file: file, case: "\(name): id nonce", expected: try item.hex("whoareyou.id-nonce"), got: challenge.idNonce)
            report.check(file: file, case: "\(name): enr-seq", expected: try item.text("whoareyou.enr-seq"), got: "\(challenge.recordSequence)")
            return
        case .ordinary: report.check(file: file, case: "\(name): source", expected: source.bytes, got: packet.authdata)
        case .handshake: try handshake(packet, source, recipient, &report)
        }
        let readKey = try item.hex("read-key")
        report.check(file: file, case: "\(name): nonce", expected: try item.hex("nonce"), got: packet.nonce)
        let plain = AES128GCM.open(key: readKey, nonce: packet.nonce, associated: packet.header, packet.message[...]) ?? []
        guard let id = RequestID(bytes: try item.hex("ping.req-id")), let sequence = UInt64(try item.text("ping.enr-seq")) else { throw Vectors.Failure("\(name): ping") }
        let ping = DiscoveryMessage.ping(id, sequence: sequence)
        report.check(file: file, case: "\(name): message", expected: ping, got: try DiscoveryMessage(decoding: plain[...]))
        report.check(file: file, case: "\(name): sealing", expected: packet.message, got: AES128GCM.seal(key: readKey, nonce: packet.nonce, associated: packet.header, ping.encoded[...]))
    }

    private func handshake(_ packet: DiscoveryPacket, _ source: NodeID, _ recipient: NodeID, _ report: inout ConformanceReport) throws {
        let handshake = try Handshake(authdata: packet.authdata)
        let challenge = try item.hex("whoareyou.challenge-data")
        let ephemeral = try Secp256k1.PrivateKey(try item.hex("ephemeral-key"))
        report.check(file: file, case: "\(name): source", expected: source, got: handshake.source)
        report.check(file: file, case: "\(name): ephemeral key", expected: try item.hex("ephemeral-pubkey"), got: handshake.ephemeralKey)
        report.check(file: file, case: "\(name): ephemeral key made", expected: handshake.ephemeralKey, got: ephemeral.compressedPublicKey)
        let (sender, receiver) = (try key(of: source), try key(of: recipient))
        report.check(
            file: file, case: "\(name): signature", expected: handshake.signature,
            got: SessionKeys.identitySignature(sender.key, challengeData: challenge, ephemeralKey: handshake.ephemeralKey, recipient: recipient))
        report.check(
            file: file, case: "\(name): signature verified", expected: true,
            got: SessionKeys.verify(handshake.signature, by: sender.id.publicKey, challengeData: challenge, ephemeralKey: handshake.ephemeralKey, recipient: recipient))
        let made = SessionKeys(secret: ephemeral.sharedPoint(with: receiver.id.publicKey) ?? [], initiator: source, recipient: recipient, challengeData: challenge)
        let read = SessionKeys(secret: receiver.key.sharedPoint(with: handshake.ephemeralKey) ?? [], initiator: source, recipient: recipient, challengeData: challenge)
        report.check(file: file, case: "\(name): keys of both sides", expected: made, got: read)
        report.check(file: file, case: "\(name): read key", expected: try item.hex("read-key"), got: made.initiator)
        report.check(file: file, case: "\(name): authdata", expected: packet.authdata, got: handshake.authdata)
        if !handshake.record.isEmpty {
            report.check(file: file, case: "\(name): record's node", expected: source, got: try ENR(decoding: handshake.record[...]).nodeID)
        }
    }
}
