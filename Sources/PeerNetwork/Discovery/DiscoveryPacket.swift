public import Bytes
import Ciphers
public import PeerIdentity

/// A discv5 v5.1 datagram, its header uncovered and its message still encrypted («note 07 §10.2»).
public struct DiscoveryPacket: Hashable, Sendable {
    public enum Flag: UInt8, Hashable, Sendable { case ordinary = 0, whoAreYou = 1, handshake = 2 }

    public static let minimumBytes = 63
    public static let maximumBytes = 1280
    static let ivBytes = 16
    static let staticHeaderBytes = 23
    private static let prefix: [UInt8] = Array("discv5".utf8) + [0, 1]

    public var maskingIV: [UInt8]
    public var flag: Flag
    /// 12 bytes.
    public var nonce: [UInt8]
    public var authdata: [UInt8]
    /// Ciphertext and tag; empty in WHOAREYOU.
    public var message: [UInt8]

    public init(flag: Flag, nonce: [UInt8], authdata: [UInt8], message: [UInt8] = [], maskingIV: [UInt8]) {
        self.flag = flag
        self.nonce = nonce
        self.authdata = authdata
        self.message = message
        self.maskingIV = maskingIV
    }

    /// Uncovers a datagram that was sent to `recipient`. Whether the authdata fits the flag is for `authdata` types to say.
    public init(decoding datagram: ArraySlice<UInt8>, for recipient: NodeID) throws(DecodingError) {
        guard datagram.count >= Self.minimumBytes else { throw DecodingError("packet: \(datagram.count) bytes, fewer than \(Self.minimumBytes)") }
        guard datagram.count <= Self.maximumBytes else { throw DecodingError("packet: \(datagram.count) bytes, more than \(Self.maximumBytes)") }
        let iv = datagram.prefix(Self.ivBytes)
        // All of it at once: setting the cipher up costs more than the rest of the packet.
        let plain = AES128CTR.apply(key: recipient.bytes[..<16], iv: iv, datagram.dropFirst(Self.ivBytes))
        guard plain.starts(with: Self.prefix) else { throw DecodingError("packet: not discv5 version 1, or not for this node", at: Self.ivBytes) }
        guard let flag = Flag(rawValue: plain[8]) else { throw DecodingError("packet: flag \(plain[8])", at: Self.ivBytes + 8) }
        let size = Int(plain[21]) << 8 | Int(plain[22])
        guard Self.staticHeaderBytes + size <= plain.count else { throw DecodingError("packet: \(size) bytes of authdata declared, \(plain.count - Self.staticHeaderBytes) left", at: Self.ivBytes + 21) }
        maskingIV = Array(iv)
        self.flag = flag
        nonce = Array(plain[9..<21])
        authdata = Array(plain[Self.staticHeaderBytes..<(Self.staticHeaderBytes + size)])
        message = Array(datagram.dropFirst(Self.ivBytes + Self.staticHeaderBytes + size))
    }

    /// masking-iv ‖ static header ‖ authdata: the message's associated data, and of a WHOAREYOU the challenge data.
    public var header: [UInt8] {
        Self.header(flag: flag, nonce: nonce, authdata: authdata, maskingIV: maskingIV)
    }

    static func header(flag: Flag, nonce: [UInt8], authdata: [UInt8], maskingIV: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(reserving: ivBytes + staticHeaderBytes + authdata.count)
        writer.write(maskingIV)
        writer.write(prefix)
        writer.write(flag.rawValue)
        writer.write(nonce)
        writer.write(UInt16(authdata.count))
        writer.write(authdata)
        return writer.bytes
    }

    /// The datagram for `recipient`.
    public func encoded(for recipient: NodeID) -> [UInt8] {
        let header = header
        return maskingIV + AES128CTR.apply(key: recipient.bytes[..<16], iv: maskingIV[...], header[Self.ivBytes...]) + message
    }
}

/// Authdata of a WHOAREYOU.
public struct Challenge: Hashable, Sendable {
    public static let byteCount = 24
    /// 16 bytes.
    public var idNonce: [UInt8]
    /// Sequence number of the record that the challenger has; 0 for none.
    public var recordSequence: UInt64

    public init(idNonce: [UInt8], recordSequence: UInt64) {
        self.idNonce = idNonce
        self.recordSequence = recordSequence
    }

    public init(authdata: [UInt8]) throws(DecodingError) {
        guard authdata.count == Self.byteCount else { throw DecodingError("WHOAREYOU: authdata of \(authdata.count) bytes instead of \(Self.byteCount)") }
        var reader = ByteReader(authdata)
        idNonce = Array(try reader.read(16, "id nonce"))
        recordSequence = try reader.readUInt64("enr-seq")
    }

    public var authdata: [UInt8] {
        var writer = ByteWriter(reserving: Self.byteCount)
        writer.write(idNonce)
        writer.write(recordSequence)
        return writer.bytes
    }
}

/// Authdata of a handshake packet.
public struct Handshake: Hashable, Sendable {
    public var source: NodeID
    /// r ‖ s, 64 bytes.
    public var signature: [UInt8]
    /// Compressed, 33 bytes.
    public var ephemeralKey: [UInt8]
    /// RLP form; empty if the challenger has it already.
    public var record: [UInt8]

    public init(source: NodeID, signature: [UInt8], ephemeralKey: [UInt8], record: [UInt8]) {
        self.source = source
        self.signature = signature
        self.ephemeralKey = ephemeralKey
        self.record = record
    }

    public init(authdata: [UInt8]) throws(DecodingError) {
        var reader = ByteReader(authdata)
        source = NodeID(bytes: try reader.read(NodeID.byteCount, "source id"))!
        let (signatureBytes, keyBytes) = (try reader.readUInt8("sig-size"), try reader.readUInt8("eph-key-size"))
        guard signatureBytes == 64, keyBytes == 33 else { throw reader.failure("handshake: a signature of \(signatureBytes) and a key of \(keyBytes) bytes, not of 64 and 33") }
        signature = Array(try reader.read(64, "id signature"))
        ephemeralKey = Array(try reader.read(33, "ephemeral key"))
        guard reader.remaining < ENR.byteLimit else { throw reader.failure("handshake: a record of \(reader.remaining) bytes") }
        record = Array(try reader.read(reader.remaining, "record"))
    }

    public var authdata: [UInt8] { source.bytes + [64, 33] + signature + ephemeralKey + record }
}
