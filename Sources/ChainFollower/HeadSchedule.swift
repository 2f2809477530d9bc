/// When to ask the L1 host for its head again.
///
/// Asking every 500 ms as the reference does costs a hundred requests a minute and finds a new head in one of
/// twenty-four. L1 slots are regular, so the schedule learns how long after its timestamp a head reaches us, stays
/// silent until the next one can be there, and then asks once every `denseNanos` until it is.
public struct HeadSchedule: Sendable {
    /// Time between two questions once a head is due; below one second, which is how fast a head must be seen.
    public var denseNanos: UInt64
    let slotNanos: UInt64
    /// Arrival minus head timestamp of the last heads: the smallest one says when to start asking.
    private var delays: [Int64] = []
    private var nextDelay = 0
    private var lastHead: (number: UInt64, timestampNanos: UInt64, seenNanos: UInt64)?
    /// Times between heads, each per block; the smallest of them keeps a clock that runs slower than the timestamps say
    /// (a replayed chain) from being asked all the time.
    private var gaps: [UInt64] = []
    private var isFirstHead = true
    /// Smoothed time between heads; shorter than a slot only on chains whose clock is sped up.
    private var gapNanos: UInt64?

    static let remembered = 32
    /// Heads seen before the schedule dares to be silent.
    static let learning = 3
    /// Head timestamps and delays jitter; asking this much early costs little.
    static let marginNanos: Int64 = 150_000_000

    public init(slotSeconds: Int, denseNanos: UInt64 = 850_000_000) {
        slotNanos = UInt64(max(1, slotSeconds)) * 1_000_000_000
        self.denseNanos = min(denseNanos, slotNanos / 4)
    }

    /// Records that the head `number` with that timestamp (seconds) was first seen at `now` (any steady clock).
    public mutating func sawHead(number: UInt64, timestamp: UInt64, at now: UInt64) {
        defer { lastHead = (number, timestamp &* 1_000_000_000, now) }
        if let last = lastHead {
            guard number > last.number, now > last.seenNanos else { return }
            let gap = (now - last.seenNanos) / (number - last.number)
            // Several heads at one question: the chain is faster than we asked, so believe it at once.
            // The first head was there before we asked: its time says nothing.
            if !isFirstHead {
                gaps.append(gap)
                if gaps.count > Self.remembered { gaps.removeFirst() }
            }
            isFirstHead = false
            let known = gapNanos ?? gap
            gapNanos = number - last.number > 1 ? min(known, gap) : min(slotNanos, (known * 3 + gap) / 4)
        }
        let delay = Int64(bitPattern: now &- timestamp &* 1_000_000_000)
        if delays.count < Self.remembered { delays.append(delay) } else { delays[nextDelay % Self.remembered] = delay }
        nextDelay += 1
    }

    /// Time of the next question when the last one was answered at `now` without news.
    public func nextQuestion(after now: UInt64) -> UInt64 {
        let soonest = now + denseNanos
        guard let last = lastHead, let least = delays.min(), delays.count >= Self.learning else { return soonest }
        // A chain whose blocks come faster than its slots cannot be predicted from timestamps.
        if let gapNanos, gapNanos < slotNanos / 4 * 3 { return max(min(soonest, now + gapNanos / 2), last.seenNanos + gapNanos / 4 * 3) }
        let shortest = gaps.min() ?? 0
        let byTimestamp = UInt64(bitPattern: Int64(bitPattern: last.timestampNanos &+ slotNanos) &+ least &- Self.marginNanos)
        // Due before the last head was even seen: the clock runs slower than the timestamps say.
        let due = byTimestamp > last.seenNanos + denseNanos ? byTimestamp : last.seenNanos + shortest / 20 * 19
        // Never silent for longer than one slot, whatever the timestamps claim.
        return max(soonest, min(due, now + max(slotNanos, shortest)))
    }
}
