import CMicrohttpd
import Diagnostics
import Glibc
import Synchronization

/// An HTTP/1.1 server over libmicrohttpd: a few threads, each with its own epoll loop and share of the connections.
/// Handlers run on those threads and must be quick and safe to call at once.
public final class HTTPServer: Sendable {
    public struct Options: Sendable {
        /// 0 = any free one.
        public var port: Int
        /// nil = every interface (IPv6 with IPv4 on the same socket, or IPv4 alone where there is no IPv6).
        public var loopbackOnly = false
        public var threads = 2
        /// Several processes listen on the port; the kernel spreads connections over them.
        public var sharesPort = false
        /// Further ones wait in the kernel's queue.
        public var maximumConnections = 1024
        /// Largest body, also after decompression.
        public var maximumBodyBytes = 52_428_800
        /// All bodies being received at once.
        public var maximumBodyBytesTogether = 256 << 20
        /// Silence after which a connection is closed.
        public var idleSeconds = 60
        /// Names (lower case) of request headers that handlers see.
        public var keptHeaders = ["accept-encoding", "origin", "access-control-request-method", "access-control-request-headers"]

        public init(port: Int) { self.port = port }
    }

    public typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse
    /// Answer to a body that was not taken; the connection is closed behind it when the body was not read whole.
    public typealias FailureHandler = @Sendable (HTTPRequest, HTTPBodyFailure) -> HTTPResponse

    public let port: Int
    let options: Options
    let handler: Handler
    let failureHandler: FailureHandler
    let bodyBytes = Atomic<Int>(0)
    private let openConnections = Atomic<Int>(0)
    private let daemon: Mutex<UncheckedDaemon>

    struct UncheckedDaemon: @unchecked Sendable { var pointer: OpaquePointer? }

    public init(
        _ options: Options, handler: @escaping Handler,
        failureHandler: @escaping FailureHandler = { _, failure in .text(failure == .busy ? 503 : 400, failure.description) }
    ) throws(HTTPServerError) {
        let (socket, port) = try ListenSocket.open(options)
        self.options = options
        self.port = port
        self.handler = handler
        self.failureHandler = failureHandler
        daemon = Mutex(UncheckedDaemon(pointer: nil))
        let context = Unmanaged.passUnretained(self).toOpaque()
        let threads = max(1, options.threads)
        // Each thread of a pool has a share of the limit; keep it at least one each.
        let connections = max(threads, options.maximumConnections)
        let completed: MHD_RequestCompletedCallback = { _, _, state, _ in
            if let taken = state?.pointee {
                Unmanaged<Exchange>.fromOpaque(taken).release()
                state?.pointee = nil
            }
        }
        let connected: MHD_NotifyConnectionCallback = { context, _, _, code in
            guard let context else { return }
            let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
            server.openConnections.add(code == .CONNECTION_NOTIFY_STARTED ? 1 : -1, ordering: .relaxed)
        }
        let pointer = withVaList([
            Self.option(.LISTEN_SOCKET), socket,
            Self.option(.NOTIFY_COMPLETED), unsafeBitCast(completed, to: Int.self), Int(0),
            Self.option(.NOTIFY_CONNECTION), unsafeBitCast(connected, to: Int.self), Int(bitPattern: context),
            Self.option(.CONNECTION_LIMIT), UInt32(connections),
            Self.option(.CONNECTION_TIMEOUT), UInt32(options.idleSeconds),
            Self.option(.CONNECTION_MEMORY_LIMIT), Int(16 << 10),
            Self.option(.CONNECTION_MEMORY_INCREMENT), Int(2 << 10),
        ] + (threads > 1 ? [Self.option(.THREAD_POOL_SIZE), UInt32(threads)] : []) + [
            Self.option(.END),
        ]) { list in
            MHD_start_daemon_va(
                MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_USE_TURBO.rawValue, 0, nil, nil,
                { context, connection, url, method, _, data, dataSize, state in
                    guard let context, let connection, let url, let method, let dataSize, let state else { return .NO }
                    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
                    return server.access(connection, url, method, data, dataSize, state)
                }, context, list)
        }
        guard let pointer else {
            close(socket)
            throw HTTPServerError("port \(port): the HTTP server did not start: \(String(cString: strerror(errno)))")
        }
        daemon.withLock { $0.pointer = pointer }
    }

    /// Option numbers as variadic arguments want them.
    private static func option(_ option: MHD_OPTION) -> Int32 { Int32(option.rawValue) }

    /// Connections open now.
    public var connections: Int { max(0, openConnections.load(ordering: .relaxed)) }

    /// Closes the port and every connection; waits for running handlers.
    public func stop() {
        let pointer = daemon.withLock { daemon in
            defer { daemon.pointer = nil }
            return UncheckedDaemon(pointer: daemon.pointer)
        }
        if let pointer = pointer.pointer { MHD_stop_daemon(pointer) }
    }

    deinit { stop() }
}

/// Listening sockets, made here so that port 0 can tell its number and IPv4-only machines work.
enum ListenSocket {
    static func open(_ options: HTTPServer.Options) throws(HTTPServerError) -> (descriptor: Int32, port: Int) {
        let port = options.port
        guard (0...65535).contains(port) else { throw HTTPServerError("\(port) is no port") }
        if let descriptor = try attempt(ipv6: true, options) { return descriptor }
        if let descriptor = try attempt(ipv6: false, options) { return descriptor }
        throw HTTPServerError("port \(port): no socket: \(String(cString: strerror(errno)))")
    }

    /// nil when the machine has no such address family.
    private static func attempt(ipv6: Bool, _ options: HTTPServer.Options) throws(HTTPServerError) -> (descriptor: Int32, port: Int)? {
        let (port, loopbackOnly) = (options.port, options.loopbackOnly)
        let descriptor = socket(ipv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var on: Int32 = 1
        var off: Int32 = 0
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if options.sharesPort { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size) }
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        if ipv6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) }
        var storage = sockaddr_storage()
        var length: socklen_t
        if ipv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(port).bigEndian
            if loopbackOnly {
                // IPv4's loopback as IPv6 writes it, so that 127.0.0.1 is what listens.
                address.sin6_addr.__in6_u.__u6_addr32 = (0, 0, UInt32(0xffff).bigEndian, UInt32(0x7f00_0001).bigEndian)
            }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in6.self) }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            if loopbackOnly { address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian }
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
        }
        let bound = withUnsafePointer(to: &storage) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) } }
        guard bound == 0, listen(descriptor, 1024) == 0 else {
            let reason = errno
            close(descriptor)
            if ipv6, reason == EADDRNOTAVAIL || reason == EAFNOSUPPORT { return nil }
            throw HTTPServerError("port \(port) cannot be opened: \(String(cString: strerror(reason)))")
        }
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) } }
        // The port stands at the same place in both forms.
        let number = withUnsafeBytes(of: &storage) { Int(UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self))) }
        return (descriptor, number)
    }
}
