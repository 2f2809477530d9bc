public import Bytes
import EventLoop
public import PeerIdentity

/// What a node says of itself («note 07 §3.6»). On the wire behind its varint length.
public struct IdentifyMessage: Hashable, Sendable {
    public static let maxBytes = 8192

    public var publicKey: [UInt8]?
    /// Binary multiaddrs.
    public var listenAddresses: [[UInt8]] = []
    public var observedAddress: [UInt8]?
    public var protocols: [String] = []
    public var protocolVersion: String?
    public var agentVersion: String?
    public var signedPeerRecord: [UInt8]?

    public init() {}

    /// In the order of fields that the reference writes.
    public var bytes: [UInt8] {
        var writer = ProtobufWriter()
        if let protocolVersion { writer.write(5, protocolVersion) }
        if let agentVersion { writer.write(6, agentVersion) }
        if let publicKey { writer.write(1, publicKey) }
        for address in listenAddresses { writer.write(2, address) }
        if let observedAddress { writer.write(4, observedAddress) }
        for name in protocols { writer.write(3, name) }
        if let signedPeerRecord { writer.write(8, signedPeerRecord) }
        return writer.bytes
    }

    public var framed: [UInt8] {
        let bytes = bytes
        return Varint.encode(UInt64(bytes.count)) + bytes
    }

    public init(_ bytes: ArraySlice<UInt8>) throws(DecodingError) {
        guard bytes.count <= Self.maxBytes else { throw DecodingError("identify: \(bytes.count) bytes") }
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: publicKey = Array(try field.bytes("public key"))
            case 2: listenAddresses.append(Array(try field.bytes("listen address")))
            case 3: protocols.append(try field.text("protocol"))
            case 4: observedAddress = Array(try field.bytes("observed address"))
            case 5: protocolVersion = try field.text("protocol version")
            case 6: agentVersion = try field.text("agent version")
            case 8: signedPeerRecord = Array(try field.bytes("signed peer record"))
            default: break
            }
        }
    }

    /// Checks it against whom Noise found at the other end: the key must be there and the peer's, and so must a record's.
    public func identification(of peer: PeerID) throws(DecodingError) -> PeerIdentification {
        guard let publicKey else { throw DecodingError("identify: no public key") }
        guard try PeerID(publicKeyProtobuf: publicKey[...]) == peer else { throw DecodingError("identify: the key of another peer") }
        if let signedPeerRecord {
            guard try SignedPeerRecord(envelope: signedPeerRecord[...]).peer == peer else { throw DecodingError("identify: the record of another peer") }
        }
        let observed = observedAddress.flatMap { try? Multiaddr(decoding: $0[...]).socket }
        return PeerIdentification(protocols: protocols, protocolVersion: protocolVersion ?? "", agentVersion: agentVersion ?? "", observed: observed)
    }
}
