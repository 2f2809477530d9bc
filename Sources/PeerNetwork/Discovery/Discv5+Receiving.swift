import Ciphers
public import EventLoop
import PeerIdentity
import Signatures

extension Discv5 {
    /// Takes one datagram. Whatever is wrong with it has no effect but a count.
    public func receive(_ datagram: ArraySlice<UInt8>, from socket: SocketAddress, now: UInt64) {
        counters.received += 1
        counters.receivedBytes += UInt64(datagram.count)
        guard let packet = try? DiscoveryPacket(decoding: datagram, for: localID) else {
            counters.malformed += 1
            return
        }
        switch packet.flag {
        case .ordinary: receive(ordinary: packet, from: socket, now: now)
        case .whoAreYou: receive(challenge: packet, from: socket, now: now)
        case .handshake: receive(handshake: packet, from: socket, now: now)
        }
    }

    private func receive(ordinary packet: DiscoveryPacket, from socket: SocketAddress, now: UInt64) {
        guard packet.authdata.count == NodeID.byteCount, let id = NodeID(bytes: packet.authdata), id != localID else {
            counters.malformed += 1
            return
        }
        let address = NodeAddress(id: id, socket: socket)
        guard session(address, now: now) != nil, let opened = sessions.update(address, { $0.open(packet) }) else { return challenge(address, nonce: packet.nonce, now: now) }
        switch opened {
        case .message(let plain):
            let isFirst = sessions.update(address) { session in
                defer { session.isConfirmed = true }
                return !session.isConfirmed
            }
            if isFirst == true, let record = sessions.peek(address)?.record { established(record, at: address, now: now) }
            receive(message: plain, from: address, now: now)
        case .replayed: counters.replayed += 1
        // The session stays until a handshake replaces it: anyone can forge a packet that cannot be read.
        case .unreadable: challenge(address, nonce: packet.nonce, now: now)
        }
    }

    /// Asks an unknown sender who it is. The answer is 63 bytes, never more than what provoked it.
    private func challenge(_ address: NodeAddress, nonce: [UInt8], now: UInt64) {
        guard challengeLimiter.allows(address.socket.ip, now: now) else {
            counters.limited += 1
            return
        }
        let known = sessions.peek(address)?.record ?? table[address.id]?.record
        let authdata = Challenge(idNonce: random.bytes(16, for: .idNonce), recordSequence: known?.sequence ?? 0).authdata
        let packet = DiscoveryPacket(flag: .whoAreYou, nonce: nonce, authdata: authdata, maskingIV: random.bytes(16, for: .maskingIV))
        var sent = (challenges.peek(address) ?? []).filter { $0.until > now }
        // The first two stay: they are the honest sender's as likely as the last.
        if sent.count == 3 { sent.removeLast() }
        sent.append(SentChallenge(data: packet.header, record: known, until: now + configuration.challengeNanos))
        challenges.set(address, sent)
        counters.challengesSent += 1
        send(packet, to: address)
    }

    private func receive(handshake packet: DiscoveryPacket, from socket: SocketAddress, now: UInt64) {
        guard let handshake = try? Handshake(authdata: packet.authdata), handshake.source != localID else {
            counters.malformed += 1
            return
        }
        let address = NodeAddress(id: handshake.source, socket: socket)
        // Without a challenge of ours there is nothing to compute.
        guard let sent = challenges.peek(address)?.filter({ $0.until > now }), !sent.isEmpty else {
            counters.handshakesRefused += 1
            return
        }
        guard handshakeLimiter.allows(socket.ip, now: now) else {
            counters.limited += 1
            return
        }
        var known = sent.last { $0.record != nil }?.record
        if !handshake.record.isEmpty, let given = try? verify(handshake.record), given.nodeID == address.id, given.sequence >= known?.sequence ?? 0 { known = given }
        guard let known, let secret = key.key.sharedPoint(with: handshake.ephemeralKey) else {
            counters.handshakesRefused += 1
            return
        }
        let header = packet.header
        for challenge in sent.reversed() {
            // The message's tag is cheaper to check than the signature, and as telling of which challenge is answered.
            let keys = SessionKeys(secret: secret, initiator: address.id, recipient: localID, challengeData: challenge.data)
            guard let plain = AES128GCM.open(key: keys.initiator, nonce: packet.nonce, associated: header, packet.message[...]) else { continue }
            guard SessionKeys.verify(handshake.signature, by: known.peerID.publicKey, challengeData: challenge.data, ephemeralKey: handshake.ephemeralKey, recipient: localID) else { break }
            challenges.remove(address)
            let former = sessions.peek(address)?.receiveKey
            sessions.set(address, DiscoverySession(
                sendKey: keys.recipient, receiveKey: keys.initiator, formerReceiveKey: former, record: known, established: now, isConfirmed: true))
            counters.handshakesAccepted += 1
            established(known, at: address, now: now)
            receive(message: plain, from: address, now: now)
            return
        }
        // The challenges stay: a forged answer must not spoil the true one.
        counters.handshakesRefused += 1
    }

    // MARK: Messages

    private func receive(message plain: [UInt8], from address: NodeAddress, now: UInt64) {
        guard let message = try? DiscoveryMessage(decoding: plain[...]) else {
            counters.malformed += 1
            return
        }
        switch message {
        case .pong(let id, let sequence, let own): receivePong(id, sequence: sequence, ownAddress: own, from: address, now: now)
        case .nodes(let id, let total, let records): receiveNodes(id, total: total, records: records, from: address, now: now)
        case .ping(let id, let sequence):
            guard mayAsk(address, now: now) else { return }
            reply(.pong(id, sequence: record.sequence, address.socket), to: address)
            askForRecord(ifNewer: sequence, at: address, now: now)
        case .findNode(let id, let distances):
            guard mayAsk(address, now: now), answerLimiter.allows(address.socket.ip, now: now) else {
                counters.limited += 1
                return
            }
            answer(findNode: id, distances, to: address)
        case .talkRequest(let id, _, _):
            // We speak none of the protocols one could name; the specification wants an empty answer.
            guard mayAsk(address, now: now) else { return }
            reply(.talkResponse(id, []), to: address)
        case .talkResponse, .unknown: break
        }
    }

    private func mayAsk(_ address: NodeAddress, now: UInt64) -> Bool {
        let allowed = requestLimiter.allows(address.socket.ip, now: now)
        if !allowed { counters.limited += 1 }
        return allowed
    }

    private func answer(findNode id: RequestID, _ distances: [Int], to address: NodeAddress) {
        var records: [[UInt8]] = []
        var done: Set<Int> = []
        for distance in distances where (0...256).contains(distance) && done.insert(distance).inserted && records.count < Lookup.resultCount {
            if distance == 0 {
                records.append(record.encoded)
                continue
            }
            for entry in table.entries(atDistance: distance) where (entry.hasAnswered || entry.isPermanent) && records.count < Lookup.resultCount {
                if entry.socket.isPlausible(from: address.socket.ip) { records.append(entry.record.encoded) }
            }
        }
        // Three records below 300 bytes each stay within a packet.
        let total = max(1, (records.count + 2) / 3)
        for part in 0..<total { reply(.nodes(id, total: total, records: Array(records.dropFirst(3 * part).prefix(3))), to: address) }
    }

    private func reply(_ message: DiscoveryMessage, to address: NodeAddress) {
        guard let session = sessions.peek(address) else { return }
        let nonce = random.bytes(12, for: .nonce)
        var packet = DiscoveryPacket(flag: .ordinary, nonce: nonce, authdata: localID.bytes, maskingIV: random.bytes(16, for: .maskingIV))
        packet.message = AES128GCM.seal(key: session.sendKey, nonce: nonce, associated: packet.header, message.encoded[...])
        send(packet, to: address)
    }
}
