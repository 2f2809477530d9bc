import CCurl
import EventLoop
import Glibc

/// HTTP/1.1 with kept connections over libcurl's multi interface, driven by the event loop's timers and descriptors.
@LoopActor public final class HTTPClient {
    /// Connections to one host at a time; further requests wait for one.
    public static let connectionsPerHost = 8

    private let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private var timer: LoopTimer?
    private var watches: [Int32: LoopWatch] = [:]
    private var transfers: [UnsafeMutableRawPointer: HTTPTransfer] = [:]
    private var idle: [UnsafeMutableRawPointer] = []
    private var isClosed = false
    /// Exchanges begun and bytes of bodies, for metrics.
    public private(set) var exchanges: UInt64 = 0
    public private(set) var bytesSent: UInt64 = 0
    public private(set) var bytesReceived: UInt64 = 0

    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    public init(loop: EventLoop) {
        precondition(Self.isReady, "libcurl does not start")
        // A peer that closes while TLS writes must be an error of that exchange, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        self.loop = loop
        multi = curl_multi_init()
        // The client outlives its callbacks: `close` (or the process's end) takes them away.
        let me = Unmanaged.passUnretained(self).toOpaque()
        quetzal_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, Self.connectionsPerHost)
        quetzal_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 16)
        quetzal_curl_multi_set_long(multi, CURLMOPT_PIPELINING, 0)
        quetzal_curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, me)
        quetzal_curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, me)
        quetzal_curl_multi_set_socket_function(multi) { _, socket, what, client, _ in
            LoopActor.assumeIsolated {
                Unmanaged<HTTPClient>.fromOpaque(client!).takeUnretainedValue().watch(socket, what)
            }
            return 0
        }
        quetzal_curl_multi_set_timer_function(multi) { _, millis, client in
            LoopActor.assumeIsolated {
                Unmanaged<HTTPClient>.fromOpaque(client!).takeUnretainedValue().setTimer(millis)
            }
            return 0
        }
        timer = loop.timer { [unowned self] _ in act(CURL_SOCKET_TIMEOUT, 0) }
    }

    /// Ends every exchange with `.cancelled` and frees what belongs to libcurl. The client cannot be used afterwards.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        for transfer in transfers.values { finish(transfer, .failure(.cancelled)) }
        for handle in idle { curl_easy_cleanup(handle) }
        idle = []
        curl_multi_cleanup(multi)
        timer?.cancel()
        timer = nil
        for watch in watches.values { watch.cancel() }
        watches = [:]
    }

    /// Begins an exchange. `completion` runs on the loop's thread, never before this returns. Call `cancel` of the result to end it early.
    @discardableResult
    public func send(_ request: HTTPRequest, completion: @escaping (Result<HTTPResponse, HTTPFailure>) -> Void) -> HTTPExchange {
        precondition(!isClosed, "the HTTP client is closed")
        let handle = idle.popLast() ?? curl_easy_init()!
        let transfer = HTTPTransfer(handle: handle, limit: request.maximumResponseBytes)
        transfer.completion = completion
        configure(handle, transfer, request)
        transfers[handle] = transfer
        exchanges += 1
        bytesSent += UInt64(request.body.count)
        let code = curl_multi_add_handle(multi, handle)
        if code != CURLM_OK {
            loop.after(.zero) { [self] in
                finish(transfer, .failure(.broken(String(cString: curl_multi_strerror(code)))))
                LoopExecutor.shared.drain()
            }
        }
        return HTTPExchange(client: self, transfer: transfer)
    }

    /// The same for asynchronous code; cancelling the task ends the exchange.
    public func send(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
        let box = ExchangeBox()
        return await withTaskCancellationHandler {
            if Task.isCancelled { return .failure(.cancelled) }
            return await withCheckedContinuation { continuation in
                box.exchange = send(request) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            Task(executorPreference: LoopExecutor.shared) { @LoopActor in box.exchange?.cancel() }
        }
    }

    private func configure(_ handle: UnsafeMutableRawPointer, _ transfer: HTTPTransfer, _ request: HTTPRequest) {
        curl_easy_reset(handle)
        quetzal_curl_set_string(handle, CURLOPT_URL, request.url.text)
        quetzal_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        quetzal_curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        quetzal_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        quetzal_curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        // A proxy of the environment is for the outside.
        if request.url.isLocal { quetzal_curl_set_string(handle, CURLOPT_NOPROXY, "*") }
        quetzal_curl_set_string(handle, CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
        quetzal_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, request.timeout.millis))
        quetzal_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, min(10_000, request.timeout.millis)))
        var list: UnsafeMutablePointer<curl_slist>?
        // Without the empty «Expect» libcurl waits for «100 Continue» before it sends larger bodies.
        for line in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:", "User-Agent: quetzal"] {
            list = curl_slist_append(list, line)
        }
        transfer.headerList = list
        quetzal_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
        if request.method == .post {
            quetzal_curl_set_long(handle, CURLOPT_POST, 1)
            quetzal_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, Int64(request.body.count))
            // A copy of libcurl's own: it can send it again when a kept connection turns out to be dead.
            request.body.withUnsafeBytes { _ = quetzal_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress ?? UnsafeRawPointer(bitPattern: 1)) }
        }
        quetzal_curl_set_data_function(handle, CURLOPT_WRITEFUNCTION) { buffer, size, count, transfer in
            buffer!.withMemoryRebound(to: UInt8.self, capacity: size * count) {
                HTTPTransfer.from(transfer).receive(UnsafeBufferPointer(start: $0, count: size * count))
            }
        }
        quetzal_curl_set_data_function(handle, CURLOPT_HEADERFUNCTION) { buffer, size, count, transfer in
            buffer!.withMemoryRebound(to: UInt8.self, capacity: size * count) {
                HTTPTransfer.from(transfer).receiveHeader(UnsafeBufferPointer(start: $0, count: size * count))
            }
            return size * count
        }
        let pointer = Unmanaged.passUnretained(transfer).toOpaque()
        quetzal_curl_set_pointer(handle, CURLOPT_WRITEDATA, pointer)
        quetzal_curl_set_pointer(handle, CURLOPT_HEADERDATA, pointer)
    }

    // MARK: libcurl's events

    private func setTimer(_ millis: Int) {
        if millis < 0 { timer?.stop() } else { timer?.start(after: .milliseconds(millis)) }
    }

    private func watch(_ socket: Int32, _ what: Int32) {
        let interest: Readiness
        switch what {
        case CURL_POLL_IN: interest = .readable
        case CURL_POLL_OUT: interest = .writable
        case CURL_POLL_INOUT: interest = [.readable, .writable]
        default:
            watches.removeValue(forKey: socket)?.cancel()
            return
        }
        do {
            if let watch = watches[socket] {
                try watch.update(interest)
            } else {
                watches[socket] = try loop.watch(socket, for: interest) { [unowned self] ready in
                    var events: Int32 = 0
                    if ready.contains(.readable) || ready.contains(.disconnected) { events |= CURL_CSELECT_IN }
                    if ready.contains(.writable) { events |= CURL_CSELECT_OUT }
                    if ready.contains(.failed) { events |= CURL_CSELECT_ERR }
                    act(socket, events)
                }
            }
        } catch {
            // libcurl meets the unusable descriptor itself when its timer runs out.
            setTimer(0)
        }
    }

    private func act(_ socket: Int32, _ events: Int32) {
        guard !isClosed else { return }
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, events, &running)
        collect()
        LoopExecutor.shared.drain()
    }

    private func collect() {
        var left: Int32 = 0
        while !isClosed, let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            var code = CURLE_OK
            guard let handle = quetzal_curl_message_result(message, &code), let transfer = transfers[handle] else { continue }
            if code == CURLE_OK {
                var status = 0
                _ = quetzal_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
                finish(transfer, .success(HTTPResponse(status: status, headers: transfer.headers, body: transfer.body)))
            } else {
                finish(transfer, .failure(HTTPFailure(code, limit: transfer.limit, isTooLarge: transfer.isTooLarge)))
            }
        }
    }

    fileprivate func finish(_ transfer: HTTPTransfer, _ result: Result<HTTPResponse, HTTPFailure>) {
        guard let completion = transfer.completion else { return }
        transfer.completion = nil
        bytesReceived += UInt64(transfer.body.count)
        transfers.removeValue(forKey: transfer.handle)
        curl_multi_remove_handle(multi, transfer.handle)
        if idle.count < Self.connectionsPerHost, !isClosed { idle.append(transfer.handle) } else { curl_easy_cleanup(transfer.handle) }
        completion(result)
    }

    fileprivate func cancel(_ transfer: HTTPTransfer) { finish(transfer, .failure(.cancelled)) }
}

/// An exchange under way.
@LoopActor public final class HTTPExchange {
    private let client: HTTPClient
    private let transfer: HTTPTransfer

    init(client: HTTPClient, transfer: HTTPTransfer) {
        self.client = client
        self.transfer = transfer
    }

    /// Ends it; its completion runs with `.cancelled` unless it has run already.
    public func cancel() { client.cancel(transfer) }
}

@LoopActor private final class ExchangeBox {
    var exchange: HTTPExchange?
}

extension Duration {
    var millis: Int { Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000) }
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
