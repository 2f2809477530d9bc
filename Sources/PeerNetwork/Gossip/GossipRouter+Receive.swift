import Compression
public import PeerIdentity

extension GossipRouter {
    /// Bytes of the peer's stream to us, in any cut.
    public func received(_ bytes: ArraySlice<UInt8>, from id: PeerID, now: UInt64) {
        guard let peer = peers[id], !peer.isCut else { return }
        clock = now
        counters.bytesIn += bytes.count
        partialBytes -= peer.reader.count
        peer.reader.append(bytes)
        do {
            while !peer.isCut, let frame = try peer.reader.next() {
                peer.frameSince = nil
                counters.framesIn += 1
                handle(frame, from: peer, now)
            }
        } catch {
            cut(peer, "\(error)")
            peer.reader = FrameReader(limit: configuration.maxFrame)
        }
        peer.reader.settle()
        guard peers[id] === peer else { return }
        partialBytes += peer.reader.count
        if peer.reader.count == 0 { peer.frameSince = nil } else if peer.frameSince == nil { peer.frameSince = now }
        if partialBytes > configuration.maxPartialBytes, let largest = peerList.max(by: { $0.reader.count < $1.reader.count }) {
            partialBytes -= largest.reader.count
            largest.reader = FrameReader(limit: configuration.maxFrame)
            cut(largest, "too many unfinished frames: \(configuration.maxPartialBytes) bytes allowed for all peers")
        }
    }

    private func handle(_ frame: ArraySlice<UInt8>, from peer: GossipPeer, _ now: UInt64) {
        guard isListenedTo(peer, now) else {
            counters.graylisted += 1
            return useless(peer)
        }
        let rpc: GossipRPC
        do { rpc = try GossipRPC(frame, limits: configuration.rpc) } catch {
            // The reference only logs it. No honest peer sends such a thing, and it costs us time.
            counters.malformed += 1
            scores.penalise(peer.id, by: 1)
            return useless(peer)
        }
        for subscription in rpc.subscriptions { handle(subscription, from: peer) }
        for message in rpc.messages { handle(message, from: peer, now) }
        if let control = rpc.control { handle(control, from: peer, now) }
    }

    /// Frames that nothing can be done with are cheap to send and not free to read.
    func useless(_ peer: GossipPeer, weight: Int = 1) {
        peer.uselessFrames += weight
        if peer.uselessFrames > configuration.maxUselessFrames { cut(peer, "more than \(configuration.maxUselessFrames) frames of no use within a heartbeat") }
    }

    /// A peer in good standing is taken at its word for a second or 128 RPCs.
    private func isListenedTo(_ peer: GossipPeer, _ now: UInt64) -> Bool {
        if peer.trusted.left > 0, peer.trusted.until >= now {
            peer.trusted.left -= 1
            return true
        }
        let score = scores.score(peer.id, now: now)
        peer.trusted = score >= 0 ? (128, now + 1000) : (0, 0)
        return score >= configuration.thresholds.graylist
    }

    func topic(named name: ArraySlice<UInt8>) -> TopicState? { topics.first { $0.name.count == name.count && $0.name.elementsEqual(name) } }

    private func handle(_ subscription: GossipRPC.Subscription, from peer: GossipPeer) {
        guard let name = subscription.topic, let topic = topic(named: name) else { return }
        let bit = UInt64(1) << UInt64(topic.index)
        if subscription.subscribes == true {
            guard peer.subscriptions & bit == 0 else { return }
            peer.subscriptions |= bit
            topic.subscribers.append(peer)
        } else {
            guard peer.subscriptions & bit != 0 else { return }
            peer.subscriptions &= ~bit
            topic.subscribers.drop(peer)
        }
    }

    // MARK: Messages

    private func handle(_ message: GossipRPC.Message, from peer: GossipPeer, _ now: UInt64) {
        guard let topic = topic(named: message.topic), topic.isJoined else {
            counters.uninteresting += 1
            return
        }
        let data = message.data ?? []
        if let known = cache.find(topic: topic.index, data) { return duplicate(known.id, topic, peer, now) }
        guard !message.breaksSignaturePolicy else { return invalid(topic, peer) }
        guard pendingMessages < configuration.maxPendingMessages, pendingBytes + data.count <= configuration.maxPendingBytes,
            peer.pendingMessages < configuration.maxPendingMessagesOfPeer, peer.pendingBytes + data.count <= configuration.maxPendingBytesOfPeer
        else {
            // Not marked as seen: it may come again when there is room.
            counters.overload += 1
            return
        }
        var payload: [UInt8] = []
        if !data.isEmpty {
            guard let unpacked = try? Snappy.decompress(data, limit: topic.maximumPayload) else { return invalid(topic, peer) }
            payload = unpacked
        }
        let id = MessageID(topic: topic.name, payload: payload)
        guard seen.insert(id, now: now) else { return duplicate(id, topic, peer, now) }
        scores.validating(id, now: now)
        promises.fulfil(id)
        counters.delivered += 1
        let (frame, range) = GossipFrame.message(topic: topic.name, data: data)
        let cached = CachedMessage(id: id, topic: topic.index, frame: frame, data: range, sender: peer.id, isValidated: false)
        pendingMessages += 1
        pendingBytes += range.count
        peer.pendingMessages += 1
        peer.pendingBytes += range.count
        for lost in cache.insert(cached) { settle(lost) }
        outputs.append(.validate(GossipDelivery(id: id, topic: topic.index, payload: payload, sender: peer.id)))
    }

    private func invalid(_ topic: TopicState, _ peer: GossipPeer) {
        counters.invalid += 1
        scores.rejectUnnamed(from: peer.id, topic.index)
    }

    private func duplicate(_ id: MessageID, _ topic: TopicState, _ peer: GossipPeer, _ now: UInt64) {
        counters.duplicates += 1
        scores.duplicate(id, from: peer.id, topic.index, now: now)
        promises.fulfil(id)
        guard let known = cache[id], !known.isValidated, !known.alsoFrom.contains(peer.id) else { return }
        known.alsoFrom.append(peer.id)
    }

    // MARK: Verdicts

    /// What a delivered message was found to be. False when it has come too late, or is the second one.
    @discardableResult
    public func report(_ id: MessageID, from sender: PeerID, _ acceptance: GossipAcceptance, now: UInt64) -> Bool {
        guard let message = cache[id], !message.isValidated, message.sender == sender else {
            counters.lateVerdicts += 1
            return false
        }
        clock = now
        settle(message)
        switch acceptance {
        case .accept:
            counters.accepted += 1
            message.isValidated = true
            // Twice, as the reference's router does it: a first delivery counts double in P2 and P3.
            scores.deliver(id, from: sender, message.topic, now: now)
            scores.deliver(id, from: sender, message.topic, now: now)
            forward(message, now)
            message.alsoFrom = []
        case .ignore:
            counters.ignored += 1
            _ = cache.remove(id)
            scores.ignore(id, now: now)
        case .reject:
            counters.rejected += 1
            _ = cache.remove(id)
            scores.reject(id, from: sender, message.topic, now: now)
        }
        return true
    }

    /// The message's verdict is no longer awaited.
    func settle(_ message: CachedMessage) {
        guard !message.isValidated, let sender = message.sender else { return }
        pendingMessages -= 1
        pendingBytes -= message.data.count
        guard let peer = peers[sender], peer.pendingMessages > 0 else { return }
        peer.pendingMessages -= 1
        peer.pendingBytes -= min(message.data.count, peer.pendingBytes)
    }

    private func forward(_ message: CachedMessage, _ now: UInt64) {
        let topic = topics[message.topic]
        func isToGet(_ peer: GossipPeer) -> Bool { peer.id != message.sender && !message.alsoFrom.contains(peer.id) }
        for peer in topic.mesh where isToGet(peer) { if send(message.frame, to: peer) { counters.forwarded += 1 } }
        for peer in topic.subscribers where peer.outbound == .floodsub && isToGet(peer) && !topic.isInMesh(peer) {
            guard scores.score(peer.id, now: now) >= configuration.thresholds.publish else { continue }
            if send(message.frame, to: peer) { counters.forwarded += 1 }
        }
    }
}
