import PeerIdentity

extension YamuxSession {
    public func receive(_ bytes: ArraySlice<UInt8>, now: UInt64, events: inout [MuxerEvent]) {
        var rest = bytes
        while !rest.isEmpty, !isOver {
            if !body.isEmpty {
                takeBody(&rest, &events)
                continue
            }
            do throws(MuxerEnd) {
                guard let frame = try nextHeader(&rest) else { return }
                try handle(frame, available: rest.count, now, &events)
            } catch {
                end(error, &events)
            }
        }
    }

    private func nextHeader(_ rest: inout ArraySlice<UInt8>) throws(MuxerEnd) -> YamuxFrame? {
        if partial.isEmpty, rest.count >= YamuxFrame.headerBytes {
            let frame = try YamuxFrame(parsing: rest)
            rest = rest.dropFirst(YamuxFrame.headerBytes)
            return frame
        }
        let piece = rest.prefix(YamuxFrame.headerBytes - partial.count)
        partial += piece
        rest = rest.dropFirst(piece.count)
        guard partial.count == YamuxFrame.headerBytes else { return nil }
        defer { partial.removeAll(keepingCapacity: true) }
        return try YamuxFrame(parsing: partial[...])
    }

    private func handle(_ frame: YamuxFrame, available: Int, _ now: UInt64, _ events: inout [MuxerEvent]) throws(MuxerEnd) {
        switch frame.kind {
        case .ping:
            guard frame.id == 0 else { throw .protocolError("yamux: ping on stream \(frame.id)") }
            switch frame.flags {
            case .syn: try answer(YamuxFrame(.ping, .ack, 0, frame.length))
            case .ack: if !pong(frame.length, now) { throw .protocolError("yamux: answer to no ping of ours") }
            default: throw .protocolError("yamux: ping with flags \(frame.flags.rawValue)")
            }
        case .goAway:
            guard frame.id == 0 else { throw .protocolError("yamux: go-away on stream \(frame.id)") }
            throw .goAway(frame.length)
        case .data, .windowUpdate:
            guard frame.id != 0 else { throw .protocolError("yamux: stream frame without a stream") }
            if frame.flags.contains(.syn) { try opened(frame.id, now, &events) }
            guard let stream = streams[frame.id] else {
                // Closed or refused already: what was on its way is dropped.
                if frame.kind == .data { begin(nil, frame, available) }
                return
            }
            if frame.flags.contains(.reset) {
                remove(stream)
                events.append(.failed(UInt64(stream.id), .reset))
                if frame.kind == .data { begin(nil, frame, available) }
                return
            }
            if frame.kind == .windowUpdate {
                // The sum is bounded: no peer has memory for more, and none can make it overflow.
                stream.sendWindow = min(stream.sendWindow + Int(frame.length), Int(UInt32.max))
                if frame.flags.contains(.fin) { remoteEnded(stream, &events) }
                enqueue(stream)
            } else {
                guard frame.length <= UInt32(stream.receiveWindow) else {
                    throw .protocolError("yamux: \(frame.length) bytes on a window of \(stream.receiveWindow)")
                }
                stream.receiveWindow -= Int(frame.length)
                begin(stream.remoteEnded ? nil : stream, frame, available)
            }
        }
        if frame.kind == .data, frame.length == 0 { bodyTaken(&events) }
    }

    private func answer(_ frame: YamuxFrame) throws(MuxerEnd) {
        guard answers.count < limits.queuedAnswers else { throw .protocolError("yamux: the peer does not read its \(answers.count) answers") }
        answers.append(frame)
    }

    private func opened(_ id: UInt32, _ now: UInt64, _ events: inout [MuxerEvent]) throws(MuxerEnd) {
        guard (id % 2 == 1) != isDialer else { throw .protocolError("yamux: stream id \(id) is ours to give") }
        guard streams[id] == nil else { return }
        guard opening.allow(nanos: now) else { throw .protocolError("yamux: streams are opened too fast") }
        guard inbound < limits.inboundStreams else { return try answer(YamuxFrame(.windowUpdate, .reset, id, 0)) }
        let stream = YamuxStream(id: id, isInbound: true, now: now)
        inbound += 1
        streams[id] = stream
        events.append(.opened(UInt64(id)))
    }

    private func remoteEnded(_ stream: YamuxStream, _ events: inout [MuxerEvent]) {
        guard !stream.remoteEnded else { return }
        stream.remoteEnded = true
        events.append(.ended(UInt64(stream.id)))
        if stream.sentEnd { remove(stream) }
    }

    // MARK: Payload

    private func begin(_ stream: YamuxStream?, _ frame: YamuxFrame, _ available: Int) {
        bodyStream = stream
        bodyEnds = frame.flags.contains(.fin)
        body.begin(Int(frame.length), available: available)
    }

    private func takeBody(_ rest: inout ArraySlice<UInt8>, _ events: inout [MuxerEvent]) {
        if let piece = body.take(from: &rest), let stream = bodyStream, !stream.isGone {
            if unread + piece.count > limits.unreadBytes {
                // Somebody here does not read: the stream that would overflow gives way.
                reset(UInt64(stream.id))
                events.append(.failed(UInt64(stream.id), .protocolError("more than \(limits.unreadBytes) bytes unread on the connection")))
            } else {
                stream.unread += piece.count
                unread += piece.count
                events.append(.data(UInt64(stream.id), piece))
            }
        }
        if body.isEmpty { bodyTaken(&events) }
    }

    private func bodyTaken(_ events: inout [MuxerEvent]) {
        if bodyEnds, let stream = bodyStream, !stream.isGone { remoteEnded(stream, &events) }
        bodyStream = nil
        bodyEnds = false
    }
}
