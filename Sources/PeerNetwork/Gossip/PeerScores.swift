public import PeerIdentity

/// What is known of a peer's behaviour; counters decay.
final class PeerStatistics {
    struct Topic {
        var isInMesh = false
        var graftTime: UInt64 = 0
        var meshTime: UInt64 = 0
        var firstDeliveries = 0.0
        var meshDeliveries = 0.0
        var meshDeliveriesActive = false
        var meshFailure = 0.0
        var invalid = 0.0
    }

    var isConnected = true
    var expires: UInt64 = 0
    var topics: [Topic]
    var addresses: [String] = []
    var behaviour = 0.0
    var cachedScore = 0.0
    var cachedUntil: UInt64 = 0

    init(topics: Int) { self.topics = Array(repeating: Topic(), count: topics) }
}

/// Scores of peers, P1 to P7 («note 07 §4.5»). Topics go by their place in `topics`. Times are ms of any steady clock.
public final class PeerScores {
    public let parameters: ScoreParameters
    public let topics: [TopicScoreParameters]
    private let applicationScore: (PeerID) -> Double
    private var statistics: [PeerID: PeerStatistics] = [:]
    private var peersByAddress: [String: Set<PeerID>] = [:]
    private var deliveries: DeliveryRecords
    private var retained = 0

    /// `applicationScore`: the peer manager's score of a peer.
    public init(_ parameters: ScoreParameters, topics: [TopicScoreParameters], maxDeliveryRecords: Int = 100_000, applicationScore: @escaping (PeerID) -> Double) {
        self.parameters = parameters
        self.topics = topics
        self.applicationScore = applicationScore
        deliveries = DeliveryRecords(capacity: maxDeliveryRecords)
    }

    /// Peers known, connected or remembered.
    public var count: Int { statistics.count }
    public var deliveryRecordCount: Int { deliveries.count }

    // MARK: Peers

    /// A peer that comes back starts afresh.
    public func add(_ peer: PeerID) {
        let fresh = PeerStatistics(topics: topics.count)
        if let old = statistics[peer] {
            if !old.isConnected { retained -= 1 }
            forgetAddresses(peer, old)
            (fresh.cachedScore, fresh.cachedUntil) = (old.cachedScore, old.cachedUntil)
        }
        statistics[peer] = fresh
    }

    public func add(_ peer: PeerID, address: String) {
        guard let statistics = statistics[peer], !statistics.addresses.contains(address) else { return }
        statistics.addresses.append(address)
        peersByAddress[address, default: []].insert(peer)
    }

    /// A good peer is forgotten; of another the score stays, so that its addresses go on counting.
    public func remove(_ peer: PeerID, now: UInt64) {
        guard let statistics = statistics[peer], statistics.isConnected else { return }
        if score(peer, now: now) > 0 { return forget(peer, statistics) }
        for index in statistics.topics.indices {
            statistics.topics[index].firstDeliveries = 0
            if statistics.topics[index].isInMesh { chargeMissing(&statistics.topics[index], topics[index]) }
            statistics.topics[index].isInMesh = false
            statistics.topics[index].meshDeliveriesActive = false
        }
        statistics.isConnected = false
        statistics.expires = now + parameters.retention
        retained += 1
        if retained > parameters.maxRetained { forgetOldest() }
    }

    private func forget(_ peer: PeerID, _ old: PeerStatistics) {
        if !old.isConnected { retained -= 1 }
        forgetAddresses(peer, old)
        statistics[peer] = nil
    }

    private func forgetOldest() {
        guard let oldest = statistics.lazy.filter({ !$0.value.isConnected }).min(by: { $0.value.expires < $1.value.expires }) else { return }
        forget(oldest.key, oldest.value)
    }

    private func forgetAddresses(_ peer: PeerID, _ old: PeerStatistics) {
        for address in old.addresses {
            peersByAddress[address]?.remove(peer)
            if peersByAddress[address]?.isEmpty == true { peersByAddress[address] = nil }
        }
        old.addresses = []
    }

    // MARK: Score

    /// 0 for a peer that is not known.
    public func score(_ peer: PeerID, now: UInt64) -> Double {
        guard let statistics = statistics[peer] else { return 0 }
        if statistics.cachedUntil > now { return statistics.cachedScore }
        statistics.cachedScore = compute(peer, statistics)
        statistics.cachedUntil = now + parameters.cacheTime
        return statistics.cachedScore
    }

    private func compute(_ peer: PeerID, _ statistics: PeerStatistics) -> Double {
        var score = 0.0
        for (topic, parameters) in zip(statistics.topics, topics) { score += Self.score(topic, parameters) * parameters.weight }
        if parameters.topicScoreCap > 0 { score = min(score, parameters.topicScoreCap) }
        score += applicationScore(peer) * parameters.applicationWeight
        for address in statistics.addresses {
            let surplus = (peersByAddress[address]?.count ?? 0) - parameters.colocationThreshold
            if surplus > 0 { score += Double(surplus * surplus) * parameters.colocationWeight }
        }
        let excess = statistics.behaviour - parameters.behaviourThreshold
        if excess > 0 { score += excess * excess * parameters.behaviourWeight }
        return score
    }

    private static func score(_ topic: PeerStatistics.Topic, _ parameters: TopicScoreParameters) -> Double {
        var score = 0.0
        if topic.isInMesh { score += min(Double(topic.meshTime) / parameters.timeInMeshQuantum, parameters.timeInMeshCap) * parameters.timeInMeshWeight }
        score += min(topic.firstDeliveries, parameters.firstDeliveriesCap) * parameters.firstDeliveriesWeight
        if topic.meshDeliveriesActive, topic.meshDeliveries < parameters.meshDeliveriesThreshold {
            let missing = parameters.meshDeliveriesThreshold - topic.meshDeliveries
            score += missing * missing * parameters.meshDeliveriesWeight
        }
        score += topic.meshFailure * parameters.meshFailureWeight
        score += topic.invalid * topic.invalid * parameters.invalidWeight
        return score
    }

    /// Once every `decayInterval`: counters decay, times in the mesh advance, old records go. Who is away does not decay.
    public func refresh(now: UInt64) {
        var expired: [PeerID] = []
        let zero = parameters.decayToZero
        func decay(_ counter: inout Double, _ factor: Double) {
            counter *= factor
            if counter < zero { counter = 0 }
        }
        for (peer, statistics) in statistics {
            guard statistics.isConnected else {
                if now > statistics.expires { expired.append(peer) }
                continue
            }
            for index in statistics.topics.indices {
                let parameters = topics[index]
                decay(&statistics.topics[index].firstDeliveries, parameters.firstDeliveriesDecay)
                decay(&statistics.topics[index].meshDeliveries, parameters.meshDeliveriesDecay)
                decay(&statistics.topics[index].meshFailure, parameters.meshFailureDecay)
                decay(&statistics.topics[index].invalid, parameters.invalidDecay)
                guard statistics.topics[index].isInMesh else { continue }
                let time = now - min(now, statistics.topics[index].graftTime)
                statistics.topics[index].meshTime = time
                if time > parameters.meshDeliveriesActivation { statistics.topics[index].meshDeliveriesActive = true }
            }
            decay(&statistics.behaviour, parameters.behaviourDecay)
        }
        for peer in expired { if let statistics = statistics[peer] { forget(peer, statistics) } }
        deliveries.prune(now: now)
    }

    // MARK: Mesh and behaviour

    public func penalise(_ peer: PeerID, by points: Double) { statistics[peer]?.behaviour += points }

    public func graft(_ peer: PeerID, _ topic: Int, now: UInt64) {
        guard let statistics = statistics[peer] else { return }
        statistics.topics[topic].isInMesh = true
        statistics.topics[topic].graftTime = now
        statistics.topics[topic].meshTime = 0
        statistics.topics[topic].meshDeliveriesActive = false
    }

    public func prune(_ peer: PeerID, _ topic: Int) {
        guard let statistics = statistics[peer] else { return }
        chargeMissing(&statistics.topics[topic], topics[topic])
        statistics.topics[topic].meshDeliveriesActive = false
        statistics.topics[topic].isInMesh = false
    }

    private func chargeMissing(_ topic: inout PeerStatistics.Topic, _ parameters: TopicScoreParameters) {
        guard topic.meshDeliveriesActive, topic.meshDeliveries < parameters.meshDeliveriesThreshold else { return }
        let missing = parameters.meshDeliveriesThreshold - topic.meshDeliveries
        topic.meshFailure += missing * missing
    }

    // MARK: Messages

    /// A new message is being validated.
    public func validating(_ id: MessageID, now: UInt64) { deliveries.ensure(id, now: now) }

    /// A message that cannot even be named: malformed, or signed.
    public func rejectUnnamed(from peer: PeerID, _ topic: Int) { statistics[peer]?.topics[topic].invalid += 1 }

    public func deliver(_ id: MessageID, from peer: PeerID, _ topic: Int, now: UInt64) {
        markFirst(peer, topic)
        let others = deliveries.update(id, now: now) { record -> [PeerID] in
            guard record.status == .unknown else { return [] }
            record.status = .valid
            record.validated = now
            return record.peers
        }
        for other in others where other != peer { markDuplicate(other, topic) }
    }

    public func reject(_ id: MessageID, from peer: PeerID, _ topic: Int, now: UInt64) {
        let blamed = deliveries.update(id, now: now) { record -> [PeerID]? in
            guard record.status == .unknown else { return nil }
            record.status = .invalid
            defer { record.peers = [] }
            return record.peers
        }
        guard let blamed else { return }
        rejectUnnamed(from: peer, topic)
        for other in blamed { rejectUnnamed(from: other, topic) }
    }

    public func ignore(_ id: MessageID, now: UInt64) {
        deliveries.update(id, now: now) { record in
            guard record.status == .unknown else { return }
            record.status = .ignored
            record.peers = []
        }
    }

    public func duplicate(_ id: MessageID, from peer: PeerID, _ topic: Int, now: UInt64) {
        enum Consequence { case none, invalid, delivered(at: UInt64) }
        let consequence = deliveries.update(id, now: now) { record -> Consequence in
            guard !record.peers.contains(peer) else { return .none }
            switch record.status {
            case .unknown:
                record.peers.append(peer)
                return .none
            case .valid:
                record.peers.append(peer)
                return .delivered(at: record.validated)
            case .invalid: return .invalid
            case .ignored: return .none
            }
        }
        switch consequence {
        case .none: break
        case .invalid: rejectUnnamed(from: peer, topic)
        case .delivered(let time): if now - min(now, time) <= topics[topic].meshDeliveriesWindow { markDuplicate(peer, topic) }
        }
    }

    private func markFirst(_ peer: PeerID, _ topic: Int) {
        guard let statistics = statistics[peer] else { return }
        statistics.topics[topic].firstDeliveries = min(topics[topic].firstDeliveriesCap, statistics.topics[topic].firstDeliveries + 1)
        markDuplicate(peer, topic)
    }

    private func markDuplicate(_ peer: PeerID, _ topic: Int) {
        guard let statistics = statistics[peer], statistics.topics[topic].isInMesh else { return }
        statistics.topics[topic].meshDeliveries = min(topics[topic].meshDeliveriesCap, statistics.topics[topic].meshDeliveries + 1)
    }
}
