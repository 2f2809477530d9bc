import Glibc
import PeerIdentity

/// A message as it came in or was published: kept for IWANT, and until its verdict is known.
final class CachedMessage {
    let id: MessageID
    let topic: Int
    /// Ready for any peer's stream, and where in it the compressed payload is.
    let frame: GossipFrame
    let data: Range<Int>
    /// Who sent it first; nil for our own.
    let sender: PeerID?
    var isValidated: Bool
    /// Who sent it while it was being validated.
    var alsoFrom: [PeerID] = []
    private var requests: [(peer: PeerID, count: Int)] = []

    init(id: MessageID, topic: Int, frame: GossipFrame, data: Range<Int>, sender: PeerID?, isValidated: Bool) {
        self.id = id
        self.topic = topic
        self.frame = frame
        self.data = data
        self.sender = sender
        self.isValidated = isValidated
    }

    /// How often `peer` has asked for it, this time included.
    func countRequest(of peer: PeerID) -> Int {
        if let index = requests.firstIndex(where: { $0.peer == peer }) {
            requests[index].count += 1
            return requests[index].count
        }
        requests.append((peer, 1))
        return 1
    }

    func hasData(_ other: ArraySlice<UInt8>) -> Bool {
        guard other.count == data.count else { return false }
        return frame.bytes[data].withUnsafeBytes { own in
            other.withUnsafeBytes { own.count == 0 || memcmp(own.baseAddress!, $0.baseAddress!, own.count) == 0 }
        }
    }
}

/// Messages of the last heartbeats («note 07 §4.3», mcache).
struct MessageCache {
    private var messages: [MessageID: CachedMessage] = [:]
    /// Newest window first.
    private var windows: [[CachedMessage]]
    private let gossipWindows: Int
    private let capacity: Int
    /// Frames held.
    private(set) var bytes = 0
    private var byOpening: [Opening: CachedMessage] = [:]

    /// Length and first bytes of a compressed payload. Most messages come several times within seconds: finding the first
    /// copy by these and comparing the bytes saves unpacking and hashing the others, and cannot be deceived as a short hash can.
    private struct Opening: Hashable {
        var topic: Int
        var count: Int
        var words: SIMD8<UInt64> = .zero

        init(topic: Int, _ data: ArraySlice<UInt8>) {
            self.topic = topic
            count = data.count
            data.prefix(64).withUnsafeBytes { raw in
                withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: raw) }
            }
        }
    }

    /// `capacity`: bytes of all frames; beyond it the oldest messages go early.
    init(windows: Int, gossipWindows: Int, capacity: Int) {
        self.windows = Array(repeating: [], count: max(1, windows))
        self.gossipWindows = min(gossipWindows, windows)
        self.capacity = capacity
    }

    var count: Int { messages.count }

    subscript(_ id: MessageID) -> CachedMessage? { messages[id] }

    /// The message with this compressed payload.
    func find(topic: Int, _ data: ArraySlice<UInt8>) -> CachedMessage? {
        guard let message = byOpening[Opening(topic: topic, data)], message.hasData(data) else { return nil }
        return message
    }

    /// Returns the messages that had to go for it, unvalidated ones among them.
    mutating func insert(_ message: CachedMessage) -> [CachedMessage] {
        guard messages[message.id] == nil else { return [] }
        messages[message.id] = message
        windows[0].append(message)
        bytes += message.frame.bytes.count
        let opening = Opening(topic: message.topic, message.frame.bytes[message.data])
        if byOpening[opening] == nil { byOpening[opening] = message }
        var removed: [CachedMessage] = []
        var window = windows.count - 1
        while bytes > capacity, window >= 0 {
            let excess = windows[window]
            var taken = 0
            for old in excess where old !== message {
                guard bytes > capacity else { break }
                taken += 1
                if remove(old) { removed.append(old) }
            }
            windows[window].removeFirst(taken)
            window -= 1
        }
        return removed
    }

    /// Ids of validated messages of the newest windows.
    func gossip(topic: Int) -> [MessageID] {
        windows.prefix(gossipWindows).flatMap { window in
            window.compactMap { $0.topic == topic && $0.isValidated && messages[$0.id] === $0 ? $0.id : nil }
        }
    }

    mutating func remove(_ id: MessageID) -> CachedMessage? {
        guard let message = messages[id] else { return nil }
        remove(message)
        return message
    }

    /// A heartbeat has passed. Returns the messages that went without a verdict.
    mutating func shift() -> [CachedMessage] {
        let oldest = windows.removeLast()
        windows.insert([], at: 0)
        return oldest.filter { remove($0) && !$0.isValidated }
    }

    @discardableResult
    private mutating func remove(_ message: CachedMessage) -> Bool {
        guard messages[message.id] === message else { return false }
        messages[message.id] = nil
        bytes -= message.frame.bytes.count
        let opening = Opening(topic: message.topic, message.frame.bytes[message.data])
        if byOpening[opening] === message { byOpening[opening] = nil }
        return true
    }
}
