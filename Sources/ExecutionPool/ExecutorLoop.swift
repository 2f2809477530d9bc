import Glibc
import Messages
public import PublicExecution

/// An `ExecutorEngine` between two looks at the rings: one job a turn, on the thread that also reads the rings. While a
/// transaction runs, what has come is looked at every few milliseconds, so that it can be taken back; a thread apart
/// (`Watchdog`) sees to one that does not even ask.
public final class ExecutorLoop {
    private enum Order {
        case message(link: Int, kind: UInt16, body: [UInt8])
        case forget(link: Int)
    }

    private let engine: ExecutorEngine
    private let source: any BaseSource
    private let watchdog: Watchdog
    /// Looks at the rings; calls `post`, `forget` or `stop`.
    private let lookAround: () -> Void
    private var orders: [Order] = []
    private var running: ExecutorEngine.Running?
    private var isUnwanted = false
    private var isStopped = false
    public private(set) var malformed: UInt64 = 0

    /// - Parameters:
    ///   - lookAround: called while a job runs.
    ///   - overdue: from another thread: a job goes on long after its time and after it was told to end.
    public init(
        index: Int, source: any BaseSource, setupAllowList: SetupAllowList = .default, checker: any ProofChecker = NoProofChecker(), lookAround: @escaping () -> Void,
        overdue: @escaping @Sendable (Watchdog.Job) -> Void
    ) {
        engine = ExecutorEngine(index: index, source: source, setupAllowList: setupAllowList, checker: checker)
        self.source = source
        self.lookAround = lookAround
        watchdog = Watchdog(overdue)
        engine.whileWaiting = lookAround
    }

    public var figures: ExecutorFigures { engine.figures }
    public var hasWork: Bool { !isStopped && (!orders.isEmpty || engine.hasWork) }

    /// An order. What takes the running job back ends it soon.
    public func post(link: Int, kind: UInt16, _ body: [UInt8]) {
        orders.append(.message(link: link, kind: kind, body: body))
        guard let job = running, job.link == link, let cancel = CancelMessage(body.span.bytes), cancel.session == job.session else { return }
        // A proof's number is of another series than a block's.
        let isEnd = kind == ExecutorMessageKind.endBlock.rawValue && job.index != ExecutorEngine.Running.proof
        let isCancel = kind == ExecutorMessageKind.cancel.rawValue && cancel.index == job.index && cancel.attempt == job.attempt
        if isEnd || isCancel { isUnwanted = true }
    }

    /// The host of a link is a new process.
    public func forget(link: Int) {
        orders.append(.forget(link: link))
        if running?.link == link { isUnwanted = true }
    }

    /// Takes back whatever runs; no more turns.
    public func stop() {
        isStopped = true
        isUnwanted = true
    }

    /// Lets the source follow the chain while there is nothing to do.
    public func idle() { if !hasWork, running == nil { source.follow() } }

    /// Takes what was ordered, then works off one job.
    public func turn() -> ExecutorEngine.Answer? {
        let batch = orders
        orders = []
        for order in batch {
            switch order {
            case .message(let link, let kind, let body): if !engine.take(link: link, kind: kind, body) { malformed += 1 }
            case .forget(let link): engine.forget(link: link)
            }
        }
        guard !isStopped, let job = engine.next else { return nil }
        running = job
        isUnwanted = false
        let end = ExecutionClock.now() &+ job.limitNanos
        watchdog.watch(Watchdog.Job(session: job.session, index: job.index, limitNanos: job.limitNanos))
        defer {
            watchdog.rest()
            running = nil
        }
        return engine.runNext(
            isCancelled: {
                lookAround()
                return isUnwanted || ExecutionClock.now() > end
            }, isWanted: { !isUnwanted })
    }
}

/// Monotonic nanoseconds.
enum ExecutionClock {
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
