import Bytes
public import Protocol

/// The first steps of every gossiped message: its envelope, its topic, and whether the id is new («note 07 §6»). One thread.
public struct MessageGate {
    private var seen: [GossipTopic: SeenMessages<MessageKey>]
    private let topics: [String: GossipTopic]

    /// - Parameters:
    ///   - version: the network's, `ComponentVersions.compressed`.
    ///   - seenLimit: ids remembered per topic (`P2P_SEEN_MSG_CACHE_SIZE`).
    public init(version: String, seenLimit: Int = 100_000) {
        topics = Dictionary(uniqueKeysWithValues: GossipTopic.allCases.map { ($0.name(version: version), $0) })
        seen = Dictionary(uniqueKeysWithValues: GossipTopic.allCases.map { ($0, SeenMessages(limit: seenLimit)) })
    }

    /// What is inside; a refusal ignores the message. An envelope that does not decode leaves no trace: the reference gives
    /// no verdict at all, which comes to the same.
    /// - Parameter data: uncompressed.
    public mutating func open(_ data: ArraySlice<UInt8>, topic name: String, id: some Collection<UInt8>) -> Result<(topic: GossipTopic, payload: ArraySlice<UInt8>), Refusal> {
        let payload: ArraySlice<UInt8>
        do { payload = try Self.payload(of: data) } catch { return .failure(Refusal(.ignore, nil, "envelope: \(error)")) }
        guard let topic = topics[name] else { return .failure(Refusal(.ignore, nil, "topic «\(name.prefix(100))» is none of this network")) }
        guard seen[topic]?.insert(MessageKey(id)) == true else { return .failure(Refusal(.ignore, nil, "seen before")) }
        return .success((topic, payload))
    }

    /// The object's bytes without copying them. Bytes behind them are ignored.
    private static func payload(of data: ArraySlice<UInt8>) throws(DecodingError) -> ArraySlice<UInt8> {
        var reader = ByteReader(data)
        try reader.skip(8, "publish time")
        try reader.skip(32, "id")
        return try reader.read(reader.readCount(maximum: Int(UInt32.max), "payload length"), "payload")
    }
}

/// A message id of 20 bytes, without an allocation of its own.
struct MessageKey: Hashable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt32 = 0

    init(_ id: some Collection<UInt8>) {
        for (index, byte) in id.prefix(20).enumerated() {
            switch index {
            case 0..<8: first = first << 8 | UInt64(byte)
            case 8..<16: second = second << 8 | UInt64(byte)
            default: third = third << 8 | UInt32(byte)
            }
        }
    }
}

/// The newest ids, first in, first out («note 07 §6»).
public struct SeenMessages<ID: Hashable> {
    private var ids: Set<ID> = []
    private var order: [ID] = []
    private var next = 0
    private let limit: Int

    public init(limit: Int) { self.limit = max(1, limit) }

    public var count: Int { ids.count }

    /// False when the id is known. Knowing it again does not make it newer.
    public mutating func insert(_ id: ID) -> Bool {
        guard !ids.contains(id) else { return false }
        if order.count < limit {
            order.append(id)
        } else {
            ids.remove(order[next])
            order[next] = id
        }
        next = (next + 1) % limit
        ids.insert(id)
        return true
    }
}
