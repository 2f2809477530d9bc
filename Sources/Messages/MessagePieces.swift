public import IPC

/// Messages of any size over a link: a body larger than the mtu is sent as several ring messages behind one another, with
/// kind and signature of the whole. Flag 1 marks the first piece, flag 2 the last.
public enum MessagePieces {
    public static let first: UInt16 = 1
    public static let last: UInt16 = 2
}

/// Sends in order, as credits allow; keeps what has to wait. Call `flush` when credits come back.
public final class MessageSender {
    private struct Waiting {
        var kind: UInt16
        var signature: UInt64
        var body: [UInt8]
        var waking: Wake
        var done = 0
        var isFirst = true
    }

    private let link: OutputLink
    private var waiting: [Waiting] = []

    public init(_ link: OutputLink) { self.link = link }

    /// Bytes that wait for credits.
    public var backlog: Int { waiting.reduce(0) { $0 + $1.body.count - $1.done } }

    public func send(_ kind: ExecutorMessageKind, to signature: ExecutorSignature, _ body: [UInt8], waking: Wake = .everyone) {
        send(kind.rawValue, signature.word, body, waking)
    }

    public func send(_ kind: PoolMessageKind, to signature: PoolSignature, _ body: [UInt8]) { send(kind.rawValue, signature.word, body, .everyone) }

    private func send(_ kind: UInt16, _ signature: UInt64, _ body: [UInt8], _ waking: Wake) {
        if waiting.isEmpty, body.count <= link.mtu {
            let whole = MessagePieces.first | MessagePieces.last
            if case .published = link.send(body.span.bytes, kind: kind, signature: signature, flags: whole, waking: waking) { return }
        }
        waiting.append(Waiting(kind: kind, signature: signature, body: body, waking: waking))
        flush()
    }

    /// Wakes those who were not woken by what was sent.
    public func wake() { link.wakeConsumers() }

    /// False if something still waits.
    @discardableResult
    public func flush() -> Bool {
        var sent = 0
        defer { waiting.removeFirst(sent) }
        while sent < waiting.count {
            let end = min(waiting[sent].body.count, waiting[sent].done + link.mtu)
            let isLast = end == waiting[sent].body.count
            let flags = (waiting[sent].isFirst ? MessagePieces.first : 0) | (isLast ? MessagePieces.last : 0)
            let body = waiting[sent].body
            let bytes = body.span.bytes
            guard case .published = link.send(bytes.extracting(waiting[sent].done..<end), kind: waiting[sent].kind, signature: waiting[sent].signature, flags: flags, waking: waiting[sent].waking) else { return false }
            waiting[sent].done = end
            waiting[sent].isFirst = false
            if isLast { sent += 1 }
        }
        return true
    }
}

/// Puts the pieces of a link together again. Holds at most `limit` bytes whatever the producer sends.
public struct MessageAssembler {
    public enum Outcome: Equatable, Sendable {
        case whole(kind: UInt16, signature: UInt64, body: [UInt8])
        /// A piece; more come.
        case partial
        /// A piece without a beginning (read before this process started), or too large.
        case dropped
    }

    private let limit: Int
    private var body: [UInt8] = []
    private var kind: UInt16 = 0
    private var signature: UInt64 = 0
    private var isOpen = false

    public init(limit: Int) { self.limit = limit }

    public mutating func take(kind: UInt16, signature: UInt64, flags: UInt16, _ piece: RawSpan) -> Outcome {
        if flags & MessagePieces.first != 0, flags & MessagePieces.last != 0, piece.byteCount <= limit {
            body = []
            isOpen = false
            return .whole(kind: kind, signature: signature, body: piece.withUnsafeBytes { Array($0) })
        }
        if flags & MessagePieces.first != 0 {
            body.removeAll(keepingCapacity: false)
            self.kind = kind
            self.signature = signature
            isOpen = true
        }
        guard isOpen, kind == self.kind, signature == self.signature, body.count + piece.byteCount <= limit else {
            isOpen = false
            return .dropped
        }
        piece.withUnsafeBytes { body.append(contentsOf: $0) }
        guard flags & MessagePieces.last != 0 else { return .partial }
        isOpen = false
        defer { body = [] }
        return .whole(kind: kind, signature: signature, body: body)
    }

    public mutating func take(_ message: RingMessage, _ payload: RawSpan) -> Outcome {
        take(kind: message.kind, signature: message.signature, flags: message.flags, payload)
    }
}
