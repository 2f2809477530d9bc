import EventLoop
import Glibc
import PeerIdentity
import PeerTransport

/// What became of an attacker's bare connections, as it sees it.
struct SocketTally {
    var made = 0
    /// The victim said something on them: it had let them in.
    var answered = 0
    /// Ended by the victim: all, those that it had answered, those that had stood for a second (it takes two for an upgrade,
    /// while who is refused hears so at once).
    var cut = 0, cutAnswered = 0, cutLate = 0
}

/// A bare TCP connection to the victim.
final class HostileSocket {
    let descriptor: Int32
    private let made = EventLoop.monotonicNanos
    private var isAnswered = false
    private var isOver = false
    private var sent = 0

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Of the byte to be sent next, where they are sent one by one.
    func nextIndex() -> Int {
        defer { sent += 1 }
        return sent
    }

    /// Reads what has come.
    func look(_ tally: inout SocketTally) {
        guard !isOver else { return }
        var chunk = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, Int32(truncatingIfNeeded: MSG_DONTWAIT))
            if count > 0 {
                if !isAnswered { tally.answered += 1 }
                isAnswered = true
                continue
            }
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            isOver = true
            tally.cut += 1
            if isAnswered { tally.cutAnswered += 1 }
            if EventLoop.monotonicNanos - made >= 1_000_000_000 { tally.cutLate += 1 }
            return
        }
    }

    /// Hangs up ourselves.
    func close(_ tally: inout SocketTally) {
        look(&tally)
        isOver = true
        Glibc.close(descriptor)
    }
}

/// An identity of the attacker's with proper connections, and how often the victim hung up on it.
final class HostilePeer: SwarmDelegate {
    let swarm: Swarm
    private(set) var connected = 0
    private(set) var cut = 0

    init(_ loop: EventLoop) {
        swarm = Swarm(loop: loop, key: NodeKey.generate(), configuration: SwarmConfiguration(agentVersion: "hostile"))
        swarm.delegate = self
    }

    func swarm(opened connection: ConnectionInfo) { connected += 1 }
    func swarm(closed connection: ConnectionInfo, isLast: Bool, reason: String) { cut += 1 }
    func swarm(identified peer: PeerID, as identification: PeerIdentification) {}
    func swarm(dialFailed address: PeerAddress, reason: String) {}
}
