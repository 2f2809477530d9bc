import EventLoop
import Glibc

/// One connection of a `ReplayServer`: reads requests, writes answers in order, keeps alive.
final class ReplayConnection {
    private let descriptor: Int32
    /// Gone when the server is: its connections are ended then.
    private weak var server: ReplayServer?
    private let loop: EventLoop
    private var watch: LoopWatch?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var sent = 0
    private var closesWhenSent = false
    /// A delayed or withheld answer: what was asked behind it waits.
    private var isHeld = false

    init(_ descriptor: Int32, server: ReplayServer, loop: EventLoop) throws {
        self.descriptor = descriptor
        self.server = server
        self.loop = loop
        watch = try loop.watch(descriptor, for: .readable) { [weak self] readiness in self?.ready(readiness) }
    }

    func end() {
        guard let watch else { return }
        watch.cancel()
        self.watch = nil
        close(descriptor)
        server?.forget(descriptor)
    }

    private func ready(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        guard watch != nil, readiness.contains(.readable) || readiness.contains(.disconnected) || readiness.contains(.failed) else { return }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EAGAIN { break }
            guard count > 0 else { return end() }
            input += chunk[..<count]
            guard input.count <= ReplayServer.maximumRequestBytes else { return end() }
            if count < chunk.count { break }
        }
        serve()
    }

    private func serve() {
        while watch != nil, !isHeld, let server, let request = takeRequest() {
            perform(server.handle(method: request.method, target: request.target, body: request.body))
        }
    }

    private func perform(_ outcome: ReplayServer.Outcome) {
        switch outcome {
        case .answer(let status, let headers, let body): send(status, headers, promised: body.count, body)
        case .cut(let status, let promised, let body):
            closesWhenSent = true
            send(status, [], promised: promised, body)
        case .reset: end()
        case .never: isHeld = true
        case .later(let seconds, let outcome):
            isHeld = true
            _ = loop.after(.nanoseconds(Int64(seconds * 1e9))) { [weak self] in
                guard let self, self.watch != nil else { return }
                self.isHeld = false
                self.perform(outcome)
                self.serve()
            }
        }
    }

    private func send(_ status: Int, _ headers: [String], promised: Int, _ body: [UInt8]) {
        let reason = status == 200 ? "OK" : status == 404 ? "Not Found" : "Status"
        let head = ["HTTP/1.1 \(status) \(reason)", "Content-Type: application/json", "Content-Length: \(promised)"] + headers
        output += Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        output += body
        flush()
    }

    private func flush() {
        while sent < output.count {
            let count = output[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR else { return end() }
                try? watch?.update([.readable, .writable])
                return
            }
            sent += count
        }
        output.removeAll(keepingCapacity: false)
        sent = 0
        if closesWhenSent { return end() }
        try? watch?.update(.readable)
    }

    /// The next whole request in the input; ends the connection on anything that is not HTTP/1.1 with a length.
    private func takeRequest() -> ReplayRequest? {
        switch ReplayRequest.first(of: input) {
        case .incomplete(let isAsking):
            if isAsking {
                output += Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
                flush()
            }
            return nil
        case .malformed:
            end()
            return nil
        case .whole(let request, let count):
            input.removeFirst(count)
            return request
        }
    }
}
