internal import CUV
import Glibc

/// What the owner of a TCP stream is told, on the loop's thread. Nothing comes after the stream is cancelled.
public protocol LoopTCPOwner: AnyObject {
    /// Bytes as they came, behind those left over last time. Returns how many were used; the rest comes again in front of the
    /// next ones. The span is valid during the call only.
    func tcp(_ stream: LoopTCPStream, received bytes: Span<UInt8>) -> Int
    /// The peer will send no more.
    func tcpEnded(_ stream: LoopTCPStream)
    func tcp(_ stream: LoopTCPStream, failed error: EventLoopError)
    /// Everything written has been taken by the kernel.
    func tcpDrained(_ stream: LoopTCPStream)
}

/// One TCP connection with TCP_NODELAY and keep-alive.
///
/// Reading goes through one buffer of the loop, so an idle connection holds none. Writing is tried at once; only what the
/// kernel does not take is copied and waits.
public final class LoopTCPStream: LoopHandle {
    /// The loop's read buffer: the most that is left over and arrives together.
    public static let readBufferBytes = 256 << 10
    /// An owner that leaves more than this unused gets an error: there would be little room to read on.
    public static let maxLeftOver = 128 << 10

    /// Set before reading starts. Held until the stream is cancelled.
    public var owner: (any LoopTCPOwner)?
    /// Whom it is connected to; 0.0.0.0:0 until then.
    public internal(set) var remote: SocketAddress
    /// Bytes written that the kernel has not taken.
    public internal(set) var queuedBytes = 0

    unowned let loop: EventLoop
    private var leftOver: [UInt8] = []
    var onConnect: ((Result<LoopTCPStream, EventLoopError>) -> Void)?

    var stream: UnsafeMutablePointer<uv_stream_t> { memory.assumingMemoryBound(to: uv_stream_t.self) }
    var tcp: UnsafeMutablePointer<uv_tcp_t> { memory.assumingMemoryBound(to: uv_tcp_t.self) }

    init(_ loop: EventLoop, remote: SocketAddress) {
        self.loop = loop
        self.remote = remote
        super.init(kind: UV_TCP)
        uv_tcp_init(loop.raw, tcp)  // makes no socket yet, so cannot fail
        adopt()
    }

    func configure() {
        uv_tcp_nodelay(tcp, 1)
        uv_tcp_keepalive(tcp, 1, 60)
    }

    // MARK: Reading

    public func startReading() throws(EventLoopError) {
        guard !isCancelled else { return }
        try EventLoopError.check(uv_read_start(stream, { handle, _, buffer in
            guard let handle, let buffer else { return }
            (LoopHandle.from(handle) as! LoopTCPStream).provide(buffer)
        }, { handle, count, _ in
            guard let handle else { return }
            (LoopHandle.from(handle) as! LoopTCPStream).received(count)
        }), "uv_read_start")
    }

    public func stopReading() {
        guard !isCancelled else { return }
        uv_read_stop(stream)
    }

    private func provide(_ buffer: UnsafeMutablePointer<uv_buf_t>) {
        let whole = loop.readBuffer
        leftOver.withUnsafeBytes { whole.copyMemory(from: $0) }
        buffer.pointee.base = whole.baseAddress!.advanced(by: leftOver.count).assumingMemoryBound(to: CChar.self)
        buffer.pointee.len = whole.count - leftOver.count
    }

    private func received(_ count: Int) {
        guard !isCancelled, let owner, count != 0 else { return }
        if count < 0 {
            if count == Int(UV_EOF.rawValue) {
                uv_read_stop(stream)
                owner.tcpEnded(self)
            } else {
                owner.tcp(self, failed: EventLoopError(operation: "reading from \(remote)", code: Int32(count)))
            }
            return
        }
        let bytes = UnsafeBufferPointer(start: loop.readBuffer.baseAddress!.assumingMemoryBound(to: UInt8.self), count: leftOver.count + count)
        let used = owner.tcp(self, received: bytes.span)
        guard !isCancelled else { return }
        precondition(used >= 0 && used <= bytes.count)
        if used == bytes.count {
            // A connection that is between messages holds no buffer.
            if !leftOver.isEmpty { leftOver = [] }
        } else {
            leftOver = Array(bytes[used...])
            if leftOver.count > Self.maxLeftOver {
                owner.tcp(self, failed: EventLoopError(operation: "reading from \(remote)", code: UV_ENOBUFS.rawValue))
            }
        }
    }

    // MARK: Writing

    /// Sends `bytes`; what the kernel does not take at once waits in a copy.
    public func write(_ bytes: ArraySlice<UInt8>) {
        guard !isCancelled, !bytes.isEmpty else { return }
        bytes.withUnsafeBufferPointer { write($0) }
    }

    private func write(_ bytes: UnsafeBufferPointer<UInt8>) {
        var sent = 0
        if queuedBytes == 0 {
            var buffer = uv_buf_t(base: UnsafeMutableRawPointer(mutating: bytes.baseAddress!).assumingMemoryBound(to: CChar.self), len: bytes.count)
            let code = uv_try_write(stream, &buffer, 1)
            if code >= 0 {
                sent = Int(code)
            } else if code != UV_EAGAIN.rawValue {
                return fail(code)
            }
        }
        guard sent < bytes.count else { return }
        let request = WriteRequest(UnsafeRawBufferPointer(bytes)[sent...])
        queuedBytes += request.buffer.len
        let code = uv_write(request.request, stream, &request.buffer, 1) { request, status in
            guard let request else { return }
            let finished = Unmanaged<WriteRequest>.fromOpaque(request.pointee.data).takeRetainedValue()
            guard let handle = UnsafeMutableRawPointer(request.pointee.handle), handle.assumingMemoryBound(to: uv_handle_t.self).pointee.data != nil else { return }
            (LoopHandle.from(handle) as! LoopTCPStream).finished(finished, status)
        }
        guard code < 0 else { return }
        Unmanaged.passUnretained(request).release()
        queuedBytes -= request.buffer.len
        fail(code)
    }

    /// Half-close once everything written is out.
    public func shutdown() {
        guard !isCancelled else { return }
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let code = uv_shutdown(request, stream) { request, _ in request?.deallocate() }
        if code < 0 { request.deallocate() }
    }

    private func finished(_ request: WriteRequest, _ status: Int32) {
        queuedBytes -= request.buffer.len
        guard !isCancelled else { return }
        if status < 0 { return fail(status) }
        if queuedBytes == 0 { owner?.tcpDrained(self) }
    }

    private func fail(_ code: Int32) { owner?.tcp(self, failed: EventLoopError(operation: "writing to \(remote)", code: code)) }

    override func release() {
        owner = nil
        onConnect = nil
        leftOver = []
    }
}

/// Bytes that wait for the kernel. Keeps itself alive until libuv's callback.
private final class WriteRequest {
    let request: UnsafeMutablePointer<uv_write_t>
    var buffer: uv_buf_t

    init(_ bytes: Slice<UnsafeRawBufferPointer>) {
        request = .allocate(capacity: 1)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
        buffer = uv_buf_t(base: copy.baseAddress!.assumingMemoryBound(to: CChar.self), len: bytes.count)
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    deinit {
        buffer.base.deallocate()
        request.deallocate()
    }
}
