import Compression
import PeerIdentity

/// Why a message was not published.
public enum PublishFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The same payload went out or came in before.
    case duplicate
    /// No peer would read it: uncompressed bytes, and how many are allowed.
    case tooLarge(Int, limit: Int)

    public var description: String {
        switch self {
        case .duplicate: "the message is known already"
        case .tooLarge(let size, let limit): "the message has \(size) bytes, \(limit) are allowed"
        }
    }
}

extension GossipRouter {
    /// Joins a topic: its messages come from now on.
    public func subscribe(_ index: Int, now: UInt64) {
        let topic = topics[index]
        guard !topic.isJoined else { return }
        clock = now
        topic.isJoined = true
        for peer in peerList { send(.subscriptions([topic.name], subscribes: true), to: peer) }
        func isFit(_ peer: GossipPeer) -> Bool { peer.isMeshable && topic.backoff[peer.id] == nil && scores.score(peer.id, now: now) >= 0 }
        var chosen = topic.fanout.filter(isFit)
        topic.fanout = []
        topic.fanoutPublished = nil
        if chosen.count < configuration.meshDegree {
            let others = topic.subscribers.filter { peer in isFit(peer) && !chosen.contains { $0 === peer } }
            chosen += others.shuffled(using: &random).prefix(configuration.meshDegree - chosen.count)
        }
        topic.mesh = chosen
        for peer in chosen {
            scores.graft(peer.id, index, now: now)
            send(.mesh(graft: [topic.name], prune: []), to: peer)
        }
    }

    /// Leaves it.
    public func unsubscribe(_ index: Int, now: UInt64) {
        let topic = topics[index]
        guard topic.isJoined else { return }
        clock = now
        topic.isJoined = false
        for peer in peerList { send(.subscriptions([topic.name], subscribes: false), to: peer) }
        let mesh = topic.mesh
        topic.mesh = []
        for peer in mesh { send(.mesh(graft: [], prune: [prune(peer, topic, configuration.unsubscribeBackoff, now)]), to: peer) }
    }

    /// Sends a message of our own. It is not delivered to ourselves. Returns its id and the number of peers it is on its way to.
    @discardableResult
    public func publish(_ payload: [UInt8], topic index: Int, now: UInt64) throws(PublishFailure) -> (id: MessageID, recipients: Int) {
        let topic = topics[index]
        clock = now
        guard payload.count <= topic.maximumPayload else { throw .tooLarge(payload.count, limit: topic.maximumPayload) }
        let id = MessageID(topic: topic.name, payload: payload)
        guard seen.insert(id, now: now) else { throw .duplicate }
        let data = payload.isEmpty ? [] : Snappy.compress(payload)
        let (frame, range) = GossipFrame.message(topic: topic.name, data: data[...])
        for lost in cache.insert(CachedMessage(id: id, topic: index, frame: frame, data: range, sender: nil, isValidated: true)) { settle(lost) }
        var recipients = 0
        for peer in receivers(topic, now) where send(frame, to: peer) { recipients += 1 }
        counters.published += 1
        return (id, recipients)
    }

    private func receivers(_ topic: TopicState, _ now: UInt64) -> [GossipPeer] {
        func isFit(_ peer: GossipPeer) -> Bool { scores.score(peer.id, now: now) >= configuration.thresholds.publish }
        if configuration.floodPublish { return topic.subscribers.filter(isFit) }
        var chosen = topic.subscribers.filter { $0.outbound == .floodsub && isFit($0) }
        if !topic.mesh.isEmpty {
            return chosen + topic.mesh.filter { $0.outbound != .floodsub || !isSubscribed($0, topic) }
        }
        if topic.fanout.isEmpty {
            topic.fanout = Array(topic.subscribers.filter { $0.isMeshable && isFit($0) }.shuffled(using: &random).prefix(configuration.meshDegree))
        }
        topic.fanoutPublished = now
        chosen += topic.fanout
        return chosen
    }

    private func isSubscribed(_ peer: GossipPeer, _ topic: TopicState) -> Bool { peer.subscriptions & (1 << UInt64(topic.index)) != 0 }
}
