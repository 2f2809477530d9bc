import Glibc

/// One measured figure. `target` and `value` are in `unit`; `lowerIsBetter` says which side of the target is good.
struct BenchmarkRow {
    var group: String
    var name: String
    var value: Double
    var unit: String
    var target: Double?
    /// What the reference needs for the same, in words.
    var reference: String?
    var lowerIsBetter = true

    init(_ group: String, _ name: String, _ value: Double, _ unit: String, target: Double? = nil, reference: String? = nil, lowerIsBetter: Bool = true) {
        self.group = group
        self.name = name
        self.value = value
        self.unit = unit
        self.target = target
        self.reference = reference
        self.lowerIsBetter = lowerIsBetter
    }

    var meetsTarget: Bool? { target.map { lowerIsBetter ? value <= $0 : value >= $0 } }
}

enum Clock {
    /// `wall` runs on; `thread` counts what this thread got of a core, which is what code that does not wait should be
    /// judged by on a shared machine.
    case wall, thread

    /// Nanoseconds.
    func now() -> UInt64 {
        var time = timespec()
        clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Nanoseconds of one of `count` repetitions inside `body`: best and median of `runs` calls after one to warm up.
/// On a shared machine the best says what the code can do, the median what it got.
@inline(never)
func measure(count: Int = 1, runs: Int = 15, clock: Clock = .wall, _ body: () -> Void) -> (best: Double, median: Double) {
    body()
    let times = (0..<runs).map { _ in
        let start = clock.now()
        body()
        return Double(clock.now() - start) / Double(count)
    }.sorted()
    return (times[0], times[runs / 2])
}

/// Keeps the optimiser from dropping a result.
@inline(never)
func consume<T>(_ value: T) { withExtendedLifetime(value) {} }
