/// A client proof to verify.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | ticket |
/// | 8 | 8 | until when anybody waits for it: nanoseconds of the machine's monotonic clock |
/// | 16 | | the transaction, in the protocol's form |
public struct ProofMessage: Equatable, Sendable {
    public static let headBytes = 16

    public var ticket: UInt64
    public var deadline: UInt64
    public var tx: [UInt8]

    public init(ticket: UInt64, deadline: UInt64, tx: [UInt8]) {
        self.ticket = ticket
        self.deadline = deadline
        self.tx = tx
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.headBytes)
        writer.put(ticket, at: 0)
        writer.put(deadline, at: 8)
        return writer.bytes + tx
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.headBytes else { return nil }
        self.init(ticket: payload.word(0), deadline: payload.word(8), tx: payload.bytes(Self.headBytes, count: payload.byteCount - Self.headBytes))
    }
}

/// What an executor says of a proof.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | ticket |
/// | 8 | 4 | executor |
/// | 12 | 4 | 0 valid, 1 invalid, 2 it cannot tell, 3 took too long |
/// | 16 | | UTF-8 text why it cannot tell |
public struct ProofVerdictMessage: Equatable, Sendable {
    public static let headBytes = 16

    public enum Status: UInt32, Sendable, CaseIterable { case valid = 0, invalid = 1, unavailable = 2, tookTooLong = 3 }

    public var ticket: UInt64
    public var executor: UInt32
    public var status: Status
    public var text: [UInt8]

    public init(ticket: UInt64, executor: UInt32, status: Status, text: [UInt8] = []) {
        self.ticket = ticket
        self.executor = executor
        self.status = status
        self.text = text
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.headBytes)
        writer.put(ticket, at: 0)
        writer.put(executor, at: 8)
        writer.put(status.rawValue, at: 12)
        return writer.bytes + text
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.headBytes, let status = Status(rawValue: payload.half(12)) else { return nil }
        self.init(
            ticket: payload.word(0), executor: payload.half(8), status: status, text: payload.bytes(Self.headBytes, count: payload.byteCount - Self.headBytes))
    }
}
