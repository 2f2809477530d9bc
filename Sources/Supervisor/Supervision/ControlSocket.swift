import CLinux
import EventLoop
import Glibc
import IPC

/// Commands to a running node: a socket in the data directory, one line of request, lines of answer.
/// Only the node's own user and root are heard.
final class ControlSocket {
    static let fileName = "control"
    private let descriptor: Int32
    private let path: String
    private let watch: LoopWatch

    init(_ loop: EventLoop, directory: String, handle: @escaping (String) -> String) throws {
        path = directory + "/" + Self.fileName
        let descriptor = ql_local_listen(path)
        if descriptor < 0 { throw IPCError("listening on \(path)", code: -descriptor) }
        self.descriptor = descriptor
        watch = try loop.watch(descriptor, for: .readable) { _ in
            while true {
                let peer = ql_local_accept(descriptor)
                guard peer >= 0 else { return }
                let user = ql_local_peer_user(peer)
                guard user == Int32(bitPattern: geteuid()) || user == 0 else {
                    Glibc.close(peer)
                    continue
                }
                ControlConnection(loop, peer, handle).start()
            }
        }
    }

    func close() {
        watch.cancel()
        Glibc.close(descriptor)
        unlink(path)
    }

    /// The other end: sends one request and returns the whole answer.
    static func ask(_ request: String, directory: String) throws(IPCError) -> String {
        let path = directory + "/" + fileName
        let socket = ql_local_connect(path)
        if socket < 0 { throw IPCError("asking the node on \(directory)", code: -socket) }
        defer { Glibc.close(socket) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array((request + "\n").utf8)
        guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw IPCError("asking the node on \(directory)", code: errno) }
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while answer.count < 1 << 20 {
            let count = recv(socket, &part, part.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw IPCError("the node on \(directory) did not answer", code: errno) }
            if count == 0 { break }
            answer += part[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }
}

/// One request. Kept alive by its own handles, which end with it.
private final class ControlConnection {
    static let requestLimit = 1024

    private let loop: EventLoop
    private let peer: Int32
    private let handle: (String) -> String
    private var request: [UInt8] = []
    private var watch: LoopWatch?
    private var timer: LoopTimer?

    init(_ loop: EventLoop, _ peer: Int32, _ handle: @escaping (String) -> String) {
        self.loop = loop
        self.peer = peer
        self.handle = handle
    }

    func start() {
        timer = loop.after(.seconds(5)) { self.end() }
        watch = try? loop.watch(peer, for: .readable) { _ in self.readMore() }
        if watch == nil { end() }
    }

    private func readMore() {
        var part = [UInt8](repeating: 0, count: 512)
        let count = recv(peer, &part, part.count, 0)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        guard count > 0 else { return end() }
        request += part[..<count]
        guard let newline = request.firstIndex(of: 0x0a) else {
            if request.count > Self.requestLimit { end() }
            return
        }
        let answer = Array(handle(String(decoding: request[..<newline], as: UTF8.self)).utf8)
        // Answers are a few lines and fit into the socket's buffer.
        _ = send(peer, answer, answer.count, Int32(MSG_NOSIGNAL))
        end()
    }

    private func end() {
        guard let timer else { return }
        self.timer = nil
        timer.cancel()
        watch?.cancel()
        watch = nil
        close(peer)
    }
}
