import Glibc
import Synchronization

/// What the worker's loop answers to a thread of the server that waits for it.
final class AwaitedAnswer<Value: Sendable>: @unchecked Sendable {
    private let value = Mutex<Value?>(nil)
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// The first answer counts.
    func settle(_ answer: Value) {
        value.withLock { $0 = $0 ?? answer }
        sem_post(semaphore)
    }

    /// nil: none in that time.
    func wait(nanoseconds: UInt64) -> Value? {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        let total = UInt64(end.tv_nsec) + nanoseconds % 1_000_000_000
        end.tv_sec += Int(nanoseconds / 1_000_000_000 + total / 1_000_000_000)
        end.tv_nsec = Int(total % 1_000_000_000)
        while sem_timedwait(semaphore, &end) != 0 {
            if errno != EINTR { return nil }
        }
        return value.withLock { $0 }
    }
}
