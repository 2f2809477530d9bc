import Glibc
import IPC
import Messages
import Synchronization

/// Counts of answered calls, kept by the server's threads and copied into the metrics block by the worker's loop.
final class RPCStatistics: Sendable {
    private let requests = Atomic<UInt64>(0)
    private let errors = Atomic<UInt64>(0)
    /// Buckets, the one beyond the last bound, sum.
    private let duration: [Counter]
    private let bounds: [UInt64]

    private final class Counter: Sendable {
        let value = Atomic<UInt64>(0)
    }

    init() {
        guard case .histogram(let bounds) = MetricsSchema[.rpcDuration].form else { preconditionFailure("rpcDuration is a histogram") }
        self.bounds = bounds
        duration = (0..<(bounds.count + 2)).map { _ in Counter() }
    }

    static func monotonicNanos() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    func now() -> UInt64 { Self.monotonicNanos() }

    func count(_ status: Int, since begin: UInt64) {
        let micros = (now() &- begin) / 1000
        requests.add(1, ordering: .relaxed)
        if status != 200 { errors.add(1, ordering: .relaxed) }
        duration[bounds.firstIndex { micros <= $0 } ?? bounds.count].value.add(1, ordering: .relaxed)
        duration[bounds.count + 1].value.add(micros, ordering: .relaxed)
    }

    func write(to region: WorkerRegion) {
        region.set(.rpcRequests, requests.load(ordering: .relaxed))
        region.set(.rpcErrors, errors.load(ordering: .relaxed))
        let slot = MetricsSchema[.rpcDuration].slot
        for (index, counter) in duration.enumerated() { region.setMetric(slot + index, counter.value.load(ordering: .relaxed)) }
    }
}
