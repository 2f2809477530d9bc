/// A request of HTTP/1.1, its body by Content-Length.
package struct ReplayRequest: Equatable {
    package var method: String
    package var target: String
    package var body: [UInt8]

    package enum Reading: Equatable {
        /// `isAsking`: the head is there and nothing else, and the sender waits for leave to send the body.
        case incomplete(isAsking: Bool)
        case malformed
        /// A request and the bytes it took.
        case whole(ReplayRequest, Int)
    }

    /// Reads the request at the front of what arrived.
    package static func first(of input: [UInt8]) -> Reading {
        guard let end = headEnd(input) else { return .incomplete(isAsking: false) }
        let lines = String(decoding: input[..<end], as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
        let first = lines.first?.split(separator: " ") ?? []
        guard first.count == 3 else { return .malformed }
        var length = 0
        for line in lines.dropFirst() where line.lowercased().hasPrefix("content-length:") {
            length = Int(line.dropFirst(15).filter { $0 != " " }) ?? -1
        }
        guard length >= 0, length <= ReplayServer.maximumRequestBytes else { return .malformed }
        let bodyStart = end + 4
        guard input.count >= bodyStart + length else {
            return .incomplete(isAsking: input.count == bodyStart && lines.dropFirst().contains { $0.lowercased().hasPrefix("expect:") })
        }
        let body = Array(input[bodyStart..<(bodyStart + length)])
        return .whole(ReplayRequest(method: String(first[0]), target: String(first[1]), body: body), bodyStart + length)
    }

    private static func headEnd(_ input: [UInt8]) -> Int? {
        var at = 3
        while at < input.count {
            if input[at] == 10, input[at - 1] == 13, input[at - 2] == 10, input[at - 3] == 13 { return at - 3 }
            at += 1
        }
        return nil
    }
}
