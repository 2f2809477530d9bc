import Bytes
import Field
public import Messages
public import Protocol
public import PublicExecution

/// A transaction to be executed by the pool.
public struct PoolTx: Sendable {
    public var offer: OfferedTx
    public var hash: TxHash?
    /// `Tx.wire`.
    public let wire: [UInt8]

    public init(_ tx: Tx, hash: TxHash? = nil) {
        offer = OfferedTx(tx)
        self.hash = hash
        wire = tx.wire
    }
}

/// A block to be executed: on what, how, within which limits.
public struct PoolRequest: Sendable {
    public var globals: GlobalVariables
    /// The block it is built on.
    public var baseBlock: UInt32
    public var archiveRoot: Fr?
    public var validates: Bool
    public var skipsFeeEnforcement: Bool
    public var countsOpcodes = false
    public var limits: BlockLimits
    /// Time one transaction may take.
    public var txLimitNanos: UInt64 = 10_000_000_000

    public init(globals: GlobalVariables, baseBlock: UInt32, archiveRoot: Fr? = nil, validates: Bool, skipsFeeEnforcement: Bool = true, limits: BlockLimits = BlockLimits()) {
        self.globals = globals
        self.baseBlock = baseBlock
        self.archiveRoot = archiveRoot
        self.validates = validates
        self.skipsFeeEnforcement = skipsFeeEnforcement
        self.limits = limits
    }
}

/// Carries the host's orders to all executors, in one order.
public protocol PoolTransport: AnyObject {
    func send(_ kind: ExecutorMessageKind, to signature: ExecutorSignature, _ body: [UInt8])
}

/// The ordering half of the pool: blocks of several sessions on the same executors, each with a `BlockScheduler`. Knows
/// messages, not rings. One thread.
///
/// Owner: tells of executors (`joined`, `lost`, `left`), hands in their answers (`receive`), and calls `tick` now and then.
public final class PoolHost {
    public typealias SessionID = UInt64

    final class Session {
        let id: SessionID
        let request: PoolRequest
        var txs: [PoolTx] = []
        var scheduler: BlockScheduler
        var outcome = BlockOutcome()
        /// Commit messages so far, for executors that join later.
        var log: [[UInt8]] = []
        var members: Set<Int> = []
        let committed: ((Int, ExecutedTx) -> Void)?
        let finished: (BlockOutcome, BlockScheduler.Counts) -> Void

        init(
            _ id: SessionID, _ request: PoolRequest, _ scheduler: BlockScheduler, committed: ((Int, ExecutedTx) -> Void)?,
            finished: @escaping (BlockOutcome, BlockScheduler.Counts) -> Void
        ) {
            self.id = id
            self.request = request
            self.scheduler = scheduler
            self.committed = committed
            self.finished = finished
        }
    }

    public struct Figures: Sendable, Equatable {
        public var blocks: UInt64 = 0
        public var runs: UInt64 = 0
        public var conflicts: UInt64 = 0
        public var reruns: UInt64 = 0
        public var deaths: UInt64 = 0
        public var poisoned: UInt64 = 0
        public var malformed: UInt64 = 0
    }

    /// Number of this host among those of its kind; answers carry it.
    public let index: Int
    public private(set) var figures = Figures()
    /// Proofs, verified by the same executors.
    public let proofs: ProofHost
    /// Called with what killed executors: bytes for whoever looks into it.
    public var onPoison: ((Reproducer) -> Void)?

    private let transport: any PoolTransport
    private let clock: () -> UInt64
    private let options: BlockScheduler.Options
    private var sessions: [SessionID: Session] = [:]
    private var order: [SessionID] = []
    private var executors: Set<Int> = []
    private var nextSession: SessionID
    private var learned = BlockScheduler.Learned()
    private var isPumping = false

    /// `generation`: this process's, so that session numbers of a predecessor are not taken for ours. `clock`: monotonic
    /// nanoseconds, also of the limits' deadlines.
    public init(index: Int, generation: UInt64, transport: any PoolTransport, options: BlockScheduler.Options = .init(), clock: @escaping () -> UInt64) {
        self.index = index
        self.transport = transport
        self.clock = clock
        self.options = options
        nextSession = UInt64(index) << 48 | (generation & 0xffff) << 32 | 1
        proofs = ProofHost(firstTicket: nextSession, clock: clock) { [unowned transport] in transport.send($0, to: $1, $2) }
    }

    public var executorCount: Int { executors.count }
    public var sessionCount: Int { sessions.count }

    // MARK: Blocks

    /// Begins a block. More transactions may be offered until `complete`. `finished` comes later, never from this call.
    public func begin(
        _ request: PoolRequest, committed: ((Int, ExecutedTx) -> Void)? = nil, finished: @escaping (BlockOutcome, BlockScheduler.Counts) -> Void
    ) -> SessionID {
        let id = nextSession
        nextSession += 1
        var scheduler = BlockScheduler(limits: request.limits, options: options, learned: learned)
        for executor in executors { scheduler.addExecutor(executor) }
        sessions[id] = Session(id, request, scheduler, committed: committed, finished: finished)
        order.append(id)
        figures.blocks += 1
        return id
    }

    public func offer(_ txs: [PoolTx], to id: SessionID) {
        guard let session = sessions[id] else { return }
        for tx in txs {
            session.txs.append(tx)
            session.scheduler.offer(tx.offer)
        }
    }

    /// No more transactions come.
    public func complete(_ id: SessionID) { sessions[id]?.scheduler.complete() }

    /// Nobody waits for the block any more.
    public func abandon(_ id: SessionID) {
        guard let session = sessions[id] else { return }
        close(session)
    }

    // MARK: Executors

    /// An executor says hello: it knows of no session.
    public func joined(_ executor: Int) {
        executors.insert(executor)
        for id in order {
            guard let session = sessions[id] else { continue }
            session.members.remove(executor)
            session.scheduler.addExecutor(executor)
        }
        proofs.joined(executor)
    }

    public func lost(_ executor: Int, _ cause: BlockScheduler.LossCause) {
        guard executors.contains(executor) else { return }
        proofs.lost(executor, isFault: cause == .crashed)
        lostBlocks(executor, cause)
    }

    private func lostBlocks(_ executor: Int, _ cause: BlockScheduler.LossCause) {
        guard executors.remove(executor) != nil else { return }
        figures.deaths += 1
        for id in order {
            guard let session = sessions[id] else { continue }
            session.members.remove(executor)
            session.scheduler.lost(executor, cause)
        }
    }

    /// An executor leaves in order.
    public func left(_ executor: Int) {
        guard executors.remove(executor) != nil else { return }
        proofs.lost(executor, isFault: false)
        for id in order {
            guard let session = sessions[id] else { continue }
            session.members.remove(executor)
            session.scheduler.retire(executor)
        }
    }

    public func knows(_ executor: Int) -> Bool { executors.contains(executor) }

    /// A result, whole. `executor`: whose it is.
    public func receive(_ body: [UInt8], from executor: Int) {
        guard let result = ResultMessage(body.span.bytes), Int(result.executor) == executor else {
            figures.malformed += 1
            return
        }
        guard let session = sessions[result.session] else { return }
        let job = BlockScheduler.Job(executor: Int(result.executor), index: Int(result.index), attempt: Int(result.attempt))
        let outcome: BlockScheduler.Outcome
        switch result.status {
        case .verdict:
            guard let verdict = try? TxVerdict(exactly: result.body) else {
                // An executor that talks nonsense is not believed: as if it had died and come back. It stays, since the
                // transaction may be the reason; twice, and the transaction is dropped for it.
                figures.malformed += 1
                guard knows(executor) else { return }
                lostBlocks(executor, .crashed)
                return joined(executor)
            }
            outcome = .verdict(verdict)
        case .tookTooLong: outcome = .tookTooLong
        case .unavailable: outcome = .unavailable(String(decoding: result.body.prefix(1000), as: UTF8.self))
        }
        let onto = result.onto.map { BlockScheduler.Run(index: Int($0.index), attempt: Int($0.attempt)) }
        let isUsed = session.scheduler.accept(job, outcome, version: Int(result.version), onto: onto)
        if isUsed, result.status == .unavailable { restart(session, on: executor) }
    }

    /// The executor has not the state, or not the whole commit log: it gets both anew with its next job. What it has of
    /// the session is lost thereby and goes back.
    private func restart(_ session: Session, on executor: Int) {
        session.members.remove(executor)
        session.scheduler.retire(executor)
        session.scheduler.addExecutor(executor)
    }

    /// Decides what can be decided and hands out jobs. After every batch of calls above, and when a deadline may have passed.
    public func pump() {
        // `finished` may begin the next block from inside.
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        let now = clock()
        for id in order {
            guard let session = sessions[id] else { continue }
            // What is told of one event may abandon the session.
            for event in session.scheduler.advance(now: now) where sessions[id] != nil { act(event, session) }
        }
        // Jobs each executor has, over all sessions.
        if order.count == 1, let session = sessions[order[0]] {
            for event in session.scheduler.assign() { act(event, session) }
            return
        }
        var loads: [Int: Int] = [:]
        for executor in executors { loads[executor] = sessions.values.reduce(0) { $0 + $1.scheduler.load(executor) } }
        for id in order {
            guard let session = sessions[id] else { continue }
            var others = loads
            for executor in executors { others[executor]! -= session.scheduler.load(executor) }
            for event in session.scheduler.assign(others: { others[$0] ?? 0 }) {
                if case .assigned(let job) = event { loads[job.executor, default: 0] += 1 }
                if case .cancelled(let job) = event { loads[job.executor, default: 0] -= 1 }
                act(event, session)
            }
        }
    }

    private func act(_ event: BlockScheduler.Event, _ session: Session) {
        switch event {
        case .assigned(let job): send(job, session)
        case .cancelled(let job):
            let cancel = CancelMessage(session: session.id, index: UInt32(job.index), attempt: UInt32(job.attempt))
            transport.send(.cancel, to: ExecutorSignature(target: UInt16(job.executor), session: session.id), cancel.payload)
        case .committed(let run, let position, let tx):
            let commit = CommitMessage(
                session: session.id, position: UInt32(position), index: UInt32(run.index), attempt: UInt32(run.attempt), diff: tx.diff.serialized
            ).payload
            session.log.append(commit)
            if !session.members.isEmpty { transport.send(.commit, to: ExecutorSignature(target: ExecutorSignature.everyone, session: session.id), commit) }
            _ = session.outcome.take(event)
            session.committed?(run.index, tx)
        case .failed, .skipped: _ = session.outcome.take(event)
        case .poisoned(let index, let position, let reason):
            figures.poisoned += 1
            onPoison?(Reproducer(session.request, session.txs[index], index: index, position: position, reason: reason, log: session.log))
        case .finished:
            _ = session.outcome.take(event)
            close(session)
            session.finished(session.outcome, session.scheduler.counts)
        }
    }

    private func close(_ session: Session) {
        guard sessions.removeValue(forKey: session.id) != nil else { return }
        order.removeAll { $0 == session.id }
        learned = session.scheduler.learned
        let counts = session.scheduler.counts
        figures.runs += UInt64(counts.runs)
        figures.conflicts += UInt64(counts.conflicts)
        figures.reruns += UInt64(counts.reruns)
        guard !session.members.isEmpty else { return }
        transport.send(.endBlock, to: ExecutorSignature(target: ExecutorSignature.everyone, session: session.id), CancelMessage(session: session.id).payload)
    }

    private func send(_ job: BlockScheduler.Job, _ session: Session) {
        let signature = ExecutorSignature(target: UInt16(job.executor), session: session.id)
        if session.members.insert(job.executor).inserted {
            let request = session.request
            let begin = BeginBlockMessage(
                session: session.id, baseBlock: request.baseBlock, validates: request.validates, skipsFeeEnforcement: request.skipsFeeEnforcement,
                countsOpcodes: request.countsOpcodes, archiveRoot: (request.archiveRoot ?? .zero).bytes, globals: request.globals.serialized)
            transport.send(.beginBlock, to: signature, begin.payload)
            for commit in session.log { transport.send(.commit, to: signature, commit) }
        }
        let tx = session.txs[job.index]
        let message = JobMessage(
            session: session.id, index: UInt32(job.index), attempt: UInt32(job.attempt), limitNanos: session.request.txLimitNanos, least: UInt32(session.log.count),
            onto: job.onto.map { RunNumber(index: UInt32($0.index), attempt: UInt32($0.attempt)) }, hash: (tx.hash?.field ?? .zero).bytes, tx: tx.wire)
        transport.send(.job, to: signature, message.payload)
    }
}
