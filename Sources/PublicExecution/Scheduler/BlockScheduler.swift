import Protocol

/// Optimistic execution of a block by several executors with commits in order («architecture §4»): the result is that of
/// executing one transaction after the other, whatever the executors do and however many of them die.
///
/// A state machine without clock, threads or messages. Its owner offers transactions, passes jobs from `assign` to
/// executors, hands back what they say (`accept`), reports deaths (`lost`), and acts on the events of `advance`.
///
/// An executor works off its jobs in the order it got them, each on as many committed transactions as it knows of when it
/// begins, and says how many those were. A transaction that will probably need what others do that are not committed yet
/// goes to the executor that has those, on top of its own results (`Job.onto`): a chain of conflicts runs without waiting
/// for commits. A result is taken if everything it read is still so on top of all committed transactions, and if the runs it
/// is built on are the committed ones; else the transaction runs again, at the latest when everything before it is
/// committed: then nothing can be wrong any more.
public struct BlockScheduler: Sendable {
    public struct Options: Sendable {
        /// Jobs an executor has at once: one it works on, the others so that it need not wait for the next.
        public var queueDepth = 3
        /// How far ahead of the oldest transaction that is not committed, per executor.
        public var windowPerExecutor = 6
        /// Deaths of executors over one transaction: `crashWeight` for one by its own fault, 1 for one from outside.
        public var strikeLimit = 8
        public var crashWeight = 4
        /// Attempts to read the state before the whole block is given up.
        public var unavailableLimit = 3

        public init() {}
    }

    /// A run of a transaction.
    public struct Run: Hashable, Sendable {
        /// Position among the offered transactions.
        public var index: Int
        /// Tells this run from others of the same transaction, whoever's they are.
        public var attempt: Int

        public init(index: Int, attempt: Int) {
            self.index = index
            self.attempt = attempt
        }
    }

    public struct Job: Sendable {
        public var executor: Int
        public var run: Run
        /// Runs of the same executor, in order, that it is executed on top of as far as they succeeded and are not committed.
        public var onto: [Run] = []

        public var index: Int { run.index }
        public var attempt: Int { run.attempt }

        public init(executor: Int, index: Int, attempt: Int, onto: [Run] = []) {
            self.executor = executor
            run = Run(index: index, attempt: attempt)
            self.onto = onto
        }

        /// What it is built on does not tell it from others.
        func isSame(_ other: Job) -> Bool { run == other.run && executor == other.executor }
    }

    /// What an executor says about a job.
    public enum Outcome: Sendable {
        case verdict(TxVerdict)
        /// Over the time limit of a single transaction.
        case tookTooLong
        /// The state could not be read; nothing is said of the transaction.
        case unavailable(String)
    }

    public enum LossCause: Sendable, Equatable {
        /// By its own fault: a signal, its watchdog.
        case crashed
        /// Killed or stopped from outside.
        case killed
    }

    public enum StopReason: Sendable, Equatable {
        /// Every transaction was looked at.
        case done
        case maxTransactions
        case deadline
        /// The state cannot be read: there is no block.
        case unavailable(String)
    }

    public enum Event: Sendable {
        /// Next in the block. `position` counts the committed ones from 0.
        case committed(Run, position: Int, ExecutedTx)
        /// Dropped from the block and the pool.
        case failed(index: Int, reason: String)
        /// Not in this block, stays in the pool.
        case skipped(index: Int, reason: String)
        /// Failed because it killed its executors or took too long twice: worth keeping for whoever looks into it.
        case poisoned(index: Int, position: Int, reason: String)
        /// To be run by its executor.
        case assigned(Job)
        /// Not wanted any more; its result would be ignored.
        case cancelled(Job)
        /// No more events. Transactions after the last one named were not looked at.
        case finished(StopReason)
    }

    /// Figures of a block.
    public struct Counts: Sendable, Equatable {
        public var runs = 0
        public var conflicts = 0
        /// Runs beyond the first of a transaction, for whatever reason.
        public var reruns = 0
        public var deaths = 0
    }

    enum State {
        /// No valid result, nobody works on it.
        case waiting
        case assigned(Job)
        case done(Finished)
    }

    /// A result, in one piece: states are copied all the time.
    final class Finished: Sendable {
        let verdict: TxVerdict
        let footing: Footing
        let reads: ReadSet
        /// What it changes; nil when it is not executed.
        let diff: TxDiff?

        init(_ verdict: TxVerdict, _ footing: Footing) {
            self.verdict = verdict
            self.footing = footing
            reads = verdict.reads
            diff = if case .executed(let executed) = verdict { executed.diff } else { nil }
        }
    }

    /// What a result was executed on: so many committed transactions and, over them, these runs.
    struct Footing {
        var version: Int
        var onto: [Run]
    }

    struct Entry {
        var offer: OfferedTx
        var state = State.waiting
        var attempts = 0
        var invalidations = 0
        var strikes = 0
        var timeouts = 0
        var unavailable = 0
        /// What the last run saw and did, when it turned out to be outdated.
        var lastReads: ReadSet?
        var lastDiff: TxDiff?
        /// Who has the result in its memory; nil: nobody any more.
        var doneBy: Int?
        /// Transactions that it was kept behind because a conflict was probable.
        var keptBehind: [Int] = []
        /// Once committed.
        var committedAttempt: Int?
        var committedDiff: TxDiff?
        /// Names that conflicts are about, as the predictor knew when its generation was that.
        var hotNames: [UInt64] = []
        var hotGeneration = 0

        /// Only with everything before it committed: what it does then is final.
        var mustBeFirst: Bool { strikes > 0 || timeouts > 0 || invalidations > 1 }
    }

    public let limits: BlockLimits
    public let options: Options
    public internal(set) var counts = Counts()
    /// First transaction that is not decided.
    public internal(set) var head = 0
    public internal(set) var isFinished = false
    public internal(set) var totalGas = BlockGas()
    public internal(set) var totalSize = 0
    public var committed: Int { prefix.count }

    var entries: [Entry] = []
    /// Indices of the committed transactions, in order.
    var committedIndices: [Int] = []
    var prefix = CommittedPrefix()
    var predictor: ConflictPredictor
    /// Jobs of each executor in the order it got them; the first is the one it works on.
    var queues: [Int: [Job]] = [:]
    /// Behind the last transaction that was ever handed out.
    var reached = 0
    /// Transactions that may have been handed out and are not decided.
    var underWay: Range<Int> { head..<max(head, reached) }
    var isComplete = false
    var failure: String?
    /// Filled between two calls of `advance`.
    var pendingEvents: [Event] = []

    public init(limits: BlockLimits = BlockLimits(), options: Options = Options(), learned: Learned = Learned()) {
        self.limits = limits
        self.options = options
        predictor = learned.predictor
    }

    /// What a block taught for the next one.
    public struct Learned: Sendable {
        var predictor = ConflictPredictor()
        public init() {}
    }

    public var learned: Learned {
        var learned = Learned()
        learned.predictor = predictor
        return learned
    }

    // MARK: Input

    /// Appends a transaction; returns its index.
    @discardableResult
    public mutating func offer(_ tx: OfferedTx) -> Int {
        precondition(!isComplete, "the block was said to be complete")
        entries.append(Entry(offer: tx))
        return entries.count - 1
    }

    /// No more transactions come.
    public mutating func complete() { isComplete = true }

    public var executors: [Int] { queues.keys.sorted() }

    /// Executor numbers are the owner's; a restarted executor comes as new, after `lost`.
    public mutating func addExecutor(_ executor: Int) {
        if queues[executor] == nil { queues[executor] = [] }
    }

    /// The executor is gone; what it had is given to others.
    public mutating func lost(_ executor: Int, _ cause: LossCause) {
        guard let jobs = remove(executor) else { return }
        counts.deaths += 1
        for (place, job) in jobs.enumerated() {
            entries[job.index].state = .waiting
            // The one it worked on is under suspicion; the others were only waiting.
            guard place == 0 else { continue }
            entries[job.index].strikes += cause == .crashed ? options.crashWeight : 1
            if entries[job.index].strikes >= options.strikeLimit {
                poison(job.index, cause == .crashed ? "its executor crashed twice" : "its executors died \(options.strikeLimit) times")
            }
        }
    }

    /// The executor takes no more jobs; those it did not begin are given to others.
    public mutating func retire(_ executor: Int) {
        guard let jobs = remove(executor) else { return }
        for job in jobs { entries[job.index].state = .waiting }
    }

    /// Its jobs. Results it has given stay good, but nothing can be built on them.
    private mutating func remove(_ executor: Int) -> [Job]? {
        guard let jobs = queues.removeValue(forKey: executor) else { return nil }
        for index in underWay where entries[index].doneBy == executor { entries[index].doneBy = nil }
        return jobs
    }

    /// What an executor said. `version`: committed transactions it ran on; `onto`: runs of its own over those. Ignored when
    /// nobody waits for it any more. Returns whether it was used.
    @discardableResult
    public mutating func accept(_ job: Job, _ outcome: Outcome, version: Int, onto: [Run] = []) -> Bool {
        guard !isFinished, job.index >= head, job.index < entries.count, version >= 0, version <= prefix.count,
            onto.allSatisfy({ $0.index >= 0 && $0.index < job.index }), case .assigned(let current) = entries[job.index].state, current.isSame(job)
        else { return false }
        queues[job.executor]?.removeAll { $0.isSame(job) }
        switch outcome {
        case .verdict(let verdict):
            entries[job.index].state = .done(Finished(verdict, Footing(version: version, onto: onto)))
            entries[job.index].doneBy = job.executor
            validate(job.index)
        case .tookTooLong:
            takeBack(job.index)
            entries[job.index].timeouts += 1
            // Only a run on the whole prefix says something about the block.
            if entries[job.index].timeouts > 1, job.index == head, version == prefix.count, onto.isEmpty { poison(job.index, "it took too long twice") }
        case .unavailable(let reason):
            takeBack(job.index)
            entries[job.index].unavailable += 1
            if entries[job.index].unavailable >= options.unavailableLimit { failure = reason }
        }
        return true
    }

    private mutating func poison(_ index: Int, _ reason: String) {
        var reads = ReadSet()
        reads.noteHashCount = 0
        pendingEvents.append(.poisoned(index: index, position: prefix.count, reason: reason))
        entries[index].state = .done(Finished(.failed(reason: "Dropped: \(reason)", reads), Footing(version: prefix.count, onto: [])))
    }
}
