import PeerIdentity

extension GossipRouter {
    /// What one heartbeat has to tell the peers.
    private struct Round {
        var grafts: [(peer: GossipPeer, topics: [TopicState])] = []
        var prunes: [(peer: GossipPeer, topics: [TopicState])] = []

        static func add(_ peer: GossipPeer, _ topic: TopicState, to list: inout [(peer: GossipPeer, topics: [TopicState])]) {
            if let index = list.firstIndex(where: { $0.peer === peer }) { list[index].topics.append(topic) } else { list.append((peer, [topic])) }
        }
    }

    /// To be called every `configuration.heartbeat` ms, first after `firstHeartbeat`.
    public func heartbeat(now: UInt64) {
        clock = now
        ticks += 1
        if ticks % configuration.backoffCleanupTicks == 0 { clearBackoffs(now) }
        for peer in peerList {
            peer.ihaveFrames = 0
            peer.asked = 0
            peer.iwantIDs = 0
            peer.uselessFrames = 0
            peer.suggested = 0
        }
        for broken in promises.takeBroken(now: now) {
            counters.brokenPromises += broken.count
            scores.penalise(broken.peer, by: Double(broken.count))
        }
        seen.prune(now: now)
        cutTheStuck(now)

        var round = Round()
        for topic in topics where topic.isJoined { maintain(topic, &round, now) }
        for topic in topics where !topic.isJoined && topic.fanoutPublished != nil { maintainFanout(topic, now) }
        tell(round, now)
        for lost in cache.shift() { settle(lost) }
    }

    /// To be called every `configuration.scores.decayInterval` ms.
    public func decayScores(now: UInt64) { scores.refresh(now: now) }

    private func clearBackoffs(_ now: UInt64) {
        // A heartbeat's slack, for peers whose clock runs slower.
        for topic in topics { topic.backoff = topic.backoff.filter { $0.value + configuration.heartbeat >= now } }
    }

    /// Peers that take nothing, or never end a frame.
    private func cutTheStuck(_ now: UInt64) {
        for peer in peerList {
            if !peer.outbox.isEmpty, peer.lastTaken < now, now - peer.lastTaken > configuration.stallTime {
                cut(peer, "has taken nothing for \(configuration.stallTime / 1000) s, \(peer.outbox.bytes) bytes waiting")
            }
            // Bytes received may be counted as milliseconds: 64 KiB each second, that is some 64 a millisecond.
            if let since = peer.frameSince, now > since, now - since > configuration.frameTime + UInt64(peer.reader.count / 64) {
                cut(peer, "one frame takes longer than \(configuration.frameTime / 1000) s")
            }
        }
    }

    // MARK: Mesh

    private func maintain(_ topic: TopicState, _ round: inout Round, _ now: UInt64) {
        let scored = Dictionary(uniqueKeysWithValues: topic.subscribers.map { (ObjectIdentifier($0), scores.score($0.id, now: now)) })
        func score(_ peer: GossipPeer) -> Double { scored[ObjectIdentifier(peer)] ?? scores.score(peer.id, now: now) }
        let outsiders = topic.subscribers.filter { $0.isMeshable && !topic.isInMesh($0) }.shuffled(using: &random)
        var candidates = outsiders.filter { topic.backoff[$0.id] == nil && score($0) >= 0 }
        var listeners = outsiders.filter { score($0) >= configuration.thresholds.gossip }

        func leave(_ peer: GossipPeer) {
            backOff(peer.id, topic, configuration.pruneBackoff, now)
            topic.mesh.drop(peer)
            if score(peer) >= configuration.thresholds.gossip { listeners.append(peer) }
            Round.add(peer, topic, to: &round.prunes)
        }
        func join(_ peer: GossipPeer) {
            scores.graft(peer.id, topic.index, now: now)
            topic.mesh.append(peer)
            candidates.drop(peer)
            listeners.drop(peer)
            Round.add(peer, topic, to: &round.grafts)
        }

        for peer in topic.mesh where score(peer) < 0 { leave(peer) }
        if topic.mesh.count < configuration.meshLow {
            for peer in candidates.prefix(max(0, configuration.meshDegree - topic.mesh.count)) { join(peer) }
        }
        if topic.mesh.count > configuration.meshHigh {
            for peer in surplus(topic.mesh, score) { leave(peer) }
        }
        if topic.mesh.count >= configuration.meshLow {
            let missing = configuration.meshOutbound - topic.mesh.count(where: \.isOutbound)
            if missing > 0 { for peer in candidates.filter(\.isOutbound).prefix(missing) { join(peer) } }
        }
        if ticks % configuration.opportunisticGraftTicks == 0, topic.mesh.count > 1 {
            let median = topic.mesh.map(score).sorted()[topic.mesh.count / 2]
            if median < configuration.thresholds.opportunisticGraft {
                for peer in candidates.filter({ score($0) > median }).prefix(configuration.opportunisticGraftPeers) { join(peer) }
            }
        }
        offer(topic, to: listeners)
    }

    /// Who has to leave a mesh that is too large: the best by score stay, then chance decides, as long as enough stay that we dialled.
    private func surplus(_ mesh: [GossipPeer], _ score: (GossipPeer) -> Double) -> ArraySlice<GossipPeer> {
        let ranked = mesh.sorted { score($0) > score($1) }
        let ordered = ranked.prefix(configuration.meshByScore) + ranked.dropFirst(configuration.meshByScore).shuffled(using: &random)
        var order = Array(ordered)
        let kept = configuration.meshDegree
        let missing = configuration.meshOutbound - order.prefix(kept).count(where: \.isOutbound)
        if missing > 0 {
            // Those already in go to the front first, so that they are not pushed out by the others.
            let inside = order.prefix(kept).filter(\.isOutbound)
            let outside = order.dropFirst(kept).filter(\.isOutbound).prefix(missing)
            let front = Array(outside) + inside
            order = front + order.filter { peer in !front.contains { $0 === peer } }
        }
        return order.dropFirst(kept)
    }

    private func maintainFanout(_ topic: TopicState, _ now: UInt64) {
        guard let published = topic.fanoutPublished, published + configuration.fanoutLifetime >= now else {
            topic.fanout = []
            topic.fanoutPublished = nil
            return
        }
        let bit = UInt64(1) << UInt64(topic.index)
        topic.fanout.removeAll { $0.subscriptions & bit == 0 || scores.score($0.id, now: now) < configuration.thresholds.publish }
        let outsiders = topic.subscribers.filter { peer in peer.isMeshable && !topic.fanout.contains { $0 === peer } }.shuffled(using: &random)
        let missing = max(0, configuration.meshDegree - topic.fanout.count)
        let added = outsiders.filter { scores.score($0.id, now: now) >= configuration.thresholds.publish }.prefix(missing)
        topic.fanout += added
        offer(topic, to: outsiders.filter { peer in
            scores.score(peer.id, now: now) >= configuration.thresholds.gossip && !added.contains { $0 === peer }
        })
    }

    // MARK: Telling

    /// IHAVE to some of the peers that are not in the mesh.
    private func offer(_ topic: TopicState, to listeners: [GossipPeer]) {
        var ids = cache.gossip(topic: topic.index)
        guard !ids.isEmpty, !listeners.isEmpty else { return }
        ids.shuffle(using: &random)
        let target = max(configuration.lazyDegree, Int(configuration.gossipFactor * Double(listeners.count)))
        let chosen = target < listeners.count ? Array(listeners.shuffled(using: &random).prefix(target)) : listeners
        if ids.count <= configuration.maxIHaveIDs {
            let frame = GossipFrame.ihave(topic.name, ids)
            for peer in chosen { send(frame, to: peer) }
        } else {
            // Other ids for each, so that together they hear of all.
            for peer in chosen { send(.ihave(topic.name, Array(ids.shuffled(using: &random).prefix(configuration.maxIHaveIDs))), to: peer) }
        }
    }

    private func tell(_ round: Round, _ now: UInt64) {
        func prunes(_ peer: GossipPeer, _ topics: [TopicState]) -> [GossipRPC.Prune] { topics.map { prune(peer, $0, configuration.pruneBackoff, now) } }
        for (peer, topics) in round.grafts {
            let pruned = round.prunes.first { $0.peer === peer }?.topics ?? []
            send(.mesh(graft: topics.map(\.name), prune: prunes(peer, pruned)), to: peer)
        }
        for (peer, topics) in round.prunes where !round.grafts.contains(where: { $0.peer === peer }) {
            send(.mesh(graft: [], prune: prunes(peer, topics)), to: peer)
        }
    }
}
