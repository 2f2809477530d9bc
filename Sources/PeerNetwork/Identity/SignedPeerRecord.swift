public import Bytes

/// Addresses that a peer vouches for: libp2p's signed envelope around a peer record («note 07 §3.6»; RFC 0002 and 0003 of libp2p).
public struct SignedPeerRecord: Hashable, Sendable {
    public static let domain = "libp2p-peer-record"
    public static let payloadType: [UInt8] = [0x03, 0x01]

    public var peer: PeerID
    public var sequence: UInt64
    /// Binary multiaddrs.
    public var addresses: [[UInt8]]

    public init(peer: PeerID, sequence: UInt64, addresses: [[UInt8]]) {
        self.peer = peer
        self.sequence = sequence
        self.addresses = addresses
    }

    /// The record itself, which the envelope holds.
    public var record: [UInt8] {
        var writer = ProtobufWriter()
        writer.write(1, peer.multihash)
        writer.write(2, sequence)
        for address in addresses {
            var inner = ProtobufWriter()
            inner.write(1, address)
            writer.write(3, inner.bytes)
        }
        return writer.bytes
    }

    /// The envelope, signed by `key`, which must be the peer's.
    public func sealed(by key: NodeKey) -> [UInt8] {
        precondition(key.id == peer)
        let record = record
        var writer = ProtobufWriter()
        writer.write(1, peer.publicKeyProtobuf)
        writer.write(2, Self.payloadType)
        writer.write(3, record)
        writer.write(5, key.sign(message: Self.signed(domain: Self.domain, Self.payloadType[...], record[...])))
        return writer.bytes
    }

    private static func signed(domain: String, _ type: ArraySlice<UInt8>, _ payload: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = Varint.encode(UInt64(domain.utf8.count)) + Array(domain.utf8)
        for part in [type, payload] {
            Varint.append(UInt64(part.count), to: &bytes)
            bytes += part
        }
        return bytes
    }

    /// Opens an envelope: its signature must be over the record, and the record about the signer.
    public init(envelope bytes: ArraySlice<UInt8>, domain: String = Self.domain) throws(DecodingError) {
        var key: ArraySlice<UInt8>?
        var type: ArraySlice<UInt8>?
        var payload: ArraySlice<UInt8>?
        var signature: ArraySlice<UInt8>?
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: key = try field.bytes("envelope key")
            case 2: type = try field.bytes("envelope type")
            case 3: payload = try field.bytes("envelope payload")
            case 5: signature = try field.bytes("envelope signature")
            default: break
            }
        }
        guard let key, let type, let payload, let signature else { throw DecodingError("envelope: a part is missing") }
        guard type.elementsEqual(Self.payloadType) else { throw DecodingError("envelope: holds no peer record") }
        let signer = try PeerID(publicKeyProtobuf: key)
        guard signer.verify(message: Self.signed(domain: domain, type, payload), signature: Array(signature)) else { throw DecodingError("envelope: bad signature") }
        try self.init(record: payload)
        guard peer == signer else { throw DecodingError("envelope: the record is about another peer than its signer") }
    }

    /// Reads a bare record.
    public init(record bytes: ArraySlice<UInt8>) throws(DecodingError) {
        var peer: PeerID?
        sequence = 0
        addresses = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch field.number {
            case 1: peer = try PeerID(multihash: try field.bytes("peer id"))
            case 2: sequence = try field.varint("record sequence")
            case 3:
                var inner = ProtobufReader(try field.bytes("address"))
                while let part = try inner.next() {
                    if part.number == 1 { addresses.append(Array(try part.bytes("multiaddr"))) }
                }
            default: break
            }
        }
        guard let peer else { throw DecodingError("peer record: no peer id") }
        self.peer = peer
    }
}
