import Foundation
import Glibc
import L1
import Synchronization

/// An HTTP server whose answers a test decides: one thread a connection, keep-alive, nothing else.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var headers: [String: String]
        var body: String
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8]

        init(_ body: String, status: Int = 200, headers: [(String, String)] = []) {
            self.body = Array(body.utf8)
            self.status = status
            self.headers = headers
        }
    }

    let port: UInt16
    private let descriptor: Int32
    private let log = Mutex<[Request]>([])
    private let answer: @Sendable (Request) -> Answer

    init(_ answer: @escaping @Sendable (Request) -> Answer) {
        self.answer = answer
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let copy = descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(copy, $0, size) == 0 && listen(copy, 64) == 0 && getsockname(copy, $0, &size) == 0 }
        }
        precondition(bound)
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(copy, nil, nil)
                if client < 0 { return }
                Thread.detachNewThread { [self] in serve(client) }
            }
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    var requests: [Request] { log.withLock { $0 } }
    var address: HTTPAddress { HTTPAddress("http://127.0.0.1:\(port)")! }

    private func serve(_ client: Int32) {
        defer { close(client) }
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            while true {
                if let request = Self.parse(&buffer) {
                    log.withLock { $0.append(request) }
                    let answer = answer(request)
                    if answer.status == 0 { return }
                    var head = "HTTP/1.1 \(answer.status) X\r\nContent-Length: \(answer.body.count)\r\n"
                    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
                    let whole = Array((head + "\r\n").utf8) + answer.body
                    var sent = 0
                    while sent < whole.count {
                        let count = whole[sent...].withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                        if count <= 0 { return }
                        sent += count
                    }
                    break
                }
                let count = recv(client, &chunk, chunk.count, 0)
                if count <= 0 { return }
                buffer += chunk[..<count]
            }
        }
    }

    private static func parse(_ buffer: inout [UInt8]) -> Request? {
        guard let end = buffer.indices.first(where: { $0 + 3 < buffer.count && Array(buffer[$0..<($0 + 4)]) == [13, 10, 13, 10] }) else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        guard buffer.count >= end + 4 + length else { return nil }
        let words = lines[0].split(separator: " ")
        let request = Request(method: String(words[0]), path: String(words[1]), headers: headers, body: String(decoding: buffer[(end + 4)..<(end + 4 + length)], as: UTF8.self))
        buffer.removeFirst(end + 4 + length)
        return request
    }

    /// A JSON-RPC host: `answer` gives the result or error member for a method (`"result":…`).
    static func rpc(chain: UInt64 = 31337, _ answer: @escaping @Sendable (String, [String: Any]) -> String) -> ScriptedServer {
        ScriptedServer { request in
            guard let json = try? JSONSerialization.jsonObject(with: Data(request.body.utf8)) else { return Answer("bad", status: 400) }
            func one(_ call: [String: Any]) -> String {
                let method = call["method"] as! String
                let member = method == "eth_chainId" ? "\"result\":\"0x\(String(chain, radix: 16))\"" : answer(method, call)
                return "{\"jsonrpc\":\"2.0\",\"id\":\(call["id"]!),\(member)}"
            }
            if let list = json as? [[String: Any]] { return Answer("[" + list.map(one).joined(separator: ",") + "]") }
            return Answer(one(json as! [String: Any]))
        }
    }
}
