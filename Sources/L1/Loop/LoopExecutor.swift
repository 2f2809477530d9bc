import Glibc
import Synchronization

/// Runs asynchronous code on the thread of an event loop: a queue of jobs that the loop drains, no threads of its own.
///
/// Both the serial executor of `LoopActor` and a task executor, so a task started by `LoopActor.start` never leaves the
/// loop's thread, child tasks included. It knows nothing of libuv: `attach` is given the way to wake the loop, and the
/// loop calls `drain`.
public final class LoopExecutor: SerialExecutor, TaskExecutor, Sendable {
    public static let shared = LoopExecutor()

    private struct State {
        var jobs: [UnownedJob] = []
        var wake: (@Sendable () -> Void)?
        var isDraining = false
        var thread: pthread_t?
    }

    private let state = Mutex(State())
    /// Actions of the loop's thread to run when the queue has become empty; touched by that thread only.
    nonisolated(unsafe) private var endOfTurn: [() -> Void] = []

    init() {}

    /// Makes the calling thread the one that drains. `wake` must make it call `drain` soon; any thread may call it.
    public func attach(wake: @escaping @Sendable () -> Void) {
        let pending = state.withLock { state in
            precondition(state.thread == nil, "the loop executor already has a thread")
            state.thread = pthread_self()
            state.wake = wake
            return !state.jobs.isEmpty
        }
        if pending { wake() }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wake = state.withLock { state in
            state.jobs.append(job)
            return state.isDraining || state.jobs.count > 1 ? nil : state.wake
        }
        wake?()
    }

    /// Runs every job that is ready, and those that they make ready, then the end-of-turn actions, until nothing is left.
    public func drain() {
        precondition(isOnThread, "the loop executor is drained by the thread that attached it")
        let mayRun = state.withLock { state in
            guard !state.isDraining else { return false }
            state.isDraining = true
            return true
        }
        guard mayRun else { return }
        while true {
            let jobs = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return jobs
            }
            if jobs.isEmpty {
                if endOfTurn.isEmpty {
                    let isDone = state.withLock { state in
                        if state.jobs.isEmpty { state.isDraining = false }
                        return state.jobs.isEmpty
                    }
                    if isDone { return }
                    continue
                }
                let actions = endOfTurn
                endOfTurn = []
                for action in actions { action() }
                continue
            }
            for job in jobs { job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor()) }
        }
    }

    /// Runs `action` once when everything that is ready now has run. Loop thread only.
    func atEndOfTurn(_ action: @escaping () -> Void) {
        precondition(isOnThread)
        endOfTurn.append(action)
        let wake = state.withLock { $0.isDraining ? nil : $0.wake }
        wake?()
    }

    public var isOnThread: Bool {
        state.withLock { state in state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    public func checkIsolated() { precondition(isOnThread, "not on the loop's thread") }
    public func isIsolatingCurrentContext() -> Bool? { isOnThread }
}

/// Isolation of everything that lives on the worker's event loop.
@globalActor public actor LoopActor {
    public static let shared = LoopActor()

    public nonisolated var unownedExecutor: UnownedSerialExecutor { LoopExecutor.shared.asUnownedSerialExecutor() }

    /// Runs code that is on the loop's thread already (a libuv or libcurl callback) as isolated code.
    public static func assumeIsolated<T>(_ body: @LoopActor () throws -> T) rethrows -> T {
        LoopExecutor.shared.checkIsolated()
        return try withoutActuallyEscaping(body) { body in
            try unsafeBitCast(body, to: (() throws -> T).self)()
        }
    }

    /// Starts a task that runs, with all its children, on the loop's thread.
    @discardableResult
    public static func start(_ body: @escaping @LoopActor @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: LoopExecutor.shared) { await body() }
    }
}
