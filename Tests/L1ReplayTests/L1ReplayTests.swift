import Foundation
import Bytes
import EventLoop
import Glibc
import JSON
import L1Replay
import Testing

/// The demo recording that ships with the project.
let demo = "etc/networks/demo"

/// Sends one raw HTTP request and returns everything the server says until it closes or `seconds` pass.
func exchange(_ server: ReplayServer, _ loop: EventLoop, _ method: String, _ path: String, _ body: String = "", seconds: Double = 5) -> (status: Int, body: String, closed: Bool) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    _ = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) } }
    let request = Array("\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    _ = request.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    var answer: [UInt8] = []
    let end = EventLoop.monotonicNanos + UInt64(seconds * 1e9)
    var closed = false
    while EventLoop.monotonicNanos < end {
        _ = loop.poll()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &chunk, chunk.count, 0)
        if count == 0 || count < 0 && errno != EAGAIN {
            closed = true
            break
        }
        if count > 0 { answer += chunk[..<count] }
        let text = String(decoding: answer, as: UTF8.self)
        if let split = text.range(of: "\r\n\r\n"), let field = text.range(of: "Content-Length: "),
            let length = Int(text[field.upperBound...].prefix { $0.isNumber }), text[split.upperBound...].utf8.count >= length
        { break }
    }
    let text = String(decoding: answer, as: UTF8.self)
    let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return (status, text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "", closed)
}

@Suite struct ReplayTests {
    let loop: EventLoop
    let server: ReplayServer

    init() throws {
        loop = try EventLoop()
        server = try ReplayServer(try RecordedChain(directory: demo), port: 0, start: 100, speed: nil, loop: loop)
    }

    func call(_ method: String, _ parameters: String) throws -> JSONDocument {
        try JSONDocument.parse(exchange(server, loop, "POST", "/", #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(parameters)}"#).body)
    }

    @Test func answersBlocksUpToTheHeadOnly() throws {
        #expect(try call("eth_blockNumber", "[]").root["result"]?.string == "0x64")
        #expect(try call("eth_getBlockByNumber", #"["0x64",false]"#).root["result"]?["number"]?.string == "0x64")
        #expect(try call("eth_getBlockByNumber", #"["0x65",false]"#).root["result"]?.isNull == true)
        try server.control(#"{"advance":1}"#)
        #expect(try call("eth_getBlockByNumber", #"["0x65",false]"#).root["result"]?["number"]?.string == "0x65")
    }

    @Test func aForkHasOtherHashesAndKeepsTheParents() throws {
        let before = try call("eth_getBlockByNumber", #"["0x63",false]"#)
        try server.control(#"{"reorg":{"depth":2,"length":3}}"#)
        let base = try call("eth_getBlockByNumber", #"["0x62",false]"#)
        let first = try call("eth_getBlockByNumber", #"["0x63",false]"#)
        #expect(first.root["result"]?["hash"]?.string != before.root["result"]?["hash"]?.string)
        #expect(first.root["result"]?["parentHash"]?.string == base.root["result"]?["hash"]?.string)
        #expect(server.head == 101)
        try server.control(#"{"reorg":{"return":true,"head":100}}"#)
        #expect(try call("eth_getBlockByNumber", #"["0x63",false]"#).root["result"]?["hash"]?.string == before.root["result"]?["hash"]?.string)
    }

    @Test func blobsByBeaconSlotAndByHashAreTheSame() throws {
        let logs = try call("eth_getLogs", #"[{"fromBlock":"0x0","toBlock":"0x64","topics":["0x9ad613a7ff46b97e0f732b31118d43f39c9ca017bed1efe739b70b0625383589"]}]"#)
        let hash = try #require(logs.root["result"]?[0]?["blockHash"]?.string)
        let sink = exchange(server, loop, "GET", "/blobsink/eth/v1/beacon/blob_sidecars/\(hash)")
        let block = try call("eth_getBlockByHash", #"["\#(hash)",false]"#)
        let parent = try #require(block.root["result"]?["parentBeaconBlockRoot"]?.string)
        let header = try JSONDocument.parse(exchange(server, loop, "GET", "/beacon/eth/v1/beacon/headers/\(parent)").body)
        let slot = try #require(header.root["data"]?["header"]?["message"]?["slot"]?.string.flatMap { Int($0) })
        var beacon: String?
        for candidate in (slot + 1)...(slot + 11) where beacon == nil {
            let answer = exchange(server, loop, "GET", "/beacon/eth/v1/beacon/blob_sidecars/\(candidate)")
            if answer.status == 200 { beacon = answer.body }
        }
        let a = try JSONDocument.parse(sink.body).root["data"]?[0]?["blob"]?.string
        let b = try JSONDocument.parse(try #require(beacon)).root["data"]?[0]?["blob"]?.string
        #expect(a != nil && a == b && a?.utf8.count == 262_146)
    }

    @Test func faultsAreInjectedAndCountedDown() throws {
        try server.control(#"{"faults":[{"match":"eth_chainId","kind":"status","status":429,"retry_after":2,"count":1}]}"#)
        #expect(exchange(server, loop, "POST", "/", #"{"id":1,"method":"eth_chainId"}"#).status == 429)
        #expect(exchange(server, loop, "POST", "/", #"{"id":1,"method":"eth_chainId"}"#).status == 200)
        try server.control(#"{"faults":[{"match":"*","kind":"truncate","keep":0.5,"count":1},{"match":"*","kind":"reset","count":1},{"match":"*","kind":"hang","count":1},{"match":"*","kind":"rpc-error","code":-32005,"message":"slow down","count":1}]}"#)
        let cut = exchange(server, loop, "POST", "/", #"{"id":1,"method":"eth_chainId"}"#)
        #expect(cut.closed && cut.status == 200)
        #expect(exchange(server, loop, "POST", "/", #"{"id":1,"method":"eth_chainId"}"#).closed)
        let silent = exchange(server, loop, "POST", "/", #"{"id":1,"method":"eth_chainId"}"#, seconds: 0.2)
        #expect(!silent.closed && silent.status == 0)
        #expect(exchange(server, loop, "POST", "/", #"{"id":1,"method":"eth_chainId"}"#).body.contains("slow down"))
    }
}
