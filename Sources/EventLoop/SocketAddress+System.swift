internal import CUV
import Glibc

extension IPAddress {
    /// From text, `127.0.0.1` or `::1`; nil for anything else (no names).
    public init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if uv_inet_pton(AF_INET, text, &buffer) == 0 {
            self.init(bytes: buffer[..<4])
        } else if uv_inet_pton(AF_INET6, text, &buffer) == 0 {
            self.init(bytes: buffer)
        } else {
            return nil
        }
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: 64)
        guard uv_inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, text.count) == 0 else { return "?" }
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}

extension SocketAddress {
    /// Calls `body` with the kernel's form.
    func withSystemAddress<T>(_ body: (UnsafePointer<sockaddr>) -> T) -> T {
        var storage = sockaddr_storage()
        return withUnsafeMutablePointer(to: &storage) { storage in
            if ip.isIPv6 {
                storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    address.pointee.sin6_family = sa_family_t(AF_INET6)
                    address.pointee.sin6_port = port.bigEndian
                    withUnsafeMutableBytes(of: &address.pointee.sin6_addr) { $0.copyBytes(from: ip.bytes) }
                }
            } else {
                storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    address.pointee.sin_family = sa_family_t(AF_INET)
                    address.pointee.sin_port = port.bigEndian
                    withUnsafeMutableBytes(of: &address.pointee.sin_addr) { $0.copyBytes(from: ip.bytes) }
                }
            }
            return storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(UnsafePointer($0)) }
        }
    }

    /// From the kernel's form; nil for other families.
    init?(system: UnsafePointer<sockaddr>) {
        switch Int32(system.pointee.sa_family) {
        case AF_INET:
            let address = UnsafeRawPointer(system).loadUnaligned(as: sockaddr_in.self)
            self.init(IPAddress(bytes: withUnsafeBytes(of: address.sin_addr) { Array($0) })!, UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = UnsafeRawPointer(system).loadUnaligned(as: sockaddr_in6.self)
            self.init(IPAddress(bytes: withUnsafeBytes(of: address.sin6_addr) { Array($0) })!, UInt16(bigEndian: address.sin6_port))
        default: return nil
        }
    }
}
