import EventLoop
import Glibc
import JSON

/// Serves a `ReplayState` over HTTP/1.1 on loopback: execution JSON-RPC on `/`, beacon API below `/beacon`, blob sink
/// below `/blobsink`, control on `/control`. Everything happens on the event loop's thread.
///
/// Its own little HTTP server, because faults have to be injected below what a library lets one do: answers that stop
/// half-way, connections that are cut, answers that never come.
public final class ReplayServer {
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    static let maximumRequestBytes = 64 << 20

    private let loop: EventLoop
    var state: ReplayState
    private let listener: Int32
    private var watch: LoopWatch?
    private var connections: [Int32: ReplayConnection] = [:]
    public let port: UInt16

    /// - Parameters: `port` 0 takes a free one; `start` and `speed` as in `ReplayState`.
    public init(_ chain: RecordedChain, port: UInt16, start: Int?, speed: Double?, loop: EventLoop) throws {
        self.loop = loop
        state = ReplayState(chain: chain, start: start, speed: speed)
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw Failure(description: "socket: \(String(cString: strerror(errno)))") }
        var one: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &size) == 0 }
        }
        guard bound else {
            let reason = String(cString: strerror(errno))
            close(socket)
            throw Failure(description: "port \(port): \(reason)")
        }
        self.port = UInt16(bigEndian: address.sin_port)
        listener = socket
        watch = try loop.watch(socket, for: .readable) { [weak self] _ in self?.accept() }
    }

    deinit { stop() }

    /// Closes the port and every connection.
    public func stop() {
        guard let watch else { return }
        watch.cancel()
        self.watch = nil
        close(listener)
        for connection in connections.values { connection.end() }
        connections = [:]
    }

    public var head: Int { state.head }
    public var last: Int { state.chain.last }
    public var requestCount: Int { state.requests.values.reduce(0, +) }

    /// A control command, as `POST /control` takes it.
    public func control(_ json: String) throws { state.control(try JSONDocument.parse(json).root) }

    private func accept() {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            guard socket >= 0 else { return }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            _ = fcntl(socket, F_SETFL, O_NONBLOCK)
            var one: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            guard let connection = try? ReplayConnection(socket, server: self, loop: loop) else {
                close(socket)
                continue
            }
            connections[socket] = connection
        }
    }

    func forget(_ descriptor: Int32) { connections[descriptor] = nil }

    // MARK: Requests

    /// What is to be done with one request.
    package enum Outcome {
        case answer(status: Int, headers: [String], body: [UInt8])
        /// The head promises `promised` bytes, `body` is what comes, then the connection is closed.
        case cut(status: Int, promised: Int, body: [UInt8])
        case reset
        case never
        indirect case later(seconds: Double, Outcome)
    }

    package func handle(method: String, target: String, body: [UInt8]) -> Outcome {
        let parts = target.split(separator: "?", maxSplits: 1)
        var path = parts.first.map(String.init) ?? "/"
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        if path == "/control" || path == "/control/stats" {
            if method == "POST", let command = try? JSONDocument.parse(body).root { state.control(command) }
            return .answer(status: 200, headers: [], body: state.summary)
        }
        if method == "POST", path == "/" { return rpc(body) }
        if method == "POST" { return .answer(status: 200, headers: [], body: Array(#"{"message":"Blob sidecar stored successfully"}"#.utf8)) }
        var flavour = ReplayBeacon.Flavour.either
        for (prefix, kind) in [("/beacon", ReplayBeacon.Flavour.beacon), ("/blobsink", .sink)] where path.hasPrefix(prefix + "/") {
            path.removeFirst(prefix.count)
            flavour = kind
            break
        }
        let name = "GET /" + path.split(separator: "/").prefix(4).joined(separator: "/")
        state.requests[name, default: 0] += 1
        let indices = parts.count > 1 ? parts[1].split(separator: "&").filter { $0.hasPrefix("indices=") }.map { String($0.dropFirst(8)) } : []
        let fault = state.takeFault(name)
        return faulty(fault) {
            let (status, body) = ReplayBeacon.answer(path, indices: indices, flavour, state)
            return (status, fault?.kind == .wrongData ? Self.corrupted(body, member: "\"blob\":\"0x") : body)
        }
    }

    /// Applies a fault to an answer that is only made when the fault lets it be.
    private func faulty(_ fault: ReplayState.Fault?, _ answer: () -> (Int, [UInt8])) -> Outcome {
        guard let fault else {
            let (status, body) = answer()
            return .answer(status: status, headers: [], body: body)
        }
        switch fault.kind {
        case .status:
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("error", fault.message)
            writer.endObject()
            return .answer(status: fault.status, headers: fault.retryAfter.map { ["Retry-After: \($0)"] } ?? [], body: writer.bytes)
        case .reset: return .reset
        case .hang: return .never
        case .garbage: return .answer(status: 200, headers: [], body: Array("<html>bad gateway</html>".utf8))
        case .truncate:
            let (status, body) = answer()
            let cut = Array(body.prefix(Int(Double(body.count) * fault.keep)))
            return .cut(status: status, promised: fault.consistentLength ? cut.count : body.count, body: cut)
        case .delay:
            let (status, body) = answer()
            return .later(seconds: fault.seconds, .answer(status: status, headers: [], body: body))
        case .rpcError, .null, .wrongData:
            let (status, body) = answer()
            return .answer(status: status, headers: [], body: body)
        }
    }

    private func rpc(_ body: [UInt8]) -> Outcome {
        guard let root = try? JSONDocument.parse(body).root else {
            return .answer(status: 400, headers: [], body: Array(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}"#.utf8))
        }
        let calls = root.isArray ? Array(root.elements) : [root]
        var answers: [[UInt8]] = []
        var fault: ReplayState.Fault?
        for call in calls {
            let method = call["method"]?.string ?? ""
            state.requests[method, default: 0] += 1
            let own = state.takeFault(method)
            if let own, own.kind != .rpcError, own.kind != .null, own.kind != .wrongData { fault = fault ?? own }
            answers.append(answer(call, method, own))
        }
        return faulty(fault) { (200, root.isArray ? ReplayRPC.array(answers) : answers.first ?? []) }
    }

    private func answer(_ call: JSONElement, _ method: String, _ fault: ReplayState.Fault?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("jsonrpc", "2.0")
        writer.key("id")
        if let id = call["id"] { writer.value(id) } else { writer.null() }
        do throws(ReplayRPC.Failure) {
            if let fault, fault.kind == .rpcError { throw ReplayRPC.Failure(code: fault.code, message: fault.message) }
            var result = fault?.kind == .null ? ReplayRPC.null : try ReplayRPC.result(method, call["params"], &state)
            if fault?.kind == .wrongData { result = Self.corrupted(result, member: nil) }
            writer.key("result")
            writer.raw(result)
        } catch {
            writer.key("error")
            writer.beginObject()
            writer.member("code", error.code)
            writer.member("message", error.message)
            if let data = error.data {
                writer.key("data")
                writer.raw(data)
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    /// Changes one hex digit: of every value behind `member`, else the last digit of the text.
    static func corrupted(_ body: [UInt8], member: String?) -> [UInt8] {
        var body = body
        func flip(_ at: Int) { body[at] = body[at] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0") }
        guard let member else {
            if let at = body.lastIndex(where: { (48...57).contains($0) || (97...102).contains($0) }) { flip(at) }
            return body
        }
        let wanted = Array(member.utf8)
        var at = 0
        while at + wanted.count + 64 < body.count {
            if body[at] == wanted[0], body[at..<(at + wanted.count)].elementsEqual(wanted) {
                flip(at + wanted.count + 62)
                at += wanted.count + 64
            } else {
                at += 1
            }
        }
        return body
    }
}
