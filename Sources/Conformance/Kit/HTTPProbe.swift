import Glibc

/// A blocking HTTP/1.1 client for loopback servers under test: one kept-alive connection, no TLS, no redirects.
public final class HTTPProbe {
    public struct Response: Sendable {
        public var status: Int
        /// Names in lower case.
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]

        public func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
    }

    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public let port: UInt16
    private var descriptor: Int32 = -1
    private var buffered: [UInt8] = []
    /// Seconds until a silent server counts as failed.
    public var timeout = 30

    public init(port: UInt16) { self.port = port }
    deinit { disconnect() }

    public func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        buffered = []
    }

    public func post(_ path: String = "/", _ body: [UInt8], headers: [String: String] = ["Content-Type": "application/json"]) throws -> Response {
        try request("POST", path, body, headers)
    }

    public func get(_ path: String) throws -> Response { try request("GET", path, [], [:]) }

    public func request(_ method: String, _ path: String, _ body: [UInt8] = [], _ headers: [String: String] = [:]) throws -> Response {
        let isFresh = descriptor < 0
        do { return try exchange(method, path, body, headers) } catch let error as Failure {
            disconnect()
            // A kept-alive connection may have been closed between two requests.
            if isFresh { throw error }
            return try exchange(method, path, body, headers)
        }
    }

    private func exchange(_ method: String, _ path: String, _ body: [UInt8], _ headers: [String: String]) throws -> Response {
        try connectIfNeeded()
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        try send(Array((head + "\r\n").utf8) + body)
        let lines = try readHead()
        let parts = lines[0].split(separator: " ")
        guard parts.count >= 2, let status = Int(parts[1]) else { throw Failure(description: "not an HTTP answer: \(lines[0])") }
        var fields: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields.append((line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " })))
        }
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        var content: [UInt8] = []
        if method != "HEAD", status != 204, status != 304 {
            if field("transfer-encoding")?.lowercased() == "chunked" {
                while true {
                    let size = Int(try readLine().split(separator: ";").first.map { String($0) } ?? "", radix: 16) ?? -1
                    guard size >= 0 else { throw Failure(description: "bad chunk size") }
                    content += try read(size)
                    _ = try readLine()
                    if size == 0 { break }
                }
            } else if let length = field("content-length").flatMap({ Int($0) }) {
                content = try read(length)
            } else {
                while try fill() {}
                content = buffered
                buffered = []
            }
        }
        if field("connection")?.lowercased() == "close" { disconnect() }
        return Response(status: status, headers: fields, body: content)
    }

    private func connectIfNeeded() throws {
        guard descriptor < 0 else { return }
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Failure(description: "socket: \(String(cString: strerror(errno)))") }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            close(socket)
            throw Failure(description: "127.0.0.1:\(port): \(reason)")
        }
        descriptor = socket
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw Failure(description: "receive: \(String(cString: strerror(errno)))") }
        buffered += chunk[..<count]
        return count > 0
    }

    private func read(_ count: Int) throws -> [UInt8] {
        while buffered.count < count {
            guard try fill() else { throw Failure(description: "the server closed the connection after \(buffered.count) of \(count) bytes") }
        }
        defer { buffered.removeFirst(count) }
        return Array(buffered[..<count])
    }

    private func readLine() throws -> String {
        while true {
            if let end = buffered.firstIndex(of: 0x0a) {
                let line = buffered[..<end].filter { $0 != 0x0d }
                buffered.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard buffered.count < 1 << 20, try fill() else { throw Failure(description: "the server closed the connection") }
        }
    }

    private func readHead() throws -> [String] {
        var lines: [String] = []
        while true {
            let line = try readLine()
            if line.isEmpty { if lines.isEmpty { continue } else { return lines } }
            lines.append(line)
        }
    }
}
