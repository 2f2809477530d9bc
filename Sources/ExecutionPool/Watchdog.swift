import Glibc
import Synchronization

/// A thread that watches over the job of another one: what goes on long after its time and does not end when it is told to
/// (a read that does not come back) is reported. Costs nothing while nothing runs.
public final class Watchdog {
    /// What a transaction gets beyond its time.
    public static let graceNanos: UInt64 = 1_000_000_000

    public struct Job: Hashable, Sendable {
        public var session: UInt64
        public var index: UInt32
        public var limitNanos: UInt64
    }

    private final class Shared: Sendable {
        static let pollMicros: UInt32 = 50_000
        /// Looks without a job before it sleeps.
        static let patience = 20

        let session = Atomic<UInt64>(0)
        let index = Atomic<UInt32>(0)
        let limit = Atomic<UInt64>(0)
        /// When the job is overdue; 0: nothing runs.
        let end = Atomic<UInt64>(0)
        let isAsleep = Atomic<Bool>(false)
        let isOver = Atomic<Bool>(false)
        nonisolated(unsafe) let bell = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        let overdue: @Sendable (Job) -> Void

        init(_ overdue: @escaping @Sendable (Job) -> Void) {
            self.overdue = overdue
            sem_init(bell, 0, 0)
        }

        deinit {
            sem_destroy(bell)
            bell.deallocate()
        }

        func run() {
            var quiet = 0
            while !isOver.load(ordering: .acquiring) {
                usleep(Self.pollMicros)
                let end = end.load(ordering: .sequentiallyConsistent)
                if end > 0, ExecutionClock.now() > end {
                    overdue(Job(session: session.load(ordering: .relaxed), index: index.load(ordering: .relaxed), limitNanos: limit.load(ordering: .relaxed)))
                }
                quiet = end == 0 ? quiet + 1 : 0
                if quiet > Self.patience {
                    quiet = 0
                    sleep()
                }
            }
        }

        private func sleep() {
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            // A job that began just now saw nobody asleep, or rings.
            let isBusy = end.load(ordering: .sequentiallyConsistent) > 0 || isOver.load(ordering: .sequentiallyConsistent)
            if isBusy, isAsleep.exchange(false, ordering: .sequentiallyConsistent) { return }
            while sem_wait(bell) != 0 {}
        }

        func wake() { if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { sem_post(bell) } }
    }

    private let shared: Shared
    private var isStarted = false

    init(_ overdue: @escaping @Sendable (Job) -> Void) { shared = Shared(overdue) }

    deinit {
        shared.isOver.store(true, ordering: .sequentiallyConsistent)
        shared.wake()
    }

    /// A job begins.
    func watch(_ job: Job) {
        shared.session.store(job.session, ordering: .relaxed)
        shared.index.store(job.index, ordering: .relaxed)
        shared.limit.store(job.limitNanos, ordering: .relaxed)
        shared.end.store(ExecutionClock.now() &+ job.limitNanos &+ Self.graceNanos, ordering: .sequentiallyConsistent)
        if isStarted { shared.wake() } else { start() }
    }

    /// It ended.
    func rest() { shared.end.store(0, ordering: .releasing) }

    private func start() {
        isStarted = true
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { pointer in
            Unmanaged<Shared>.fromOpaque(pointer!).takeRetainedValue().run()
            return nil
        }, Unmanaged.passRetained(shared).toOpaque())
        precondition(code == 0, "no thread to watch over the executor: \(String(cString: strerror(code)))")
        pthread_detach(thread)
    }
}
