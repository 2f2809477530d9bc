import Glibc

/// A plain HTTP/1.1 client for tests: what was sent is what the test wrote.
struct Client {
    let descriptor: Int32

    init(port: Int, milliseconds: Int = 10_000) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        precondition(connected == 0, "no connection to port \(port)")
    }

    struct Answer {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress! + sent, bytes.count - sent, 0x4000 /* MSG_NOSIGNAL */) }
            if count <= 0 { return }
            sent += count
        }
    }

    /// One request on this connection and its answer; nil when the connection was closed without one.
    func exchange(_ method: String, _ path: String, body: [UInt8] = [], headers: [String] = []) -> Answer? {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: test\r\n"
        for header in headers { head += header + "\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        write(Array((head + "\r\n").utf8) + body)
        return read(head: method == "HEAD")
    }

    func read(head: Bool = false) -> Answer? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var answer = Answer()
        var bodyStart = 0
        while bodyStart == 0 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { return nil }
            bytes += chunk[..<count]
            if let end = bytes.indices.dropLast(3).first(where: { bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) }) { bodyStart = end + 4 }
        }
        let lines = String(decoding: bytes[..<(bodyStart - 4)], as: UTF8.self).split(separator: "\r\n")
        answer.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":")!
            answer.headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...]).drop { $0 == " " }.description
        }
        let length = head ? 0 : Int(answer.headers["content-length"] ?? "0") ?? 0
        while bytes.count < bodyStart + length {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 { return nil }
            bytes += chunk[..<count]
        }
        answer.body = Array(bytes[bodyStart...])
        return answer
    }

    func finish() { close(descriptor) }
}

func once(_ port: Int, _ method: String, _ path: String, body: String = "", headers: [String] = []) -> Client.Answer? {
    let client = Client(port: port)
    defer { client.finish() }
    return client.exchange(method, path, body: Array(body.utf8), headers: headers)
}

func shutdownWrites(_ client: Client) { shutdown(client.descriptor, Int32(SHUT_WR)) }
