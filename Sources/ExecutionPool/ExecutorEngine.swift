import Bytes
import Field
public import Messages
import Protocol
public import PublicExecution

/// Opens the state that blocks are executed on.
public protocol BaseSource: AnyObject {
    /// The chain after `block`; waits a little for it to arrive. `archiveRoot`: of the archive tree after that block, nil
    /// when it does not matter.
    /// `whileWaiting` is called every few milliseconds until then.
    func base(after block: UInt32, archiveRoot: Fr?, whileWaiting: () -> Void) throws(StateUnavailable) -> any ExecutionBase
    var classes: ClassCache { get }
    /// Now and then while nothing is executed.
    func follow()
}

/// The executing half of the pool without processes and rings: takes orders, gives answers, works off one job at a time.
/// One thread.
///
/// State: for each session the block as far as it is committed. All of it can be lost: the host begins sessions anew for an
/// executor that says hello.
public final class ExecutorEngine {
    /// An answer for the host of link `link`.
    public struct Answer: Sendable {
        public var link: Int
        public var kind: ExecutorMessageKind
        public var session: UInt64
        public var body: [UInt8]
        /// Nothing waits for it but a host with more to do: it may lie until the next answer.
        public var canWait = false
    }

    /// One job as the thread that watches over it sees it.
    public struct Running: Hashable, Sendable {
        /// Index of what is a proof, no transaction of a block.
        public static let proof = UInt32.max

        public var link: Int
        /// Of a proof: its ticket.
        public var session: UInt64
        public var index: UInt32
        public var attempt: UInt32
        public var limitNanos: UInt64
    }

    private struct SessionKey: Hashable {
        var link: Int
        var session: UInt64
    }

    private final class Session {
        let overlay: BlockOverlay
        let processor: TxProcessor
        /// Entries of the commit log that no job has needed yet.
        var pending: [CommitMessage] = []
        /// The newest transaction in the commit log; commits come in ascending order.
        var lastCommitted = -1
        /// What this executor's runs change that are not committed, by transaction.
        var own: [UInt32: (attempt: UInt32, diff: TxDiff)] = [:]

        init(_ overlay: BlockOverlay, _ processor: TxProcessor) {
            self.overlay = overlay
            self.processor = processor
        }

        var logged: Int { overlay.count + pending.count }

        /// Puts the commit log on top of the state. False: an entry cannot be read.
        func catchUp() -> Bool {
            defer { pending.removeAll(keepingCapacity: true) }
            for commit in pending {
                let mine = own.removeValue(forKey: commit.index)
                if let mine, mine.attempt == commit.attempt {
                    overlay.commit(mine.diff)
                } else if let diff = try? TxDiff(exactly: commit.diff) {
                    overlay.commit(diff)
                } else {
                    return false
                }
                lastCommitted = Int(commit.index)
            }
            return true
        }

        /// The state under a job, and those of its runs that are in it beside the commit log.
        func footing(_ wanted: [RunNumber]) -> (BlockOverlay, [RunNumber]) {
            var state = overlay
            var onto: [RunNumber] = []
            for run in wanted where Int(run.index) > lastCommitted {
                guard let mine = own[run.index], mine.attempt == run.attempt else { continue }
                if onto.isEmpty { state = overlay.layer() }
                state.commit(mine.diff)
                onto.append(run)
            }
            return (state, onto)
        }
    }

    /// A session whose state could not be opened says so to every job.
    private enum SessionState {
        case open(Session)
        case unavailable(String)
    }

    /// After a transaction that took no longer than this, its host need not be woken as long as there is more to do.
    static let shortNanos: UInt64 = 3_000_000
    /// Sessions a host may have open at once; the oldest go.
    static let sessionLimit = 256
    /// Blocks go first, but so many jobs let a proof through: a busy node still takes transactions.
    static let jobsBeforeProof = 16

    private let index: Int
    private let source: any BaseSource
    private let setupAllowList: SetupAllowList
    private let checker: any ProofChecker
    private let executor = TransactionExecutor()
    private var sessions: [SessionKey: SessionState] = [:]
    private var order: [SessionKey] = []
    /// Called every few milliseconds while a state is waited for.
    var whileWaiting: () -> Void = {}
    private var jobs: [(link: Int, job: JobMessage)] = []
    private var proofs: [(link: Int, proof: ProofMessage)] = []
    /// Jobs in a row that went before a proof.
    private var passed = 0
    public private(set) var figures = ExecutorFigures()

    public init(index: Int, source: any BaseSource, setupAllowList: SetupAllowList = .default, checker: any ProofChecker = NoProofChecker()) {
        self.index = index
        self.checker = checker
        self.source = source
        self.setupAllowList = setupAllowList
    }

    public var hasWork: Bool { !jobs.isEmpty || !proofs.isEmpty }
    public var sessionCount: Int { sessions.count }

    /// One order, in the order of its link. False: not understood.
    public func take(link: Int, kind: UInt16, _ body: [UInt8]) -> Bool {
        let payload = body.span.bytes
        switch ExecutorMessageKind(rawValue: kind) {
        case .beginBlock:
            guard let begin = BeginBlockMessage(payload), let globals = try? GlobalVariables(exactly: begin.globals) else { return false }
            open(SessionKey(link: link, session: begin.session), begin, globals)
        case .commit:
            guard let commit = CommitMessage(payload) else { return false }
            // Not of a session that this process was told of, or told of after this commit: the backlog came or comes.
            guard case .open(let session)? = sessions[SessionKey(link: link, session: commit.session)], Int(commit.position) == session.logged else { break }
            session.pending.append(commit)
        case .job:
            guard let job = JobMessage(payload) else { return false }
            jobs.append((link, job))
        case .proof:
            guard let proof = ProofMessage(payload) else { return false }
            proofs.append((link, proof))
        case .cancel:
            guard let cancel = CancelMessage(payload) else { return false }
            jobs.removeAll { $0.link == link && $0.job.session == cancel.session && $0.job.index == cancel.index && $0.job.attempt == cancel.attempt }
        case .endBlock:
            guard let end = CancelMessage(payload) else { return false }
            close(SessionKey(link: link, session: end.session))
        case .hello, .result, .leaving, .proofVerdict, nil: return false
        }
        return true
    }

    /// The host of a link is a new process, or this executor stops: nothing it ordered is wanted any more.
    public func forget(link: Int) {
        for key in sessions.keys where key.link == link { close(key) }
        jobs.removeAll { $0.link == link }
        proofs.removeAll { $0.link == link }
    }

    private func close(_ key: SessionKey) {
        sessions[key] = nil
        order.removeAll { $0 == key }
        jobs.removeAll { $0.link == key.link && $0.job.session == key.session }
    }

    private func open(_ key: SessionKey, _ begin: BeginBlockMessage, _ globals: GlobalVariables) {
        close(key)
        if order.count >= Self.sessionLimit { close(order[0]) }
        order.append(key)
        let root = begin.archiveRoot.allSatisfy { $0 == 0 } ? nil : Fr(canonical: begin.archiveRoot)
        do {
            let base = try source.base(after: begin.baseBlock, archiveRoot: root, whileWaiting: whileWaiting)
            let options = ExecutionOptions(skipsFeeEnforcement: begin.skipsFeeEnforcement, countsOpcodes: begin.countsOpcodes)
            let processor = TxProcessor(
                globals: globals, validator: begin.validates ? PreprocessValidator(globals: globals, setupAllowList: setupAllowList) : nil, options: options, executor: executor)
            sessions[key] = .open(Session(BlockOverlay(over: base, classes: source.classes), processor))
        } catch { sessions[key] = .unavailable(error.description) }
    }

    private var isProofNext: Bool { !proofs.isEmpty && (jobs.isEmpty || passed >= Self.jobsBeforeProof) }

    /// The job that `runNext` would work on.
    public var next: Running? {
        if isProofNext {
            let now = ExecutionClock.now()
            return proofs.first.map {
                Running(link: $0.link, session: $0.proof.ticket, index: Running.proof, attempt: 0, limitNanos: $0.proof.deadline > now ? $0.proof.deadline - now : 0)
            }
        }
        return jobs.first.map { Running(link: $0.link, session: $0.job.session, index: $0.job.index, attempt: $0.job.attempt, limitNanos: $0.job.limitNanos) }
    }

    /// Works off the oldest job. `isCancelled` is asked every few milliseconds; `isWanted` tells why it stopped: false when
    /// the job was taken back (no answer then), true when its time is over.
    public func runNext(isCancelled: () -> Bool, isWanted: () -> Bool) -> Answer? {
        if isProofNext {
            passed = 0
            return checkNext(isCancelled: isCancelled, isWanted: isWanted)
        }
        guard !jobs.isEmpty else { return nil }
        passed = proofs.isEmpty ? 0 : passed + 1
        let (link, job) = jobs.removeFirst()
        func answer(_ status: ResultMessage.Status, _ version: Int, onto: [RunNumber] = [], _ body: [UInt8]) -> Answer {
            let result = ResultMessage(
                session: job.session, index: job.index, attempt: job.attempt, executor: UInt32(index), version: UInt32(version), onto: onto, status: status, body: body)
            return Answer(link: link, kind: .result, session: job.session, body: result.payload)
        }
        switch sessions[SessionKey(link: link, session: job.session)] {
        case nil: return nil
        case .unavailable(let reason)?: return answer(.unavailable, 0, Array(reason.utf8))
        case .open(let session)?:
            guard session.catchUp() else { return answer(.unavailable, session.overlay.count, Array("the commit log cannot be read".utf8)) }
            let version = session.overlay.count
            guard version >= job.least else { return answer(.unavailable, version, Array("the commit log is behind: \(version) of \(job.least)".utf8)) }
            guard let tx = try? Tx(wire: job.tx), let given = Fr(canonical: job.hash) else {
                return answer(.verdict, version, TxVerdict.failed(reason: "The transaction cannot be decoded", ReadSet()).serialized)
            }
            let hash = given.isZero ? tx.hash() : TxHash(given)
            let (state, onto) = session.footing(job.onto)
            do {
                let verdict = try session.processor.offer(tx, hash: hash, on: state, isCancelled: isCancelled)
                figures.count(TransactionClass(tx, on: state), isRerun: job.attempt > 1, verdict)
                var answer = answer(.verdict, version, onto: onto, verdict.serialized)
                if case .executed(let executed) = verdict {
                    session.own[job.index] = (job.attempt, executed.diff)
                    answer.canWait = executed.statistics.nanoseconds < Self.shortNanos && jobs.count(where: { $0.link == link && $0.job.session == job.session }) > 1
                } else {
                    session.own[job.index] = nil
                }
                return answer
            } catch {
                switch error {
                case .interrupted:
                    figures.interrupted += 1
                    return isWanted() ? answer(.tookTooLong, version, onto: onto, []) : nil
                case .unavailable(let failure): return answer(.unavailable, version, Array(failure.description.utf8))
                }
            }
        }
    }

    private func checkNext(isCancelled: () -> Bool, isWanted: () -> Bool) -> Answer? {
        let (link, proof) = proofs.removeFirst()
        func answer(_ status: ProofVerdictMessage.Status, _ text: String = "") -> Answer {
            let verdict = ProofVerdictMessage(ticket: proof.ticket, executor: UInt32(index), status: status, text: Array(text.utf8))
            return Answer(link: link, kind: .proofVerdict, session: proof.ticket, body: verdict.payload)
        }
        // It waited too long: nobody listens any more, and others do wait.
        guard ExecutionClock.now() < proof.deadline else { return answer(.tookTooLong) }
        guard let tx = try? Tx(exactly: proof.tx) else { return answer(.unavailable, "the transaction cannot be decoded") }
        var isStopped = false
        let verdict = checker.check(tx) {
            isStopped = isStopped || isCancelled()
            return isStopped
        }
        if isStopped { return isWanted() ? answer(.tookTooLong) : nil }
        switch verdict {
        case .valid: return answer(.valid)
        case .invalid: return answer(.invalid)
        case .unavailable(let reason): return answer(.unavailable, reason)
        }
    }
}
