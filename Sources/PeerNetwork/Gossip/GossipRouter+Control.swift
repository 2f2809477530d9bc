import PeerIdentity

extension GossipRouter {
    func handle(_ control: GossipRPC.Control, from peer: GossipPeer, _ now: UInt64) {
        if !control.ihave.isEmpty { handleIHave(control.ihave, peer, now) }
        if !control.iwant.isEmpty { handleIWant(control.iwant, peer, now) }
        if !control.graft.isEmpty { handleGraft(control.graft, peer, now) }
        if !control.prune.isEmpty { handlePrune(control.prune, peer, now) }
    }

    // MARK: IHAVE, IWANT

    private func handleIHave(_ entries: [GossipRPC.IHave], _ peer: GossipPeer, _ now: UInt64) {
        counters.ihaveIn += 1
        guard scores.score(peer.id, now: now) >= configuration.thresholds.gossip else { return }
        peer.ihaveFrames += 1
        guard peer.ihaveFrames <= configuration.maxIHaveFrames, peer.asked < configuration.maxIHaveIDs else { return }
        var wanted: [MessageID] = []
        var listed: Set<MessageID> = []
        for entry in entries {
            guard let name = entry.topic, let topic = topic(named: name), topic.isJoined else { continue }
            for id in entry.ids where !seen.contains(id) && listed.insert(id).inserted { wanted.append(id) }
        }
        guard !wanted.isEmpty else { return }
        wanted.shuffle(using: &random)
        let asked = wanted.prefix(configuration.maxIHaveIDs - peer.asked)
        peer.asked += asked.count
        counters.asked += asked.count
        var sent: [MessageID] = []
        for start in stride(from: 0, to: asked.count, by: configuration.idsPerIWant) {
            let part = Array(asked[start..<min(asked.count, start + configuration.idsPerIWant)])
            if send(.iwant(part), to: peer) { sent += part }
        }
        if let watched = sent.randomElement(using: &random) { promises.add(watched, of: peer.id, until: now + configuration.promiseTime) }
    }

    private func handleIWant(_ requests: [[MessageID]], _ peer: GossipPeer, _ now: UInt64) {
        counters.iwantIn += 1
        guard scores.score(peer.id, now: now) >= configuration.thresholds.gossip else { return }
        // Thousands of ids that were not even looked at.
        if peer.iwantIDs > configuration.maxIWantIDs { return useless(peer, weight: 20) }
        var answered: Set<MessageID> = []
        for id in requests.joined() {
            peer.iwantIDs += 1
            guard peer.iwantIDs <= configuration.maxIWantIDs else { return }
            guard let message = cache[id], message.isValidated, message.countRequest(of: peer.id) <= configuration.maxRetransmissions, answered.insert(id).inserted else { continue }
            // A frame each: a common one could be longer than the reference reads.
            if send(message.frame, to: peer) { counters.answered += 1 }
        }
    }

    // MARK: GRAFT, PRUNE

    private func handleGraft(_ grafts: [ArraySlice<UInt8>?], _ peer: GossipPeer, _ now: UInt64) {
        let score = scores.score(peer.id, now: now)
        var refused: [TopicState] = []
        for name in grafts {
            counters.graftIn += 1
            guard let name, let topic = topic(named: name), topic.isJoined, !topic.isInMesh(peer) else { continue }
            if let until = topic.backoff[peer.id], now < until {
                // Sooner than agreed, and all the worse right after the prune.
                scores.penalise(peer.id, by: 1)
                if now + configuration.pruneBackoff < until + configuration.graftFloodThreshold { scores.penalise(peer.id, by: 1) }
                refused.append(topic)
            } else if score < 0 || (topic.mesh.count >= configuration.meshHigh && !peer.isOutbound) {
                // A full mesh takes only peers that we have chosen: it cannot be taken over from outside.
                refused.append(topic)
            } else {
                scores.graft(peer.id, topic.index, now: now)
                topic.mesh.append(peer)
            }
        }
        guard !refused.isEmpty else { return }
        var once: [TopicState] = []
        for topic in refused where !once.contains(where: { $0 === topic }) {
            backOff(peer.id, topic, configuration.pruneBackoff, now)
            once.append(topic)
        }
        send(.mesh(graft: [], prune: once.map { prune(peer, $0, configuration.pruneBackoff, now) }), to: peer)
    }

    private func handlePrune(_ prunes: [GossipRPC.Prune], _ peer: GossipPeer, _ now: UInt64) {
        let score = scores.score(peer.id, now: now)
        for prune in prunes {
            counters.pruneIn += 1
            guard let name = prune.topic, let topic = topic(named: name), topic.isJoined else { continue }
            scores.prune(peer.id, topic.index)
            topic.mesh.drop(peer)
            let seconds = prune.backoff ?? 0
            backOff(peer.id, topic, seconds > 0 ? min(seconds, configuration.maxBackoff / 1000) * 1000 : configuration.pruneBackoff, now)
            if !prune.peers.isEmpty, score >= configuration.thresholds.acceptPeers { suggest(prune.peers, by: peer) }
        }
    }

    /// Takes as many of a peer within a heartbeat as are in one PRUNE: each costs the check of a signature. A record that is
    /// not the suggested peer's own («note 07 §3.6») voids the suggestion.
    private func suggest(_ infos: [GossipRPC.PeerInfo], by peer: GossipPeer) {
        let chosen = infos.shuffled(using: &random).prefix(max(0, configuration.prunePeers - peer.suggested))
        peer.suggested += chosen.count
        let suggested = chosen.compactMap { info -> SuggestedPeer? in
            guard let bytes = info.id, let id = try? PeerID(multihash: bytes), peers[id] == nil else { return nil }
            guard let envelope = info.signedRecord else { return SuggestedPeer(id: id, record: nil) }
            guard let record = try? SignedPeerRecord(envelope: envelope), record.peer == id else {
                counters.recordsRefused += 1
                return nil
            }
            return SuggestedPeer(id: id, record: record)
        }
        if !suggested.isEmpty { outputs.append(.suggest(suggested, by: peer.id)) }
    }

    /// A PRUNE for the peer, who is out of the mesh with it.
    func prune(_ peer: GossipPeer, _ topic: TopicState, _ backoff: UInt64, _ now: UInt64) -> GossipRPC.Prune {
        scores.prune(peer.id, topic.index)
        var prune = GossipRPC.Prune()
        prune.topic = topic.name[...]
        if peer.outbound != .meshsub10 {
            prune.backoff = backoff / 1000
            backOff(peer.id, topic, backoff, now)
        }
        return prune
    }

    /// The peer is not grafted for `time` ms; a longer wait stands.
    func backOff(_ peer: PeerID, _ topic: TopicState, _ time: UInt64, _ now: UInt64) {
        let until = now + time
        guard topic.backoff[peer, default: 0] < until else { return }
        topic.backoff[peer] = until
        guard topic.backoff.count > configuration.maxBackoffs else { return }
        // Who is not connected can be forgotten with the least harm.
        let ranked = topic.backoff.lazy.map { (key: $0.key, rank: (self.peers[$0.key] == nil ? 0 : 1, $0.value)) }
        if let victim = ranked.min(by: { $0.rank < $1.rank }) { topic.backoff[victim.key] = nil }
    }
}
