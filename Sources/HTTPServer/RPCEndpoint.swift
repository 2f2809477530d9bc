import Compression

/// HTTP behaviour of the JSON-RPC ports around the dispatcher (note 08 §1.2): routes, CORS, compression, version
/// headers, and what happens to bodies that are no request.
public struct RPCEndpoint: Sendable {
    /// An answer of the dispatcher. `bare` answers come from outside the CORS layer in the reference.
    public struct Answer: Sendable {
        public var status: Int
        public var body: [UInt8]
        public var isBare: Bool

        public init(status: Int, body: [UInt8], isBare: Bool = false) {
            self.status = status
            self.body = body
            self.isBare = isBare
        }
    }

    /// Bodies from this size on are compressed for clients that take it.
    static let compressionThreshold = 1024

    /// Whole response headers of every answer: the component versions.
    public var versionHeaders: @Sendable () -> [(name: String, value: String)]
    public var dispatch: @Sendable ([UInt8]) -> Answer
    public var isHealthy: @Sendable () -> Bool
    /// Further GET routes (`/metrics`).
    public var pages: [String: @Sendable () -> HTTPResponse] = [:]

    public init(
        versionHeaders: @escaping @Sendable () -> [(name: String, value: String)],
        isHealthy: @escaping @Sendable () -> Bool = { true },
        dispatch: @escaping @Sendable ([UInt8]) -> Answer
    ) {
        self.versionHeaders = versionHeaders
        self.isHealthy = isHealthy
        self.dispatch = dispatch
    }

    public func handle(_ request: HTTPRequest) -> HTTPResponse {
        if request.method == "OPTIONS", let preflight = preflight(request) { return finished(preflight, request) }
        var response = route(request)
        if !response.isBare { response.value.headers.append(("Access-Control-Allow-Origin", "*")) }
        return finished(response, request)
    }

    public func refuse(_ request: HTTPRequest, _ failure: HTTPBodyFailure) -> HTTPResponse {
        let message = JSONMessage.error(code: -32600, failure.description)
        return finished(Routed(value: .json(failure == .busy ? 503 : 500, message), isBare: true), request)
    }

    struct Routed {
        var value: HTTPResponse
        /// Left the reference's layers before CORS headers were added.
        var isBare = false
    }

    private func route(_ request: HTTPRequest) -> Routed {
        switch normalized(request.path) {
        case "/":
            if request.method == "POST" {
                let answer = dispatch(request.body)
                return Routed(value: .json(answer.status, answer.body), isBare: answer.isBare)
            }
            return notAllowed(request, "POST")
        case "/status":
            guard ["GET", "HEAD"].contains(request.method) else { return notAllowed(request, "HEAD, GET") }
            // The reference names no content type where it sends no content.
            if request.method == "HEAD" { return Routed(value: HTTPResponse(status: isHealthy() ? 200 : 500)) }
            return Routed(value: isHealthy() ? .text(200, "OK") : .text(500, "Internal Server Error"))
        case let path:
            guard let page = pages[path] else { return Routed(value: .text(404, "Not Found")) }
            guard ["GET", "HEAD"].contains(request.method) else { return notAllowed(request, "HEAD, GET") }
            return Routed(value: page())
        }
    }

    private func notAllowed(_ request: HTTPRequest, _ allowed: String) -> Routed {
        let allow = [(name: "Allow", value: allowed)]
        if request.method == "OPTIONS" { return Routed(value: .text(200, "", headers: allow), isBare: true) }
        let known = ["HEAD", "OPTIONS", "GET", "PUT", "PATCH", "POST", "DELETE"].contains(request.method)
        return Routed(value: known ? .text(405, "Method Not Allowed", headers: allow) : .text(501, "Not Implemented", headers: allow))
    }

    private func preflight(_ request: HTTPRequest) -> Routed? {
        guard request.headers["access-control-request-method"] != nil else { return nil }
        var headers: [(name: String, value: String)] = [
            ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "GET,HEAD,PUT,POST,DELETE,PATCH"),
        ]
        if let wanted = request.headers["access-control-request-headers"] { headers.append(("Access-Control-Allow-Headers", wanted)) }
        return Routed(value: HTTPResponse(status: 204, headers: headers), isBare: true)
    }

    private func normalized(_ path: String) -> String {
        var path = path.lowercased()
        if path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private func finished(_ routed: Routed, _ request: HTTPRequest) -> HTTPResponse {
        var response = routed.value
        response.headers += versionHeaders()
        response.headers.append(("Vary", "Accept-Encoding, Origin"))
        guard response.body.count >= Self.compressionThreshold, let accepted = request.headers["accept-encoding"] else { return response }
        switch AcceptEncoding.choose(accepted) {
        case .gzip:
            response.body = Gzip.compress(response.body, format: .gzip, level: 1)
            response.headers.append(("Content-Encoding", "gzip"))
        case .deflate:
            response.body = Gzip.compress(response.body, format: .zlib, level: 1)
            response.headers.append(("Content-Encoding", "deflate"))
        case .identity: break
        }
        return response
    }
}

/// Choice of a compression out of an Accept-Encoding header.
enum AcceptEncoding {
    enum Choice: Equatable { case gzip, deflate, identity }

    /// Highest quality wins, gzip before deflate; `*` stands for gzip.
    static func choose(_ header: String) -> Choice {
        var best: (choice: Choice, quality: Double) = (.identity, 0)
        for item in header.split(separator: ",").prefix(32) {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            let choice: Choice
            switch parts.first {
            case "gzip", "*": choice = .gzip
            case "deflate": choice = .deflate
            default: continue
            }
            if quality > best.quality || quality == best.quality && quality > 0 && choice == .gzip { best = (choice, quality) }
        }
        return best.choice
    }
}

/// The few JSON-RPC bodies that are made before any dispatcher sees the request.
enum JSONMessage {
    static func error(code: Int, _ message: String) -> [UInt8] {
        var text = Array("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":\(code),\"message\":\"".utf8)
        for byte in message.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
            text.append(byte < 0x20 ? UInt8(ascii: " ") : byte)
        }
        return text + Array("\"},\"id\":null}".utf8)
    }
}
