/// One stream of a yamux session.
final class YamuxStream {
    static let initialWindow = 256 << 10
    static let maxWindow = 16 << 20

    let id: UInt32
    let isInbound: Bool
    /// Goes on the next frame: SYN of a stream of ours, ACK of the peer's.
    var pendingFlags: YamuxFrame.Flags
    /// A window update must be sent, to open the stream or to give window back.
    var owesUpdate: Bool

    var sendWindow = YamuxStream.initialWindow
    var queue = WriteQueue()
    var wantsEnd = false
    var sentEnd = false

    /// What the peer may still send.
    var receiveWindow = YamuxStream.initialWindow
    /// What it may send before anything is consumed.
    var windowSize = YamuxStream.initialWindow
    /// Handed on and not consumed.
    var unread = 0
    /// Consumed and not given back to the peer.
    var owed = 0
    var lastUpdate: UInt64
    var remoteEnded = false

    var isQueued = false
    var isGone = false

    init(id: UInt32, isInbound: Bool, now: UInt64) {
        self.id = id
        self.isInbound = isInbound
        pendingFlags = isInbound ? .ack : .syn
        owesUpdate = !isInbound
        lastUpdate = now
    }

    var canSend: Bool { owesUpdate || (!queue.isEmpty && sendWindow > 0) || (wantsEnd && !sentEnd && queue.isEmpty) }
}
