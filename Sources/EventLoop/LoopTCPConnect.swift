internal import CUV

extension EventLoop {
    /// Connects to `address`; `done` runs once on the loop, unless the result is cancelled before. A failed stream is
    /// cancelled already.
    @discardableResult
    public func connect(to address: SocketAddress, _ done: @escaping (Result<LoopTCPStream, EventLoopError>) -> Void) throws(EventLoopError) -> LoopTCPStream {
        let stream = LoopTCPStream(self, remote: address)
        stream.onConnect = done
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        let code = address.withSystemAddress { system in
            uv_tcp_connect(request, stream.tcp, system) { request, status in
                guard let request else { return }
                defer { request.deallocate() }
                guard status != UV_ECANCELED.rawValue, let handle = UnsafeMutableRawPointer(request.pointee.handle),
                    handle.assumingMemoryBound(to: uv_handle_t.self).pointee.data != nil
                else { return }
                (LoopHandle.from(handle) as! LoopTCPStream).connected(status)
            }
        }
        if code < 0 {
            request.deallocate()
            stream.cancel()
            throw EventLoopError(operation: "connecting to \(address)", code: code)
        }
        return stream
    }
}

extension LoopTCPStream {
    func connected(_ status: Int32) {
        guard let done = onConnect else { return }
        onConnect = nil
        if status < 0 {
            cancel()
            done(.failure(EventLoopError(operation: "connecting to \(remote)", code: status)))
        } else {
            configure()
            done(.success(self))
        }
    }
}
