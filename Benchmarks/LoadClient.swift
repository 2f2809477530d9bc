import Glibc

/// A load tool for one machine: keep-alive connections on one thread, one request in flight on each, bodies taken in turn.
struct LoadClient {
    struct Result {
        var requests = 0
        var failures = 0
        var seconds = 0.0
        /// Nanoseconds, sorted.
        var latencies: [UInt64] = []

        var rate: Double { Double(requests) / seconds }
        func percentile(_ share: Double) -> Double {
            latencies.isEmpty ? 0 : Double(latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]) / 1e6
        }
    }

    private struct Connection {
        var descriptor: Int32
        var sentAt: UInt64 = 0
        var received = 0
        var expected: Int?
        var head: [UInt8] = []
    }

    var port: Int
    var connections = 32
    var seconds = 3.0
    var requests: [[UInt8]]

    init(port: Int, bodies: [String]) {
        self.port = port
        requests = bodies.map { Array("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \($0.utf8.count)\r\n\r\n\($0)".utf8) }
    }

    func run() -> Result {
        var result = Result()
        var open: [Connection] = (0..<connections).compactMap { _ in connectLoopback().map { Connection(descriptor: $0) } }
        guard open.count == connections else { return result }
        var watched = open.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var next = 0
        func send(_ index: Int) {
            let request = requests[next % requests.count]
            next += 1
            open[index].sentAt = Clock.wall.now()
            open[index].received = 0
            open[index].expected = nil
            open[index].head.removeAll(keepingCapacity: true)
            _ = request.withUnsafeBytes { Glibc.send(open[index].descriptor, $0.baseAddress!, request.count, 0x4000) }
        }
        let begin = Clock.wall.now()
        for index in open.indices { send(index) }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        let end = begin + UInt64(seconds * 1e9)
        while Clock.wall.now() < end {
            guard poll(&watched, nfds_t(watched.count), 100) > 0 else { continue }
            for index in watched.indices where watched[index].revents != 0 {
                let count = recv(watched[index].fd, &chunk, chunk.count, 0)
                guard count > 0 else {
                    result.failures += 1
                    return finished(result, open, begin)
                }
                if take(&open[index], chunk, count) {
                    result.requests += 1
                    if open[index].head.count > 12, open[index].head[9] != 50 { result.failures += 1 }
                    result.latencies.append(Clock.wall.now() - open[index].sentAt)
                    send(index)
                }
            }
        }
        return finished(result, open, begin)
    }

    private func finished(_ result: Result, _ open: [Connection], _ begin: UInt64) -> Result {
        var result = result
        result.seconds = Double(Clock.wall.now() - begin) / 1e9
        result.latencies.sort()
        for connection in open { close(connection.descriptor) }
        return result
    }

    /// True when the answer is whole.
    private func take(_ connection: inout Connection, _ chunk: [UInt8], _ count: Int) -> Bool {
        connection.received += count
        if connection.expected == nil {
            connection.head += chunk[..<min(count, 2048)]
            guard let (end, length) = Self.headers(connection.head) else { return false }
            connection.expected = end + length
        }
        return connection.received >= connection.expected ?? .max
    }

    /// Bytes of the head and of the body behind it, once the head is whole. The tool may not cost more than the server.
    private static func headers(_ bytes: [UInt8]) -> (head: Int, body: Int)? {
        let name = Array("\r\ncontent-length: ".utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            var length = 0
            var at = 0
            while at + 3 < bytes.count {
                guard bytes[at] == 13 else {
                    at += 1
                    continue
                }
                if bytes[at + 2] == 13, bytes[at + 3] == 10 { return (at + 4, length) }
                if at + name.count < bytes.count, name.indices.allSatisfy({ bytes[at + $0] | 32 == name[$0] | 32 }) {
                    var digit = at + name.count
                    length = 0
                    while digit < bytes.count, bytes[digit] &- 48 < 10 {
                        length = length * 10 + Int(bytes[digit] - 48)
                        digit += 1
                    }
                }
                at += 2
            }
            return nil
        }
    }

    private func connectLoopback() -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        return connected == 0 ? descriptor : nil
    }
}
