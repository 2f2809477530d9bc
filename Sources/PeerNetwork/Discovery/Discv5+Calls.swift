import Ciphers
import EventLoop
public import PeerIdentity
import Signatures

extension Discv5 {
    // MARK: Asking

    /// Asks a node whether it is there; an event with the returned number follows. Nil if we cannot reach or may not ask it.
    public func ping(_ target: ENR, now: UInt64) -> UInt64? {
        guard let socket = contact(target) else { return nil }
        return call(target, at: socket, for: .caller, now: now) { .ping($0, sequence: record.sequence) }
    }

    /// Asks a node for the records it has at distances from itself.
    public func findNode(_ target: ENR, distances: [Int], now: UInt64) -> UInt64? {
        guard let socket = contact(target) else { return nil }
        return call(target, at: socket, for: .caller, distances: distances, now: now) { .findNode($0, distances: distances) }
    }

    /// Searches for the nodes nearest to `target`, by default a random one. Nil if too many lookups run.
    public func startLookup(_ target: NodeID? = nil, now: UInt64) -> UInt64? {
        guard lookups.count < configuration.limits.lookups else { return nil }
        let target = target ?? NodeID(bytes: random.bytes(NodeID.byteCount, for: .other))!
        let number = nextNumber()
        let seeds = table.closest(to: target, count: Lookup.resultCount).map(\.record)
        lookups[number] = Lookup(target: target, localID: localID, deadline: now + configuration.lookupNanos, parallelism: configuration.parallelism, seeds: seeds)
        advanceLookup(number, now: now)
        return number
    }

    func advanceLookup(_ number: UInt64, now: UInt64) {
        guard let target = lookups[number]?.target else { return }
        while let asked = lookups[number]?.next(), !asked.isEmpty {
            for node in asked {
                let distances = Lookup.distances(from: node.nodeID, to: target)
                let isCalled = contact(node).flatMap { socket in
                    call(node, at: socket, for: .lookup(number), distances: distances, now: now) { .findNode($0, distances: distances) }
                } != nil
                if !isCalled { lookups[number]?.set(node.nodeID, .failed) }
            }
        }
        if lookups[number]?.isFinished(now: now) == true { finishLookup(number) }
    }

    func finishLookup(_ number: UInt64) {
        guard let lookup = lookups.removeValue(forKey: number) else { return }
        output.events.append(.lookupFinished(lookup: number, lookup.result))
    }

    /// Sends a request, or has it wait for the one under way to the same node. Nil if there are too many.
    @discardableResult
    func call(_ target: ENR, at socket: SocketAddress, for purpose: Call.Purpose, distances: [Int] = [], now: UInt64, _ message: (RequestID) -> DiscoveryMessage) -> UInt64? {
        let address = NodeAddress(id: target.nodeID, socket: socket)
        guard target.nodeID != localID else { return nil }
        // The first byte is not zero: the reference drops leading zeros, and some compare bytes.
        var idBytes = random.bytes(8, for: .requestID)
        if idBytes[0] == 0 { idBytes[0] = 1 }
        let id = RequestID(bytes: idBytes)!
        let call = Call(number: nextNumber(), purpose: purpose, record: target, address: address, message: message(id), id: id, distances: Set(distances))
        if calls[address] != nil {
            guard queued[address, default: []].count < configuration.limits.queuedPerNode else { return nil }
            queued[address, default: []].append(call)
        } else {
            guard calls.count < configuration.limits.calls else { return nil }
            transmit(call, now: now)
        }
        return call.number
    }

    private func transmit(_ call: Call, now: UInt64) {
        var call = call
        call.deadline = now + configuration.requestNanos
        call.nonce = random.bytes(12, for: .nonce)
        let maskingIV = random.bytes(16, for: .maskingIV)
        var packet = DiscoveryPacket(flag: .ordinary, nonce: call.nonce, authdata: localID.bytes, maskingIV: maskingIV)
        if let session = session(call.address, now: now) {
            packet.message = AES128GCM.seal(key: session.sendKey, nonce: call.nonce, associated: packet.header, call.message.encoded[...])
        } else {
            // No session: the request itself goes with the handshake.
            packet.message = random.bytes(44, for: .filler)
        }
        calls[call.address] = call
        callsByNonce[call.nonce] = call.address
        send(packet, to: call.address)
    }

    func session(_ address: NodeAddress, now: UInt64) -> DiscoverySession? {
        guard let session = sessions.use(address) else { return nil }
        guard now < session.established + configuration.sessionNanos else {
            sessions.remove(address)
            return nil
        }
        return session
    }

    /// A node answers our request by asking who we are.
    func receive(challenge packet: DiscoveryPacket, from socket: SocketAddress, now: UInt64) {
        guard let address = callsByNonce[packet.nonce], address.socket == socket, var call = calls[address], !call.hasHandshaken,
            let challenge = try? Challenge(authdata: packet.authdata)
        else {
            counters.malformed += 1
            return
        }
        let challengeData = packet.header
        var ephemeral: Secp256k1.PrivateKey?
        while ephemeral == nil { ephemeral = try? Secp256k1.PrivateKey(random.bytes(32, for: .ephemeralKey)) }
        guard let ephemeral, let secret = ephemeral.sharedPoint(with: call.record.peerID.publicKey) else { return }
        let keys = SessionKeys(secret: secret, initiator: localID, recipient: address.id, challengeData: challengeData)
        let ephemeralKey = ephemeral.compressedPublicKey
        let handshake = Handshake(
            source: localID, signature: SessionKeys.identitySignature(key.key, challengeData: challengeData, ephemeralKey: ephemeralKey, recipient: address.id),
            ephemeralKey: ephemeralKey, record: challenge.recordSequence < record.sequence ? record.encoded : [])
        callsByNonce[call.nonce] = nil
        call.nonce = random.bytes(12, for: .nonce)
        call.hasHandshaken = true
        calls[address] = call
        callsByNonce[call.nonce] = address
        let former = sessions.peek(address)?.receiveKey
        sessions.set(address, DiscoverySession(
            sendKey: keys.initiator, receiveKey: keys.recipient, formerReceiveKey: former, record: call.record, established: now, isConfirmed: false))
        var reply = DiscoveryPacket(flag: .handshake, nonce: call.nonce, authdata: handshake.authdata, maskingIV: random.bytes(16, for: .maskingIV))
        reply.message = AES128GCM.seal(key: keys.initiator, nonce: call.nonce, associated: reply.header, call.message.encoded[...])
        send(reply, to: address)
    }

    // MARK: Answers

    /// Takes the call that an answer belongs to out, if the answer was asked for.
    private func answered(_ id: RequestID, by address: NodeAddress) -> Call? {
        guard let call = calls[address], call.id.number == id.number else { return nil }
        return call
    }

    func receivePong(_ id: RequestID, sequence: UInt64, ownAddress: SocketAddress, from address: NodeAddress, now: UInt64) {
        guard let call = answered(id, by: address), case .ping = call.message else { return }
        table.seen(address.id, now: now)
        countVote(ownAddress, by: address.socket)
        if call.purpose == .caller { output.events.append(.ponged(call: call.number, sequence: sequence, ownAddress: ownAddress)) }
        finish(call, now: now)
        askForRecord(ifNewer: sequence, at: address, now: now)
    }

    /// Asks a node for its record if it says that it has a newer one.
    func askForRecord(ifNewer sequence: UInt64, at address: NodeAddress, now: UInt64) {
        guard let session = sessions.peek(address), sequence > session.record.sequence else { return }
        let isAsked = [calls[address]].compactMap(\.self) + queued[address, default: []]
        guard !isAsked.contains(where: { $0.purpose == .recordUpdate }) else { return }
        call(session.record, at: address.socket, for: .recordUpdate, distances: [0], now: now) { .findNode($0, distances: [0]) }
    }

    func receiveNodes(_ id: RequestID, total: Int, records: [[UInt8]], from address: NodeAddress, now: UInt64) {
        guard var call = answered(id, by: address), case .findNode = call.message else { return }
        table.seen(address.id, now: now)
        call.packets += 1
        for bytes in records.prefix(Lookup.resultCount - call.found.count) {
            guard let found = try? verify(bytes), call.distances.contains(found.nodeID.distance(to: address.id)), isPlausible(found, from: address.socket.ip),
                !call.found.contains(where: { $0.nodeID == found.nodeID })
            else {
                counters.recordsRefused += 1
                continue
            }
            call.found.append(found)
            guard found.nodeID != localID else { continue }
            if found.nodeID == address.id {
                renewed(found, at: address)
            } else if let entry = table[found.nodeID], entry.socket == contact(found) {
                table.replace(found, at: entry.socket)
            }
            report(found)
        }
        calls[address] = call
        // The reference sends up to 6 packets.
        if call.packets >= min(total, 6) || call.found.count >= Lookup.resultCount { finish(call, now: now) }
    }

    private func isPlausible(_ found: ENR, from source: IPAddress) -> Bool {
        [found.udp4Socket, found.udp6Socket, found.tcpSocket].allSatisfy { $0?.isPlausible(from: source) ?? true }
    }

    private func finish(_ call: Call, now: UInt64) {
        calls[call.address] = nil
        callsByNonce[call.nonce] = nil
        switch call.purpose {
        case .lookup(let number):
            lookups[number]?.set(call.address.id, .answered)
            lookups[number]?.add(call.found.filter { admits($0) && contact($0) != nil })
            advanceLookup(number, now: now)
        case .caller: if case .findNode = call.message { output.events.append(.found(call: call.number, call.found)) }
        case .liveness, .recordUpdate: break
        }
        startQueued(call.address, now: now)
    }

    private func startQueued(_ address: NodeAddress, now: UInt64) {
        guard calls[address] == nil, var waiting = queued[address] else { return }
        let next = waiting.removeFirst()
        queued[address] = waiting.isEmpty ? nil : waiting
        transmit(next, now: now)
    }

    /// No answer in time. What waits for the same node fails with it.
    func fail(_ call: Call, now: UInt64) {
        // Some packets of an answer are better than none.
        if call.packets > 0 { return finish(call, now: now) }
        calls[call.address] = nil
        callsByNonce[call.nonce] = nil
        table.failed(call.address.id, now: now)
        // Keys that the peer never showed to have are of no use.
        if sessions.peek(call.address)?.isConfirmed == false { sessions.remove(call.address) }
        for call in [call] + (queued.removeValue(forKey: call.address) ?? []) {
            counters.callsFailed += 1
            switch call.purpose {
            case .lookup(let number):
                lookups[number]?.set(call.address.id, .failed)
                advanceLookup(number, now: now)
            case .caller: output.events.append(.failed(call: call.number))
            case .liveness, .recordUpdate: break
            }
        }
    }
}
