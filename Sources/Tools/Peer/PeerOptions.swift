import EventLoop
import PeerTransport

struct PeerOptions {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    var listen = SocketAddress(.loopback, 0)
    var muxers = [YamuxSession.protocolName, MplexSession.protocolName]
    var seconds = 120
    /// Own messages go to all subscribers, not to the mesh only.
    var publishesToAll = false
    /// Sizes of a mesh: low, wanted, high.
    var mesh = (low: 4, degree: 8, high: 12)
    /// Gossip score from which a peer's suggestions of peers are followed; nil for the network's.
    var suggestionScore: Double?
    /// Of the network, as in the names of topics.
    var version = "00-31337-interop"

    mutating func read(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure(description: "\(flag) needs a value") }
            switch flag {
            case "--listen":
                let parts = value.split(separator: ":")
                guard parts.count == 2, let ip = IPAddress(String(parts[0])), let port = UInt16(parts[1]) else { throw Failure(description: "--listen \(value): not ADDRESS:PORT") }
                listen = SocketAddress(ip, port)
            case "--muxer":
                guard let name = muxers.first(where: { $0.hasPrefix("/\(value)/") }) else { throw Failure(description: "--muxer \(value): neither yamux nor mplex") }
                muxers = [name]
            case "--version": version = value
            case "--publish-to":
                guard value == "mesh" || value == "all" else { throw Failure(description: "--publish-to \(value): neither mesh nor all") }
                publishesToAll = value == "all"
            case "--mesh":
                let sizes = value.split(separator: ":").compactMap { Int($0) }
                guard sizes.count == 3, sizes[0] > 0, sizes[0] <= sizes[1], sizes[1] <= sizes[2] else { throw Failure(description: "--mesh \(value): not LOW:DEGREE:HIGH") }
                mesh = (sizes[0], sizes[1], sizes[2])
            case "--suggestion-score":
                guard let number = Double(value) else { throw Failure(description: "--suggestion-score \(value): no number") }
                suggestionScore = number
            case "--seconds":
                guard let number = Int(value), number > 0 else { throw Failure(description: "--seconds \(value): no number") }
                seconds = number
            default: throw Failure(description: "unknown option \(flag)")
            }
        }
    }
}
