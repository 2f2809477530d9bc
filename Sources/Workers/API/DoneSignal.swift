import Glibc

/// Raised once, waited for by one thread.
final class DoneSignal: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func raise() { sem_post(semaphore) }

    func wait(nanoseconds: UInt64) -> Bool {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        let total = UInt64(end.tv_nsec) + nanoseconds % 1_000_000_000
        end.tv_sec += Int(nanoseconds / 1_000_000_000 + total / 1_000_000_000)
        end.tv_nsec = Int(total % 1_000_000_000)
        while sem_timedwait(semaphore, &end) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
