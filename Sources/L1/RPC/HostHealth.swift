import EventLoop

/// What is known of one host: whether it may be asked, and how it did.
public struct HostHealth: Sendable {
    /// Failures in a row.
    public internal(set) var failures = 0
    /// Not asked before this moment (monotonic nanoseconds) while another host can be.
    var restsUntil: UInt64 = 0
    /// Why it is out for good (wrong chain).
    public internal(set) var exclusion: L1Error?
    public internal(set) var lastError: L1Error?
    public internal(set) var requests: UInt64 = 0
    public internal(set) var errors: UInt64 = 0

    static let firstRest = Duration.milliseconds(250)
    static let longestRest = Duration.seconds(60)

    public init() {}

    mutating func succeeded() {
        failures = 0
        restsUntil = 0
    }

    /// Doubles the rest with every failure in a row; a host that says how long is believed (up to an hour).
    mutating func failed(_ error: L1Error, now: UInt64) {
        errors += 1
        lastError = error
        failures += 1
        var rest = Self.firstRest * (1 << min(failures - 1, 10))
        switch error.kind {
        case .rateLimited: rest = max(rest, .seconds(1))
        case .unauthorized: rest = max(rest, .seconds(30))
        default: break
        }
        rest = min(rest, Self.longestRest)
        if let told = error.retryAfter { rest = max(rest, min(told, .seconds(3600))) }
        restsUntil = max(restsUntil, now + UInt64(rest.millis) * 1_000_000)
    }

    func isResting(now: UInt64) -> Bool { restsUntil > now }
    func rest(now: UInt64) -> Duration { restsUntil > now ? .nanoseconds(Int64(clamping: restsUntil - now)) : .zero }
}
