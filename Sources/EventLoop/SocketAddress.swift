/// An IP address, version 4 or 6.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes, network order.
    public let bytes: [UInt8]

    /// Nil unless 4 or 16 bytes are given. IPv4 mapped into IPv6 (`::ffff:a.b.c.d`) becomes IPv4.
    public init?(bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 255, bytes[11] == 255 {
            self.bytes = Array(bytes[12...])
        } else if bytes.count == 4 || bytes.count == 16 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    public static let loopback = IPAddress(bytes: [127, 0, 0, 1])!
    public static let any = IPAddress(bytes: [0, 0, 0, 0])!
    public var isIPv6: Bool { bytes.count == 16 }
}

/// Where a socket is.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    public var ip: IPAddress
    public var port: UInt16

    public init(_ ip: IPAddress, _ port: UInt16) {
        self.ip = ip
        self.port = port
    }

    public var description: String { ip.isIPv6 ? "[\(ip)]:\(port)" : "\(ip):\(port)" }
}
