internal import CUV
import Glibc

extension EventLoop {
    /// A UDP socket bound to `address` (port 0: any free one). `receive` gets every datagram with its sender; one that is larger
    /// than `maximumBytes` comes cut to `maximumBytes` + 1. An IPv6 socket takes IPv6 only, so that one of each family may share a port.
    public func udp(
        on address: SocketAddress, maximumBytes: Int, _ receive: @escaping (LoopUDP, UnsafeBufferPointer<UInt8>, SocketAddress) -> Void
    ) throws(EventLoopError) -> LoopUDP {
        let socket = LoopUDP(maximumBytes: maximumBytes, receive)
        let handle = socket.memory.assumingMemoryBound(to: uv_udp_t.self)
        try EventLoopError.check(uv_udp_init(raw, handle), "uv_udp_init")
        socket.adopt()
        do throws(EventLoopError) { try socket.start(on: address) } catch {
            socket.cancel()
            throw error
        }
        return socket
    }
}

/// A bound UDP socket. Sending never waits: what the kernel does not take at once is lost, as datagrams may be.
public final class LoopUDP: LoopHandle {
    private var receive: ((LoopUDP, UnsafeBufferPointer<UInt8>, SocketAddress) -> Void)?
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    /// Datagrams that the kernel did not take.
    public private(set) var sendFailures: UInt64 = 0
    /// The family of the address it was bound to.
    public private(set) var isIPv6 = false
    private var handle: UnsafeMutablePointer<uv_udp_t> { memory.assumingMemoryBound(to: uv_udp_t.self) }

    init(maximumBytes: Int, _ receive: @escaping (LoopUDP, UnsafeBufferPointer<UInt8>, SocketAddress) -> Void) {
        self.receive = receive
        buffer = .allocate(capacity: maximumBytes + 1)
        super.init(kind: UV_UDP)
    }

    deinit { buffer.deallocate() }

    fileprivate func start(on address: SocketAddress) throws(EventLoopError) {
        isIPv6 = address.ip.isIPv6
        let flags = address.ip.isIPv6 ? UInt32(UV_UDP_IPV6ONLY.rawValue) : 0
        try EventLoopError.check(address.withSystemAddress { uv_udp_bind(handle, $0, flags) }, "binding UDP \(address)")
        let code = uv_udp_recv_start(handle, { handle, _, target in
            guard let handle, let target else { return }
            let socket = LoopHandle.from(handle) as! LoopUDP
            target.pointee = uv_buf_init(UnsafeMutableRawPointer(socket.buffer.baseAddress!).assumingMemoryBound(to: CChar.self), UInt32(socket.buffer.count))
        }, { handle, count, _, sender, _ in
            // No sender: nothing to read, or an error such as an earlier datagram's refusal, which concerns no one here.
            guard let handle, count > 0, let sender, let address = SocketAddress(system: sender) else { return }
            let socket = LoopHandle.from(handle) as! LoopUDP
            socket.receive?(socket, UnsafeBufferPointer(rebasing: socket.buffer[..<count]), address)
        })
        try EventLoopError.check(code, "receiving on UDP \(address)")
    }

    /// Where it is bound.
    public var address: SocketAddress? {
        guard !isCancelled else { return nil }
        var storage = sockaddr_storage()
        var size = Int32(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                uv_udp_getsockname(handle, pointer, &size) == 0 ? SocketAddress(system: pointer) : nil
            }
        }
    }

    /// Hands `bytes` to the kernel; false if it did not take them.
    @discardableResult
    public func send(_ bytes: [UInt8], to address: SocketAddress) -> Bool {
        guard !isCancelled else { return false }
        let code = bytes.withUnsafeBytes { source in
            var piece = uv_buf_init(UnsafeMutableRawPointer(mutating: source.baseAddress)?.assumingMemoryBound(to: CChar.self), UInt32(source.count))  // only read
            return address.withSystemAddress { uv_udp_try_send(handle, &piece, 1, $0) }
        }
        if code < 0 { sendFailures += 1 }
        return code >= 0
    }

    override func release() { receive = nil }
}
