import PeerIdentity

extension Connection {
    /// Opens a stream of ours. `opened` runs once, later.
    func open(_ protocols: [String], deadline: UInt64, _ opened: @escaping (Result<any PeerStream, StreamFailure>) -> Void) {
        guard let muxer, let peer, !isOver else { return swarm.later { opened(.failure(.notConnected)) } }
        let proposal = protocols[0]
        let limit = swarm.outboundLimit(proposal)
        guard streams.values.count(where: { $0.isOutbound && $0.proposal == proposal }) < limit, let id = muxer.open() else {
            return swarm.later { opened(.failure(.tooManyStreams)) }
        }
        let negotiator = MultistreamNegotiator(dialing: protocols)
        let stream = MuxedStream(self, id: id, peer: peer, isOutbound: true, proposal: proposal, negotiator: negotiator, deadline: deadline)
        stream.opened = opened
        streams[id] = stream
        _ = muxer.write(id, negotiator.opening)
        wantsFlush()
    }

    /// The stream is gone: reset towards the peer, and with a failure also towards its owner.
    func fail(_ stream: MuxedStream, _ failure: StreamFailure?) {
        muxer?.reset(stream.id)
        streams[stream.id] = nil
        stream.over(failure)
        wantsFlush()
    }

    func tickStreams(_ now: UInt64) {
        for stream in streams.values {
            if let deadline = stream.deadline, now >= deadline { fail(stream, .timedOut) }
        }
    }

    func handle(_ event: MuxerEvent) {
        switch event {
        case .opened(let id): accept(id)
        case .data(let id, let bytes):
            if let stream = streams[id] { deliver(bytes, to: stream) }
        case .ended(let id):
            guard let stream = streams[id] else { return }
            guard stream.negotiator == nil else { return fail(stream, .protocolError("the peer closed the stream before a protocol was agreed on")) }
            stream.owner?.streamEnded(stream)
            // With our end closed before, the muxer has let go of it.
            if muxer?.holds(id) == false { streams.removeValue(forKey: id)?.over(nil) }
        case .failed(let id, let failure): streams.removeValue(forKey: id)?.over(failure)
        case .over(let end): close("\(end)")
        }
    }

    private func accept(_ id: MuxerStreamID) {
        guard let peer, let muxer else { return }
        guard streams.values.count(where: { !$0.isOutbound && $0.negotiator != nil }) < swarm.configuration.maxNegotiating else { return muxer.reset(id) }
        let deadline = swarm.now + UInt64(swarm.configuration.negotiationMillis) * 1_000_000
        streams[id] = MuxedStream(
            self, id: id, peer: peer, isOutbound: false, proposal: "", negotiator: MultistreamNegotiator(listening: swarm.protocolNames), deadline: deadline)
    }

    private func deliver(_ bytes: ArraySlice<UInt8>, to stream: MuxedStream) {
        guard stream.negotiator != nil else {
            guard let owner = stream.owner else { return fail(stream, nil) }
            return owner.stream(stream, received: bytes)
        }
        var replies: [UInt8] = []
        let outcome: MultistreamNegotiator.Outcome
        do throws(MultistreamError) {
            outcome = try stream.negotiator!.receive(bytes, replies: &replies)
        } catch {
            return fail(stream, error == .refused ? .unsupported : .protocolError("\(error)"))
        }
        stream.write(replies)
        switch outcome {
        case .pending: stream.consumed(bytes.count)
        case .agreed(let name, let rest):
            stream.consumed(bytes.count - rest.count)
            guard agreed(stream, name) else { return }
            if !rest.isEmpty, stream.connection != nil { stream.owner?.stream(stream, received: rest) }
        }
    }

    /// Hands the stream to whoever is to have it; false when nobody takes it.
    private func agreed(_ stream: MuxedStream, _ name: String) -> Bool {
        if let opened = stream.opened {
            stream.opened = nil
            stream.agreed(name)
            opened(.success(stream))
        } else {
            guard let handler = swarm.handlers[name],
                streams.values.count(where: { !$0.isOutbound && $0.protocolName == name }) < handler.maxInbound
            else {
                fail(stream, nil)
                return false
            }
            stream.agreed(name)
            handler.accept(stream)
        }
        if stream.owner == nil, stream.connection != nil { fail(stream, nil) }
        return stream.connection != nil
    }
}
