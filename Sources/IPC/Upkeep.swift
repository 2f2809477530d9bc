internal import CLinux
import Glibc

/// What both drivers do between messages: heartbeat, counters, use of time and memory.
struct Upkeep {
    private var lastUsage: UInt64 = 0

    /// After the worker's shutdown: the last figures, without asking the worker anything more.
    static func finish(_ context: WorkerContext) {
        for link in context.inputs { link.ring.writeCounters() }
        for link in context.outputs { link.ring.writeCounters() }
        writeUsage(context.region)
    }

    mutating func run(_ context: WorkerContext, _ worker: any Worker, now: UInt64) {
        context.region.heartbeatNanos = now
        for link in context.inputs {
            if link.ring.producerRestarted() { worker.producerRestarted(link) }
            link.ring.writeCounters()
        }
        for link in context.outputs {
            if let starved = link.takeCredits(now: now) {
                context.region[.backpressure] &+= starved
                worker.creditsReturned(link)
            }
            link.ring.writeCounters()
        }
        worker.housekeeping(now: now)
        worker.writeMetrics(context.region)
        if now &- lastUsage >= 1_000_000_000 {
            lastUsage = now
            Self.writeUsage(context.region)
        }
    }

    static func writeUsage(_ region: WorkerRegion) {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let micros = (Int(usage.ru_utime.tv_sec) + Int(usage.ru_stime.tv_sec)) * 1_000_000 + Int(usage.ru_utime.tv_usec) + Int(usage.ru_stime.tv_usec)
            region.cpuNanos = UInt64(micros) * 1000
        }
        // The second figure of statm is the resident pages.
        var text = [UInt8](repeating: 0, count: 128)
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let count = read(file, &text, text.count)
        close(file)
        let words = text.prefix(max(0, count)).split(separator: 0x20)
        if words.count > 1, let pages = UInt64(String(decoding: words[1], as: UTF8.self)) { region.residentBytes = pages * UInt64(sysconf(Int32(_SC_PAGESIZE))) }
    }
}
