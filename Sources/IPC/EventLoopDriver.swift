internal import CLinux
internal import EventLoop
import Glibc

/// Runs a worker whose inputs are mostly sockets and timers: libuv sleeps, the bell's eventfd wakes it for rings.
final class EventLoopDriver {
    /// Ring steps between two looks at the rest of the loop.
    static let batch = 256

    private let context: WorkerContext
    private let worker: any Worker
    private var upkeep = Upkeep()
    private var isStopping = false
    private var housekeepingNanos: UInt64 = 0

    init(_ context: WorkerContext, _ worker: any Worker) {
        self.context = context
        self.worker = worker
    }

    /// Until an ordered stop is finished or the worker failed.
    func run() throws {
        let loop = context.loop
        try loop.onSignal(SIGTERM) { [unowned self] in stop() }
        try loop.watch(context.bell.event, for: .readable) { [unowned self] _ in
            context.bell.drain()
            if !isStopping { turn() }
        }
        context.onFailure = { loop.stop() }
        try worker.start()
        guard context.failure == nil else { return }
        context.region.state = .running
        // Linking and start-up touched 20 MB of libraries that most workers do not need again.
        ql_release_unwritten_pages()
        loop.every(.milliseconds(100)) { [unowned self] in
            let begin = ql_monotonic_nanos()
            // A worker that is shutting down is left alone: housekeeping might open again what it just closed.
            guard !isStopping else {
                context.region.heartbeatNanos = begin
                return
            }
            upkeep.run(context, worker, now: begin)
            turn()
            housekeepingNanos &+= ql_monotonic_nanos() &- begin
            context.region[.housekeeping] = housekeepingNanos
            context.region[.idle] = loop.idleNanos
            let elapsed = ql_monotonic_nanos() &- context.region.startedNanos
            context.region[.processing] = elapsed > loop.idleNanos &+ housekeepingNanos ? elapsed - loop.idleNanos - housekeepingNanos : 0
        }
        turn()
        loop.run()
        Upkeep.finish(context)
    }

    /// Handles what is in the rings, then goes back to sleep on the bell.
    private func turn() {
        worker.beforeCredit()
        var more = false
        for link in context.inputs where link.drain(worker, limit: Self.batch) { more = true }
        let now = ql_monotonic_nanos()
        for link in context.outputs {
            if let starved = link.takeCredits(now: now) {
                context.region[.backpressure] &+= starved
                worker.creditsReturned(link)
            }
        }
        worker.afterCredit()
        context.bell.arm(.event)
        // What came between the last poll and arming would ring no bell.
        if more || context.inputs.contains(where: { $0.hasMessage() }) { context.bell.ring() }
    }

    private func stop() {
        guard !isStopping else { return }
        isStopping = true
        context.region.state = .stopping
        worker.shutdown { [unowned self] in
            for link in context.inputs { link.ring.leave() }
            context.loop.stop()
        }
    }
}
