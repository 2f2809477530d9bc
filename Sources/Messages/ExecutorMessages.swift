/// Links between executors and those who have blocks executed or proofs verified: `<host>_executor` carries orders (to all
/// executors, in one order), `executor_<host>` answers. All bodies are little-endian at fixed offsets; what follows a body's head is
/// protocol serialisation. Bodies larger than the link's mtu travel in pieces (`MessagePieces`).
public enum ExecutorMessageKind: UInt16, Sendable, CaseIterable {
    // host → executors
    case beginBlock = 1, commit = 2, job = 3, cancel = 4, endBlock = 5, proof = 6
    // executor → hosts
    case hello = 16, result = 17, leaving = 18, proofVerdict = 19
}

/// Signature of every message on these links: who it is for, and the block it belongs to, so that others pass over it
/// without touching the payload.
///
/// | bits | |
/// |---|---|
/// | 0–15 | index of the executor (orders) or of the host (answers) it is for; 0xffff: all |
/// | 32–63 | low half of the session's (a proof: the ticket's) number; 0: none |
public struct ExecutorSignature: Hashable, Sendable {
    public static let everyone: UInt16 = 0xffff

    public var target: UInt16
    public var session: UInt32

    public init(target: UInt16, session: UInt64) {
        self.target = target
        self.session = UInt32(truncatingIfNeeded: session)
    }

    public init(_ word: UInt64) {
        target = UInt16(truncatingIfNeeded: word)
        session = UInt32(truncatingIfNeeded: word >> 32)
    }

    public var word: UInt64 { UInt64(target) | UInt64(session) << 32 }
    public func isFor(_ index: Int) -> Bool { target == Self.everyone || Int(target) == index }
}

/// A block begins: what its transactions are executed on.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | session |
/// | 8 | 4 | block it is built on |
/// | 12 | 4 | flags: 1 validators run before each transaction, 2 fees are not enforced, 4 opcodes are counted |
/// | 16 | 32 | archive root after that block; zeros: not checked |
/// | 48 | | global variables |
public struct BeginBlockMessage: Equatable, Sendable {
    public static let headBytes = 48

    public var session: UInt64
    public var baseBlock: UInt32
    public var validates: Bool
    public var skipsFeeEnforcement: Bool
    public var countsOpcodes: Bool
    /// 32 bytes.
    public var archiveRoot: [UInt8]
    public var globals: [UInt8]

    public init(session: UInt64, baseBlock: UInt32, validates: Bool, skipsFeeEnforcement: Bool, countsOpcodes: Bool, archiveRoot: [UInt8], globals: [UInt8]) {
        precondition(archiveRoot.count == 32)
        self.session = session
        self.baseBlock = baseBlock
        self.validates = validates
        self.skipsFeeEnforcement = skipsFeeEnforcement
        self.countsOpcodes = countsOpcodes
        self.archiveRoot = archiveRoot
        self.globals = globals
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.headBytes)
        writer.put(session, at: 0)
        writer.put(baseBlock, at: 8)
        writer.put(UInt32((validates ? 1 : 0) | (skipsFeeEnforcement ? 2 : 0) | (countsOpcodes ? 4 : 0)), at: 12)
        writer.put(archiveRoot, at: 16)
        return writer.bytes + globals
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.headBytes else { return nil }
        let flags = payload.word(12, as: UInt32.self)
        self.init(
            session: payload.word(0), baseBlock: payload.half(8), validates: flags & 1 != 0, skipsFeeEnforcement: flags & 2 != 0, countsOpcodes: flags & 4 != 0,
            archiveRoot: payload.bytes(16, count: 32), globals: payload.bytes(Self.headBytes, count: payload.byteCount - Self.headBytes))
    }
}

/// A transaction is committed: an entry of the block's commit log.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | session |
/// | 8 | 4 | number of transactions committed before it |
/// | 12 | 4 | index of the transaction |
/// | 16 | 4 | the attempt that is committed: whose it was has the diff already |
/// | 20 | 4 | zeros |
/// | 24 | | the transaction's diff |
public struct CommitMessage: Equatable, Sendable {
    public static let headBytes = 24

    public var session: UInt64
    public var position: UInt32
    public var index: UInt32
    public var attempt: UInt32
    public var diff: [UInt8]

    public init(session: UInt64, position: UInt32, index: UInt32, attempt: UInt32, diff: [UInt8]) {
        self.session = session
        self.position = position
        self.index = index
        self.attempt = attempt
        self.diff = diff
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.headBytes)
        writer.put(session, at: 0)
        writer.put(position, at: 8)
        writer.put(index, at: 12)
        writer.put(attempt, at: 16)
        return writer.bytes + diff
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.headBytes else { return nil }
        self.init(
            session: payload.word(0), position: payload.half(8), index: payload.half(12), attempt: payload.half(16),
            diff: payload.bytes(Self.headBytes, count: payload.byteCount - Self.headBytes))
    }
}

/// A run of a transaction: eight bytes, index and attempt.
public struct RunNumber: Hashable, Sendable {
    public static let bytes = 8

    public var index: UInt32
    public var attempt: UInt32

    public init(index: UInt32, attempt: UInt32) {
        self.index = index
        self.attempt = attempt
    }
}

/// A transaction to execute.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | session |
/// | 8 | 4 | index of the transaction |
/// | 12 | 4 | attempt |
/// | 16 | 8 | time it may take, nanoseconds |
/// | 24 | 4 | transactions that must be committed below it (the log has them: it comes before) |
/// | 28 | 4 | number of runs |
/// | 32 | 32 | its hash; zeros: to be computed |
/// | 64 | 8 each | runs of this executor that it is executed on top of, as far as they are not committed |
/// | | | the transaction (`Tx.wire`) |
public struct JobMessage: Equatable, Sendable {
    public static let headBytes = 64

    public var session: UInt64
    public var index: UInt32
    public var attempt: UInt32
    public var limitNanos: UInt64
    public var least: UInt32
    public var onto: [RunNumber]
    /// 32 bytes.
    public var hash: [UInt8]
    public var tx: [UInt8]

    public init(session: UInt64, index: UInt32, attempt: UInt32, limitNanos: UInt64, least: UInt32, onto: [RunNumber] = [], hash: [UInt8], tx: [UInt8]) {
        precondition(hash.count == 32)
        self.onto = onto
        self.session = session
        self.index = index
        self.attempt = attempt
        self.limitNanos = limitNanos
        self.least = least
        self.hash = hash
        self.tx = tx
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.headBytes + RunNumber.bytes * onto.count)
        writer.put(session, at: 0)
        writer.put(index, at: 8)
        writer.put(attempt, at: 12)
        writer.put(limitNanos, at: 16)
        writer.put(least, at: 24)
        writer.put(UInt32(onto.count), at: 28)
        writer.put(hash, at: 32)
        writer.put(onto, at: Self.headBytes)
        return writer.bytes + tx
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.headBytes, let onto = payload.runs(Self.headBytes, count: payload.half(28)) else { return nil }
        let head = Self.headBytes + RunNumber.bytes * onto.count
        self.init(
            session: payload.word(0), index: payload.half(8), attempt: payload.half(12), limitNanos: payload.word(16), least: payload.half(24), onto: onto,
            hash: payload.bytes(32, count: 32), tx: payload.bytes(head, count: payload.byteCount - head))
    }
}

/// `cancel`: a job is not wanted any more. `endBlock`: nothing of the session is (index and attempt zero).
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | session |
/// | 8 | 4 | index |
/// | 12 | 4 | attempt |
public struct CancelMessage: Equatable, Sendable {
    public static let bytes = 16

    public var session: UInt64
    public var index: UInt32
    public var attempt: UInt32

    public init(session: UInt64, index: UInt32 = 0, attempt: UInt32 = 0) {
        self.session = session
        self.index = index
        self.attempt = attempt
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.bytes)
        writer.put(session, at: 0)
        writer.put(index, at: 8)
        writer.put(attempt, at: 12)
        return writer.bytes
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.bytes else { return nil }
        self.init(session: payload.word(0), index: payload.half(8), attempt: payload.half(12))
    }
}

/// `hello`: an executor is there and knows of no session. `leaving`: it takes no more jobs.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | its generation |
/// | 8 | 4 | its index |
/// | 12 | 4 | zeros |
public struct ExecutorPresence: Equatable, Sendable {
    public static let bytes = 16

    public var generation: UInt64
    public var executor: UInt32

    public init(generation: UInt64, executor: UInt32) {
        self.generation = generation
        self.executor = executor
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.bytes)
        writer.put(generation, at: 0)
        writer.put(executor, at: 8)
        return writer.bytes
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.bytes else { return nil }
        self.init(generation: payload.word(0), executor: payload.half(8))
    }
}

/// What became of a job.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | session |
/// | 8 | 4 | index |
/// | 12 | 4 | attempt |
/// | 16 | 4 | executor |
/// | 20 | 4 | committed transactions it ran on |
/// | 24 | 4 | 0 verdict, 1 took too long, 2 state unavailable |
/// | 28 | 4 | number of runs |
/// | 32 | 8 each | own runs that were not committed yet and that it ran on, over the committed transactions |
/// | | | verdict, or UTF-8 text why the state is unavailable |
public struct ResultMessage: Equatable, Sendable {
    public static let headBytes = 32

    public enum Status: UInt32, Sendable, CaseIterable { case verdict = 0, tookTooLong = 1, unavailable = 2 }

    public var session: UInt64
    public var index: UInt32
    public var attempt: UInt32
    public var executor: UInt32
    public var version: UInt32
    public var onto: [RunNumber]
    public var status: Status
    public var body: [UInt8]

    public init(session: UInt64, index: UInt32, attempt: UInt32, executor: UInt32, version: UInt32, onto: [RunNumber] = [], status: Status, body: [UInt8]) {
        self.onto = onto
        self.session = session
        self.index = index
        self.attempt = attempt
        self.executor = executor
        self.version = version
        self.status = status
        self.body = body
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.headBytes + RunNumber.bytes * onto.count)
        writer.put(session, at: 0)
        writer.put(index, at: 8)
        writer.put(attempt, at: 12)
        writer.put(executor, at: 16)
        writer.put(version, at: 20)
        writer.put(status.rawValue, at: 24)
        writer.put(UInt32(onto.count), at: 28)
        writer.put(onto, at: Self.headBytes)
        return writer.bytes + body
    }

    public init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.headBytes, let status = Status(rawValue: payload.half(24)), let onto = payload.runs(Self.headBytes, count: payload.half(28)) else { return nil }
        let head = Self.headBytes + RunNumber.bytes * onto.count
        self.init(
            session: payload.word(0), index: payload.half(8), attempt: payload.half(12), executor: payload.half(16), version: payload.half(20), onto: onto,
            status: status, body: payload.bytes(head, count: payload.byteCount - head))
    }
}

extension RawSpan {
    func half(_ offset: Int) -> UInt32 { word(offset, as: UInt32.self) }

    /// nil when the body is too short for so many.
    fileprivate func runs(_ offset: Int, count: UInt32) -> [RunNumber]? {
        guard Int(count) <= (byteCount - offset) / RunNumber.bytes else { return nil }
        if count == 0 { return [] }
        return (0..<Int(count)).map { RunNumber(index: half(offset + RunNumber.bytes * $0), attempt: half(offset + RunNumber.bytes * $0 + 4)) }
    }
}

extension PayloadWriter {
    fileprivate mutating func put(_ runs: [RunNumber], at offset: Int) {
        for (place, run) in runs.enumerated() {
            put(run.index, at: offset + RunNumber.bytes * place)
            put(run.attempt, at: offset + RunNumber.bytes * place + 4)
        }
    }
}
