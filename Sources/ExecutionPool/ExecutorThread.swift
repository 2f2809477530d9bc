import CLinux
import Glibc
import Messages
import PublicExecution
import Synchronization

/// An `ExecutorEngine` on a thread of its own. The process's main thread keeps reading the rings, so that a long
/// transaction holds nobody back, can be cancelled and is watched.
public final class ExecutorThread: Sendable {
    private enum Order: Sendable {
        case message(link: Int, kind: UInt16, body: [UInt8])
        case forget(link: Int)
        case idle
    }

    private struct Shared: Sendable {
        var orders: [Order] = []
        var answers: [ExecutorEngine.Answer] = []
        var running: (job: ExecutorEngine.Running, since: UInt64)?
        var malformed: UInt64 = 0
        var figures = ExecutorFigures()
        var isStopping = false
    }

    private let shared = Mutex(Shared())
    private let isUnwanted = Atomic<Bool>(false)
    private let work = Signal()
    private let answered: @Sendable () -> Void

    /// `makeSource` runs on the new thread. `answered` is called from it whenever there are answers to take.
    public init(index: Int, makeSource: @escaping @Sendable () -> any BaseSource, answered: @escaping @Sendable () -> Void) {
        self.answered = answered
        start { [self] in
            let source = makeSource()
            let engine = ExecutorEngine(index: index, source: source)
            while turn(engine, source) {}
        }
    }

    // MARK: From any thread

    public func post(link: Int, kind: UInt16, _ body: [UInt8]) {
        shared.withLock { shared in
            shared.orders.append(.message(link: link, kind: kind, body: body))
            // What takes the running job back must not wait behind it.
            guard let job = shared.running?.job, job.link == link, let cancel = CancelMessage(body.span.bytes), cancel.session == job.session else { return }
            let isEnd = kind == ExecutorMessageKind.endBlock.rawValue
            let isCancel = kind == ExecutorMessageKind.cancel.rawValue && cancel.index == job.index && cancel.attempt == job.attempt
            if isEnd || isCancel { isUnwanted.store(true, ordering: .relaxed) }
        }
        work.raise()
    }

    public func forget(link: Int) {
        shared.withLock { shared in
            shared.orders.append(.forget(link: link))
            if shared.running?.job.link == link { isUnwanted.store(true, ordering: .relaxed) }
        }
        work.raise()
    }

    /// Lets the engine's source follow the chain while there is nothing to do.
    public func idle() {
        let isIdle = shared.withLock { shared in
            guard shared.orders.isEmpty, shared.running == nil else { return false }
            shared.orders.append(.idle)
            return true
        }
        if isIdle { work.raise() }
    }

    public func takeAnswers() -> [ExecutorEngine.Answer] {
        shared.withLock { shared in
            defer { shared.answers = [] }
            return shared.answers
        }
    }

    public var hasAnswers: Bool { shared.withLock { !$0.answers.isEmpty } }
    public var malformed: UInt64 { shared.withLock { $0.malformed } }
    public var figures: ExecutorFigures { shared.withLock { $0.figures } }
    public var isRunning: Bool { shared.withLock { $0.running != nil } }

    /// The job that has been running for longer than its limit plus `grace` nanoseconds: asking it to stop did not help.
    public func overdue(now: UInt64, grace: UInt64) -> ExecutorEngine.Running? {
        shared.withLock { shared in
            guard let running = shared.running, now > running.since, now - running.since > running.job.limitNanos &+ grace else { return nil }
            return running.job
        }
    }

    /// Takes back whatever runs and ends the thread soon.
    public func stop() {
        shared.withLock { $0.isStopping = true }
        isUnwanted.store(true, ordering: .relaxed)
        work.raise()
    }

    // MARK: On its thread

    private func turn(_ engine: ExecutorEngine, _ source: any BaseSource) -> Bool {
        if !engine.hasWork { work.wait { shared.withLock { !$0.orders.isEmpty || $0.isStopping } } }
        let (orders, isStopping) = shared.withLock { shared in
            defer { shared.orders = [] }
            return (shared.orders, shared.isStopping)
        }
        if isStopping { return false }
        for order in orders {
            switch order {
            case .message(let link, let kind, let body): if !engine.take(link: link, kind: kind, body) { shared.withLock { $0.malformed += 1 } }
            case .forget(let link): engine.forget(link: link)
            case .idle: source.follow()
            }
        }
        guard let next = engine.next else { return true }
        let since = Self.now()
        shared.withLock { shared in
            shared.running = (next, since)
            isUnwanted.store(false, ordering: .relaxed)
            // Taken back between the orders above and now.
            if shared.isStopping || shared.orders.contains(where: { Self.takesBack($0, next) }) { isUnwanted.store(true, ordering: .relaxed) }
        }
        let end = since &+ next.limitNanos
        let answer = engine.runNext(
            isCancelled: { isUnwanted.load(ordering: .relaxed) || Self.now() > end }, isWanted: { !isUnwanted.load(ordering: .relaxed) })
        shared.withLock { shared in
            shared.running = nil
            shared.figures = engine.figures
            if let answer { shared.answers.append(answer) }
        }
        if answer != nil { answered() }
        return true
    }

    private static func takesBack(_ order: Order, _ job: ExecutorEngine.Running) -> Bool {
        switch order {
        case .forget(let link): link == job.link
        case .idle: false
        case .message(let link, let kind, let body):
            if link == job.link, let cancel = CancelMessage(body.span.bytes), cancel.session == job.session {
                kind == ExecutorMessageKind.endBlock.rawValue
                    || kind == ExecutorMessageKind.cancel.rawValue && cancel.index == job.index && cancel.attempt == job.attempt
            } else {
                false
            }
        }
    }

    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// A thread with a stack for deep recursion in decoders.
    private func start(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { pointer in
            Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
        precondition(code == 0, "no thread for the executor: \(String(cString: strerror(code)))")
    }
}

/// A condition variable.
private final class Signal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func raise() {
        pthread_mutex_lock(mutex)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func wait(until isDone: () -> Bool) {
        pthread_mutex_lock(mutex)
        while !isDone() { pthread_cond_wait(condition, mutex) }
        pthread_mutex_unlock(mutex)
    }
}
