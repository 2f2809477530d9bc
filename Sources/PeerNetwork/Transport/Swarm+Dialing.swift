import EventLoop
import PeerIdentity

/// A dial under way.
final class Dial {
    let address: PeerAddress
    let deadline: UInt64
    /// Until the TCP connection stands.
    var connecting: LoopTCPStream?
    /// Waiting for a free place.
    var isQueued = false

    init(_ address: PeerAddress, deadline: UInt64) {
        self.address = address
        self.deadline = deadline
    }
}

/// Addresses that did not answer are left alone for a while, longer each time.
struct DialBackoff {
    static let maxAddresses = 2048

    private var failures: [SocketAddress: (count: Int, until: UInt64)] = [:]

    func remaining(_ address: SocketAddress, now: UInt64) -> UInt64 {
        guard let until = failures[address]?.until, until > now else { return 0 }
        return until - now
    }

    mutating func failed(_ address: SocketAddress, unitNanos: UInt64, now: UInt64) {
        let count = (failures[address]?.count ?? 0) + 1
        guard failures[address] != nil || failures.count < Self.maxAddresses else { return }
        failures[address] = (count, now + unitNanos << UInt64(min(count - 1, 6)))
    }

    mutating func succeeded(_ address: SocketAddress) { failures[address] = nil }

    /// Forgets who has been left alone for as long again.
    mutating func tick(_ now: UInt64, unitNanos: UInt64) {
        guard failures.count > Self.maxAddresses / 2 else { return }
        failures = failures.filter { $0.value.until + unitNanos * 64 > now }
    }
}

extension Swarm {
    private var backoffNanos: UInt64 { UInt64(configuration.dialBackoffMillis) * 1_000_000 }

    public func dial(_ address: PeerAddress) {
        guard !isStopped, byPeer[address.id] == nil, dials[address.id] == nil else { return }
        let refusal: String? =
            if address.id == localID { "it is ourselves" }
            else if live.count + upgrading.count >= configuration.maxConnections { "too many connections" }
            else if backoff.remaining(address.socket, now: now) > 0 { "it failed a moment ago" }
            else if waitingDials.count >= configuration.maxQueuedDials { "too many dials" }
            else { nil }
        if let refusal { return later { [unowned self] in delegate?.swarm(dialFailed: address, reason: refusal) } }
        let dial = Dial(address, deadline: now + UInt64(configuration.dialMillis) * 1_000_000)
        dials[address.id] = dial
        if dials.count - waitingDials.count > configuration.maxDialing {
            dial.isQueued = true
            waitingDials.append(address)
        } else {
            begin(dial)
        }
    }

    private func begin(_ dial: Dial) {
        dial.isQueued = false
        let address = dial.address
        do throws(EventLoopError) {
            dial.connecting = try loop.connect(to: address.socket) { [unowned self, unowned dial] result in
                dial.connecting = nil
                switch result {
                case .success(let stream):
                    let connection = Connection(self, stream, id: nextID(), expected: address.id, deadline: dial.deadline)
                    upgrading[connection.id] = connection
                    connection.start()
                case .failure(let error): dialEnded(address.id, address.socket, "\(error)")
                }
            }
        } catch {
            let reason = "\(error)"
            later { [unowned self] in dialEnded(address.id, address.socket, reason) }
        }
    }

    func dialEnded(_ peer: PeerID, _ socket: SocketAddress, _ reason: String) {
        guard let dial = dials[peer], dial.address.socket == socket else { return }
        dials[peer] = nil
        backoff.failed(socket, unitNanos: backoffNanos, now: now)
        dialNext()
        delegate?.swarm(dialFailed: dial.address, reason: reason)
    }

    /// Gives a free place to the one who waits longest.
    func dialNext() {
        while dials.count - waitingDials.count < configuration.maxDialing, let address = waitingDials.popFirst() {
            // It may be over its time, or connected otherwise meanwhile.
            if let dial = dials[address.id], dial.isQueued { begin(dial) }
        }
    }

    func tickDials(_ now: UInt64) {
        backoff.tick(now, unitNanos: backoffNanos)
        for dial in Array(dials.values) where now >= dial.deadline {
            // Once TCP stands, the connection keeps the time itself.
            if let connecting = dial.connecting {
                connecting.cancel()
                dialEnded(dial.address.id, dial.address.socket, "no answer in \(configuration.dialMillis) ms")
            } else if dial.isQueued {
                dialEnded(dial.address.id, dial.address.socket, "it was not its turn in \(configuration.dialMillis) ms")
            }
        }
    }
}
