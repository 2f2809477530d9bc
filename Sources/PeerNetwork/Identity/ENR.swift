public import Bytes
public import EventLoop
import Hashing
import Signatures

/// A signed node record, EIP-778 scheme `v4` («note 07 §10.1»). Every value has a valid signature.
public struct ENR: Hashable, Sendable, CustomStringConvertible {
    /// Records take fewer bytes than this.
    public static let byteLimit = 300

    /// RLP `[signature, seq, k1, v1, …]`, as it came.
    public let encoded: [UInt8]
    /// Rises with every change of the record.
    public let sequence: UInt64
    public let nodeID: NodeID
    public let peerID: PeerID

    // Where the pairs begin in `encoded`.
    private let pairsStart: Int

    public static func == (left: ENR, right: ENR) -> Bool { left.encoded == right.encoded }
    public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }

    /// From its RLP form. Refuses what is not signed by the key it names, keys out of order, and 300 bytes or more.
    public init(decoding bytes: ArraySlice<UInt8>) throws(DecodingError) {
        guard bytes.count < Self.byteLimit else { throw DecodingError("record: \(bytes.count) bytes, the limit is \(Self.byteLimit - 1)") }
        let encoded = Array(bytes)
        var outer = RLPReader(encoded[...])
        var record = try outer.readList("record")
        try outer.requireEnd("record")
        let signature = try record.readBytes("signature", maximum: 64)
        let content = record.rest
        let sequence = try record.readUInt64("seq")
        let pairsStart = record.rest.startIndex
        var previous: ArraySlice<UInt8>?
        var scheme, publicKey: ArraySlice<UInt8>?
        while !record.isAtEnd {
            let name = try record.readBytes("key")
            if let previous, !previous.lexicographicallyPrecedes(name) { throw record.failure("record: keys are not sorted, or one comes twice") }
            previous = name
            switch try record.next("value") {
            case .bytes(let value) where name.elementsEqual("id".utf8): scheme = value
            case .bytes(let value) where name.elementsEqual("secp256k1".utf8): publicKey = value
            default: break
            }
        }
        guard let scheme, scheme.elementsEqual("v4".utf8) else { throw DecodingError("record: identity scheme is not v4") }
        guard let publicKey else { throw DecodingError("record: no secp256k1 key") }
        peerID = try PeerID(publicKey: Array(publicKey))
        let digest = Keccak256.hash(RLP.listHeader(content.count) + content)
        guard Secp256k1.verifyCompact(digest: digest, signature: Array(signature), publicKey: peerID.publicKey) else {
            throw DecodingError("record: the signature does not belong to it")
        }
        self.encoded = encoded
        self.sequence = sequence
        self.pairsStart = pairsStart
        nodeID = NodeID(peerID)
    }

    /// From text, `enr:` and base64url. Padding and the standard alphabet are accepted, as the reference does.
    public init(text: some StringProtocol) throws(DecodingError) {
        guard text.hasPrefix("enr:") else { throw DecodingError("record: the text does not begin with enr:") }
        let letters = text.utf8.dropFirst(4)
        guard letters.count <= Self.byteLimit * 4 / 3 + 4 else { throw DecodingError("record: \(letters.count) letters, more than a record can have") }
        var standard = letters.map { $0 == 45 ? 43 : $0 == 95 ? 47 : $0 }  // - and _ to + and /
        while standard.last == 61 { standard.removeLast() }
        while standard.count % 4 != 0 { standard.append(61) }
        guard let bytes = Base64.decode(String(decoding: standard, as: UTF8.self)) else { throw DecodingError("record: not base64") }
        try self.init(decoding: bytes[...])
    }

    /// Signs a record of these pairs; `id` and `secp256k1` are added. Refuses 300 bytes or more.
    public init(signing pairs: [String: [UInt8]], sequence: UInt64, with key: NodeKey) throws(DecodingError) {
        var pairs = pairs
        pairs["id"] = Array("v4".utf8)
        pairs["secp256k1"] = key.id.publicKey
        let sorted = pairs.map { (Array($0.key.utf8), $0.value) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
        let items = [RLP.Item.integer(UInt128(sequence))] + sorted.flatMap { [RLP.Item.bytes($0.0), .bytes($0.1)] }
        let signature = key.key.signCompact(digest: Keccak256.hash(RLP.encode(.list(items))))
        try self.init(decoding: RLP.encode(.list([.bytes(signature)] + items))[...])
    }

    /// Keys in order with their values as bytes; values that are lists come in their RLP form.
    public var pairs: [(key: String, value: [UInt8])] {
        var result: [(key: String, value: [UInt8])] = []
        walk { name, value in
            switch value {
            case .bytes(let bytes): result.append((String(decoding: name, as: UTF8.self), Array(bytes)))
            case .list(let payload): result.append((String(decoding: name, as: UTF8.self), RLP.listHeader(payload.count) + payload))
            }
            return true
        }
        return result
    }

    /// The value of a key; nil if it is missing or a list.
    public subscript(key: String) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        walk { name, value in
            guard name.elementsEqual(key.utf8) else { return true }
            if case .bytes(let bytes) = value { found = bytes }
            return false
        }
        return found
    }

    private func walk(_ body: (ArraySlice<UInt8>, RLPReader.Element) -> Bool) {
        var reader = RLPReader(encoded[pairsStart...])
        // `init` has read all of it.
        while !reader.isAtEnd, let name = try? reader.readBytes("key"), let value = try? reader.next("value") {
            if !body(name, value) { return }
        }
    }

    public var ip4: IPAddress? { self["ip"].flatMap { $0.count == 4 ? IPAddress(bytes: $0) : nil } }
    public var ip6: IPAddress? { self["ip6"].flatMap { $0.count == 16 ? IPAddress(bytes: $0) : nil } }

    private func port(_ key: String) -> UInt16? {
        guard let value = self[key], value.count <= 2 else { return nil }
        let port = value.reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        return port == 0 ? nil : port
    }

    public var udp: UInt16? { port("udp") }
    public var tcp: UInt16? { port("tcp") }

    /// Where it listens for discovery over IPv4.
    public var udp4Socket: SocketAddress? { ip4.flatMap { ip in udp.map { SocketAddress(ip, $0) } } }
    public var udp6Socket: SocketAddress? { ip6.flatMap { ip in (port("udp6") ?? udp).map { SocketAddress(ip, $0) } } }
    public var tcp4Socket: SocketAddress? { ip4.flatMap { ip in tcp.map { SocketAddress(ip, $0) } } }
    public var tcp6Socket: SocketAddress? { ip6.flatMap { ip in (port("tcp6") ?? tcp).map { SocketAddress(ip, $0) } } }
    /// Where to dial it, IPv4 before IPv6.
    public var tcpSocket: SocketAddress? { tcp4Socket ?? tcp6Socket }

    /// The network's version string; nil if the node is of another network.
    public var networkVersion: String? { self["aztec"].map { String(decoding: $0, as: UTF8.self) } }
    public var clientVersion: String? { self["ver"].map { String(decoding: $0, as: UTF8.self) } }

    /// `enr:…`
    public var text: String {
        let letters = Base64.encode(encoded).utf8.lazy.filter { $0 != 61 }.map { $0 == 43 ? 45 : $0 == 47 ? 95 : $0 }
        return "enr:" + String(decoding: Array(letters), as: UTF8.self)
    }

    public var description: String { text }
}
