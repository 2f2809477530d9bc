import PeerIdentity

/// Frames waiting for a peer's stream. A peer that reads too slowly loses gossip first, then messages; when even control
/// does not fit it is cut.
struct Outbox {
    struct Limits {
        /// Beyond this no gossip is queued.
        var gossipBytes: Int
        /// Beyond this no message is queued.
        var messageBytes: Int
        /// Beyond this the peer is cut.
        var controlBytes: Int
    }

    enum Outcome: Equatable {
        case queued
        case dropped
        /// No room for control: the peer has to go.
        case overflow
    }

    private var frames = FIFO<GossipFrame>()
    private(set) var bytes = 0
    private var gossipFrames = 0
    private(set) var dropped = 0

    var isEmpty: Bool { frames.isEmpty }
    var count: Int { frames.count }

    /// What a frame costs beyond its bytes, so that tiny ones are bounded too.
    private static let overhead = 64

    mutating func push(_ frame: GossipFrame, _ limits: Limits) -> Outcome {
        let size = frame.bytes.count + Self.overhead
        switch frame.kind {
        case .gossip:
            guard bytes + size <= limits.gossipBytes else { return drop() }
            gossipFrames += 1
        case .message:
            if bytes + size > limits.messageBytes { dropGossip() }
            guard bytes + size <= limits.messageBytes else { return drop() }
        case .control:
            if bytes + size > limits.controlBytes { dropGossip() }
            guard bytes + size <= limits.controlBytes else { return .overflow }
        }
        frames.append(frame)
        bytes += size
        return .queued
    }

    mutating func pop() -> GossipFrame? {
        guard let frame = frames.popFirst() else { return nil }
        bytes -= frame.bytes.count + Self.overhead
        if frame.kind == .gossip { gossipFrames -= 1 }
        return frame
    }

    mutating func removeAll() { self = Outbox() }

    private mutating func drop() -> Outcome {
        dropped += 1
        return .dropped
    }

    private mutating func dropGossip() {
        guard gossipFrames > 0 else { return }
        dropped += gossipFrames
        gossipFrames = 0
        frames.removeAll { $0.kind == .gossip }
        bytes = frames.total { $0.bytes.count + Self.overhead }
    }
}

extension FIFO {
    func total(_ size: (Element) -> Int) -> Int {
        var sum = 0
        forEach { sum += size($0) }
        return sum
    }
}
