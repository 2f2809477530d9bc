/// When a worker that died is started again, and when it is given up. A pure state machine: time comes from the caller.
///
/// A worker that had reached «running» starts again almost at once (its state is durable); one that dies while booting
/// waits longer each time, since what failed will mostly fail again. More than `budget` deaths within a minute end it.
public struct RestartPolicy: Equatable, Sendable {
    public enum Decision: Equatable, Sendable {
        case restart(afterMillis: Int)
        /// Over budget: so many deaths within the window.
        case giveUp(crashes: Int)
    }

    public static let windowNanos: UInt64 = 60_000_000_000

    public var budget: Int
    private var deaths: [UInt64] = []
    private var failedBoots = 0

    public init(budget: Int) { self.budget = budget }

    public mutating func died(now: UInt64, hadBeenRunning: Bool) -> Decision {
        deaths.removeAll { now - $0 > Self.windowNanos }
        deaths.append(now)
        if deaths.count > budget { return .giveUp(crashes: deaths.count) }
        if hadBeenRunning {
            failedBoots = 0
            return .restart(afterMillis: min(10 << min(deaths.count - 1, 4), 100))
        }
        failedBoots += 1
        return .restart(afterMillis: min(100 << min(2 * (failedBoots - 1), 12), 10_000))
    }

    /// The operator wants another try.
    public mutating func forgive() {
        deaths = []
        failedBoots = 0
    }
}
