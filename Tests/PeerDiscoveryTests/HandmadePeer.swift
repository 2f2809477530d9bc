import Bytes
import Ciphers
import EventLoop
import FuzzKit
import PeerDiscovery
import PeerIdentity
import Signatures

/// A peer that sends what it likes: every packet made by hand, with the wrong ones next to the right.
final class HandmadePeer {
    let key: NodeKey
    let id: NodeID
    let address: SocketAddress
    let record: ENR
    let target: Discv5
    var source: Fuzz
    private var sendKey: [UInt8] = []
    private var receiveKey: [UInt8] = []

    init(_ target: Discv5, at address: SocketAddress, seed: UInt64, announced: SocketAddress? = nil, version: String = testVersion) throws {
        self.target = target
        self.address = address
        // Not the seeds of `SimulatedNetwork`: the same seed would be the same key.
        source = Fuzz(seed: seed &+ 1 << 40)
        key = seededKey(&source)
        id = NodeID(key.id)
        record = try RecordContent(role: .fullNode, networkVersion: version, addresses: [announced ?? address]).record(after: nil, key: key)
    }

    /// Gives the target one datagram; what it sends back to this address.
    func deliver(_ bytes: [UInt8], now: UInt64) -> [[UInt8]] {
        target.receive(bytes[...], from: address, now: now)
        return target.takeOutput().datagrams.filter { $0.to == address }.map(\.bytes)
    }

    func unreadable() -> DiscoveryPacket {
        DiscoveryPacket(flag: .ordinary, nonce: source.bytes(12), authdata: id.bytes, message: source.bytes(44), maskingIV: source.bytes(16))
    }

    /// Provokes a WHOAREYOU.
    func challenge(now: UInt64) throws -> DiscoveryPacket? {
        try deliver(unreadable().encoded(for: target.localID), now: now).first.map { try DiscoveryPacket(decoding: $0[...], for: id) }
    }

    struct Changes {
        var signer: NodeKey?
        var record: [UInt8]?
        var signature: [UInt8]?
        var ephemeralKey: [UInt8]?
        var challengeData: [UInt8]?
    }

    /// The handshake that answers `challenge`, with `message` in it.
    func handshake(_ challenge: DiscoveryPacket, _ message: DiscoveryMessage, _ changes: Changes = Changes()) -> [UInt8] {
        let ephemeral = seededKey(&source).key
        let data = changes.challengeData ?? challenge.header
        let keys = SessionKeys(secret: ephemeral.sharedPoint(with: target.key.id.publicKey)!, initiator: id, recipient: target.localID, challengeData: data)
        (sendKey, receiveKey) = (keys.initiator, keys.recipient)
        let point = changes.ephemeralKey ?? ephemeral.compressedPublicKey
        let signature = SessionKeys.identitySignature((changes.signer ?? key).key, challengeData: data, ephemeralKey: point, recipient: target.localID)
        let authdata = Handshake(source: id, signature: changes.signature ?? signature, ephemeralKey: point, record: changes.record ?? record.encoded).authdata
        var packet = DiscoveryPacket(flag: .handshake, nonce: source.bytes(12), authdata: authdata, maskingIV: source.bytes(16))
        packet.message = AES128GCM.seal(key: keys.initiator, nonce: packet.nonce, associated: packet.header, message.encoded[...])
        return packet.encoded(for: target.localID)
    }

    /// A packet of the session.
    func ordinary(_ message: DiscoveryMessage) -> [UInt8] {
        var packet = DiscoveryPacket(flag: .ordinary, nonce: source.bytes(12), authdata: id.bytes, maskingIV: source.bytes(16))
        packet.message = AES128GCM.seal(key: sendKey, nonce: packet.nonce, associated: packet.header, message.encoded[...])
        return packet.encoded(for: target.localID)
    }

    /// What the target's answers say.
    func read(_ datagrams: [[UInt8]]) -> [DiscoveryMessage] {
        datagrams.compactMap { bytes in
            guard let packet = try? DiscoveryPacket(decoding: bytes[...], for: id), packet.flag == .ordinary,
                let plain = AES128GCM.open(key: receiveKey, nonce: packet.nonce, associated: packet.header, packet.message[...])
            else { return nil }
            return try? DiscoveryMessage(decoding: plain[...])
        }
    }

    /// A session by way of a PING; true if it was answered.
    func connect(now: UInt64) throws -> Bool {
        guard let challenge = try challenge(now: now) else { return false }
        return read(deliver(handshake(challenge, .ping(requestID(), sequence: record.sequence)), now: now)).contains { if case .pong = $0 { true } else { false } }
    }

    func requestID() -> RequestID { RequestID(bytes: [1] + source.bytes(7))! }
}
