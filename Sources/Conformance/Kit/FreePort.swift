import Glibc
import Synchronization

/// Ports for programs under test, on every address, TCP and UDP.
public enum FreePort {
    private static let given = Mutex<Set<UInt16>>([])

    /// Free a moment ago, never the same twice (the api listens with SO_REUSEPORT: two nodes on one port would share its
    /// requests), and below the ports that the kernel gives to outgoing connections: a node that is down for a while finds its
    /// port again.
    public static func take() -> UInt16 {
        while true {
            let port = UInt16.random(in: 20_000..<32_000)
            guard isFree(port, SOCK_STREAM), isFree(port, SOCK_DGRAM), given.withLock({ $0.insert(port).inserted }) else { continue }
            return port
        }
    }

    private static func isFree(_ port: UInt16, _ kind: __socket_type) -> Bool {
        let descriptor = socket(AF_INET, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 } }
    }
}
