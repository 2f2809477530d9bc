public import Bytes
public import EventLoop

/// An address in libp2p's form, as much of it as the network uses: an IP address, a TCP or UDP port, perhaps a peer id
/// («note 07 §1»).
public struct Multiaddr: Hashable, Sendable, CustomStringConvertible {
    public enum Transport: String, Hashable, Sendable { case tcp, udp }

    public var socket: SocketAddress
    public var transport: Transport
    public var peer: PeerID?

    public init(_ socket: SocketAddress, _ transport: Transport = .tcp, peer: PeerID? = nil) {
        self.socket = socket
        self.transport = transport
        self.peer = peer
    }

    private enum Code {
        static let ip4: UInt64 = 4
        static let tcp: UInt64 = 6
        static let ip6: UInt64 = 41
        static let udp: UInt64 = 273
        static let p2p: UInt64 = 421
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 64)
        writer.write(Varint.encode(socket.ip.isIPv6 ? Code.ip6 : Code.ip4))
        writer.write(socket.ip.bytes)
        writer.write(Varint.encode(transport == .tcp ? Code.tcp : Code.udp))
        writer.write(socket.port)
        if let peer {
            writer.write(Varint.encode(Code.p2p))
            writer.write(Varint.encode(UInt64(PeerID.byteCount)))
            writer.write(peer.multihash)
        }
        return writer.bytes
    }

    /// From the binary form. Refuses protocols other than ip4, ip6, tcp, udp and p2p, and any other order.
    public init(decoding bytes: ArraySlice<UInt8>) throws(DecodingError) {
        var reader = ByteReader(bytes)
        let family = try reader.readVarint("address family")
        guard family == Code.ip4 || family == Code.ip6 else { throw reader.failure("multiaddr: begins with protocol \(family), not ip4 or ip6") }
        let ip = IPAddress(bytes: try reader.read(family == Code.ip4 ? 4 : 16, "ip address"))!
        let carrier = try reader.readVarint("transport")
        guard carrier == Code.tcp || carrier == Code.udp else { throw reader.failure("multiaddr: protocol \(carrier) where tcp or udp belongs") }
        socket = SocketAddress(ip, try reader.readUInt16("port"))
        transport = carrier == Code.tcp ? .tcp : .udp
        if !reader.isAtEnd {
            let tail = try reader.readVarint("protocol")
            guard tail == Code.p2p else { throw reader.failure("multiaddr: protocol \(tail) where p2p belongs") }
            guard try reader.readVarint("peer id's length") == UInt64(PeerID.byteCount) else { throw reader.failure("multiaddr: the peer id is none of a secp256k1 key") }
            peer = try PeerID(multihash: try reader.read(PeerID.byteCount, "peer id"))
        }
        try reader.requireEnd("multiaddr")
    }

    /// `/ip4/A.B.C.D/tcp/PORT`, perhaps with `/p2p/PEERID`.
    public init(text: String) throws(DecodingError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count <= 256, parts.count == 5 || parts.count == 7, parts[0].isEmpty else { throw DecodingError("multiaddr: not /ip4|ip6/address/tcp|udp/port[/p2p/id]") }
        guard parts[1] == "ip4" || parts[1] == "ip6", let ip = IPAddress(String(parts[2])), parts[2].contains(":") == (parts[1] == "ip6") else {
            throw DecodingError("multiaddr: no address of family \(parts[1])")
        }
        guard let transport = Transport(rawValue: String(parts[3])) else { throw DecodingError("multiaddr: \(parts[3]) where tcp or udp belongs") }
        guard parts[4].utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(parts[4]) else { throw DecodingError("multiaddr: no port") }
        self.init(SocketAddress(ip, port), transport)
        if parts.count == 7 {
            guard parts[5] == "p2p" else { throw DecodingError("multiaddr: \(parts[5]) where p2p belongs") }
            peer = try PeerID(text: String(parts[6]))
        }
    }

    public var description: String {
        "/\(socket.ip.isIPv6 ? "ip6" : "ip4")/\(socket.ip)/\(transport.rawValue)/\(socket.port)" + (peer.map { "/p2p/\($0)" } ?? "")
    }
}
