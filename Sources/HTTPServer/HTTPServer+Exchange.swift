import CMicrohttpd
import Compression
import Synchronization

/// What one request has gathered between libmicrohttpd's calls.
final class Exchange {
    let server: HTTPServer
    var body: [UInt8] = []
    var failure: HTTPBodyFailure?

    init(_ server: HTTPServer) { self.server = server }

    deinit { server.bodyBytes.subtract(body.count, ordering: .relaxed) }

    func append(_ data: UnsafePointer<CChar>, _ count: Int) {
        guard failure == nil else { return }
        guard body.count + count <= server.options.maximumBodyBytes else { return failure = .tooLarge(limit: server.options.maximumBodyBytes) }
        if server.bodyBytes.add(count, ordering: .relaxed).newValue > server.options.maximumBodyBytesTogether {
            server.bodyBytes.subtract(count, ordering: .relaxed)
            return failure = .busy
        }
        data.withMemoryRebound(to: UInt8.self, capacity: count) { body.append(contentsOf: UnsafeBufferPointer(start: $0, count: count)) }
    }
}

extension HTTPServer {
    /// libmicrohttpd's access handler: first call at the end of the headers, then one a piece of body, a last one with
    /// no data when the request is whole.
    func access(
        _ connection: OpaquePointer, _ url: UnsafePointer<CChar>, _ method: UnsafePointer<CChar>,
        _ data: UnsafePointer<CChar>?, _ dataSize: UnsafeMutablePointer<Int>, _ state: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        guard let held = state.pointee else {
            let exchange = Exchange(self)
            state.pointee = Unmanaged.passRetained(exchange).toOpaque()
            if let length = header(connection, "content-length").flatMap({ Int($0) }), length > options.maximumBodyBytes {
                exchange.failure = .tooLarge(limit: options.maximumBodyBytes)
                // Answered before the body is sent; libmicrohttpd closes the connection behind it.
                return respond(connection, failureHandler(request(connection, url, method, []), .tooLarge(limit: options.maximumBodyBytes)))
            }
            return .YES
        }
        let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
        if dataSize.pointee > 0, let data {
            exchange.append(data, dataSize.pointee)
            dataSize.pointee = 0
            return .YES
        }
        var head = request(connection, url, method, [])
        if let failure = exchange.failure { return respond(connection, failureHandler(head, failure)) }
        if !exchange.body.isEmpty, let encoding = header(connection, "content-encoding") {
            switch decoded(exchange.body, encoding) {
            case .success(let body): head.body = body
            case .failure(let failure): return respond(connection, failureHandler(head, failure))
            }
        } else {
            head.body = exchange.body
        }
        return respond(connection, handler(head))
    }

    private func decoded(_ body: [UInt8], _ encoding: String) -> Result<[UInt8], HTTPBodyFailure> {
        let format: Gzip.Format
        switch encoding.lowercased() {
        case "identity", "": return .success(body)
        case "gzip": format = .gzip
        case "deflate": format = .zlib
        default: return .failure(.encoding("unsupported content encoding: \(encoding)"))
        }
        do {
            return .success(try Gzip.decompress(body, limit: options.maximumBodyBytes, format: format))
        } catch {
            if case .larger = error { return .failure(.tooLarge(limit: options.maximumBodyBytes)) }
            return .failure(.encoding("\(error)"))
        }
    }

    private func request(_ connection: OpaquePointer, _ url: UnsafePointer<CChar>, _ method: UnsafePointer<CChar>, _ body: [UInt8]) -> HTTPRequest {
        var headers: [String: String] = [:]
        for name in options.keptHeaders { if let value = header(connection, name) { headers[name] = value } }
        return HTTPRequest(method: String(cString: method), path: String(cString: url), headers: headers, body: body)
    }

    private func header(_ connection: OpaquePointer, _ name: String) -> String? {
        MHD_lookup_connection_value(connection, MHD_ValueKind.HEADER_KIND, name).map { String(cString: $0) }
    }

    private func respond(_ connection: OpaquePointer, _ response: HTTPResponse) -> MHD_Result {
        let made: OpaquePointer? = response.body.withUnsafeBufferPointer { bytes in
            bytes.isEmpty
                ? MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
                : MHD_create_response_from_buffer(bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress!), .RESPMEM_MUST_COPY)
        }
        guard let made else { return .NO }
        defer { MHD_destroy_response(made) }
        for (name, value) in response.headers { MHD_add_response_header(made, name, value) }
        return MHD_queue_response(connection, UInt32(response.status), made)
    }
}
