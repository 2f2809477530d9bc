internal import CLinux
import Glibc

/// How a polling worker waits for messages.
public enum WaitStrategy: Sendable {
    /// A core of its own.
    case spin
    /// Polls that many times, then sleeps on the futex until a producer rings or housekeeping is due.
    case spinThenSleep(polls: Int)
}

/// Runs a compute worker: polls its rings, sleeps on a futex when they stay empty.
final class PollingDriver {
    static let batch = 64
    static let housekeepingInterval: UInt64 = 20_000_000

    private let context: WorkerContext
    private let worker: any Worker
    private let wait: WaitStrategy
    private var upkeep = Upkeep()

    init(_ context: WorkerContext, _ worker: any Worker, wait: WaitStrategy) {
        self.context = context
        self.worker = worker
        self.wait = wait
    }

    func run() throws {
        guard ql_catch_stop_signal(SIGTERM) == 0 else { throw IPCError("catching SIGTERM", code: errno) }
        var ended = false
        context.onFailure = { ended = true }
        context.messages = { [unowned context, unowned worker] in
            for link in context.inputs where link.hasMessage() { _ = link.drain(worker, limit: Self.batch) }
        }
        try worker.start()
        guard context.failure == nil else { return }
        context.region.state = .running
        // Linking and start-up touched 20 MB of libraries that most workers do not need again.
        ql_release_unwritten_pages()
        var due: UInt64 = 0
        var empty = 0
        var mark = ql_monotonic_nanos()
        func spend(_ regime: WorkerRegion.Regime) {
            let now = ql_monotonic_nanos()
            context.region[regime] &+= now &- mark
            mark = now
        }
        var stopping = false
        while !ended {
            if ql_stop_requested() != 0, !stopping {
                stopping = true
                context.region.state = .stopping
                worker.shutdown { [context] in
                    for link in context.inputs { link.ring.leave() }
                    ended = true
                }
                continue
            }
            // The clock is looked at now and then while messages come, and at every turn without any.
            let now = ql_monotonic_nanos()
            if now >= due {
                due = now + Self.housekeepingInterval
                spend(empty > 0 ? .idle : .processing)
                upkeep.run(context, worker, now: now)
                spend(.housekeeping)
            }
            worker.beforeCredit()
            var busy = false
            for link in context.inputs where link.hasMessage() {
                busy = true
                _ = link.drain(worker, limit: Self.batch)
            }
            if worker.hasWork { busy = true }
            worker.afterCredit()
            if busy {
                if empty > 0 { spend(.idle) }
                empty = 0
                continue
            }
            if empty == 0 { spend(.processing) }
            empty += 1
            if case .spinThenSleep(let polls) = wait, empty > polls {
                context.bell.sleep(limit: due > now ? due - now : 0, unless: { context.inputs.contains { $0.hasMessage() } || worker.hasWork || ql_stop_requested() != 0 })
                spend(.idle)
            } else {
                ql_pause()
            }
        }
        Upkeep.finish(context)
    }
}
