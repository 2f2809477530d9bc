internal import CUV
import Glibc

extension EventLoop {
    /// Listens on `address` (port 0: any free one) and hands out each connection, which is not reading yet.
    public func listen(on address: SocketAddress, backlog: Int32, _ accepted: @escaping (LoopTCPStream) -> Void) throws(EventLoopError) -> LoopTCPListener {
        let listener = LoopTCPListener(self, accepted)
        do throws(EventLoopError) {
            // An IPv6 socket is for IPv6 alone, so that both can be listened on side by side.
            let flags: UInt32 = address.ip.isIPv6 ? UV_TCP_IPV6ONLY.rawValue : 0
            try EventLoopError.check(address.withSystemAddress { uv_tcp_bind(listener.tcp, $0, flags) }, "listening on \(address)")
            try EventLoopError.check(uv_listen(listener.stream, backlog) { handle, status in
                guard let handle, status >= 0 else { return }
                (LoopHandle.from(handle) as! LoopTCPListener).accept()
            }, "listening on \(address)")
            var storage = sockaddr_storage()
            var length = Int32(MemoryLayout<sockaddr_storage>.size)
            let local = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { system in
                    uv_tcp_getsockname(listener.tcp, system, &length) == 0 ? SocketAddress(system: system) : nil
                }
            }
            listener.local = local ?? address
        } catch {
            listener.cancel()
            throw error
        }
        return listener
    }
}

/// A listening TCP socket; cancelling closes it and leaves the accepted connections alone.
public final class LoopTCPListener: LoopHandle {
    /// Address and port listened on.
    public internal(set) var local = SocketAddress(.any, 0)
    private unowned let loop: EventLoop
    private var accepted: ((LoopTCPStream) -> Void)?

    var stream: UnsafeMutablePointer<uv_stream_t> { memory.assumingMemoryBound(to: uv_stream_t.self) }
    var tcp: UnsafeMutablePointer<uv_tcp_t> { memory.assumingMemoryBound(to: uv_tcp_t.self) }

    init(_ loop: EventLoop, _ accepted: @escaping (LoopTCPStream) -> Void) {
        self.loop = loop
        self.accepted = accepted
        super.init(kind: UV_TCP)
        uv_tcp_init(loop.raw, tcp)
        adopt()
    }

    func accept() {
        let stream = LoopTCPStream(loop, remote: SocketAddress(.any, 0))
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        guard uv_accept(self.stream, stream.stream) == 0,
            let remote = withUnsafeMutablePointer(to: &storage, { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { system in
                    uv_tcp_getpeername(stream.tcp, system, &length) == 0 ? SocketAddress(system: system) : nil
                }
            })
        else { return stream.cancel() }
        stream.remote = remote
        stream.configure()
        accepted?(stream)
    }

    override func release() { accepted = nil }
}
