public import Bytes
public import PeerGossip
public import Protocol

/// The first steps with a message that the router delivers: its wrapper, and whether its id is new («note 07 §6»). The
/// router knows the topic by then.
public struct MessageGate: Sendable {
    /// Why a message is ignored; its sender is not blamed.
    public enum Drop: Error, Sendable {
        /// The reference gives no verdict at all then, which comes to the same.
        case unreadable(DecodingError)
        case seenBefore
    }

    private var seen: [SeenCache<MessageID>]

    /// `seenLimit`: ids remembered for each topic, however old (`P2P_SEEN_MSG_CACHE_SIZE`).
    public init(seenLimit: Int) { seen = GossipTopic.allCases.map { _ in SeenCache(capacity: seenLimit) } }

    /// What is inside. Bytes behind the object are ignored.
    public mutating func open(_ delivery: GossipDelivery) throws(Drop) -> P2PMessage {
        let message: P2PMessage
        do throws(DecodingError) {
            var reader = ByteReader(delivery.payload)
            message = try P2PMessage(from: &reader)
        } catch { throw .unreadable(error) }
        guard seen[delivery.topic].insert(delivery.id) else { throw .seenBefore }
        return message
    }

    /// One of our own went out.
    public mutating func published(_ id: MessageID, topic: Int) { _ = seen[topic].insert(id) }
}
