/// Generic cell rate: a burst of `count`, then one per `period / count`. Whoever is limited is one number, the time until
/// which its requests are paid for.
public struct CellRate: Hashable, Sendable {
    public let interval: Double
    public let period: Double

    /// `period` in the unit of the times given later.
    public init(count: Int, period: Double) {
        interval = period / Double(count)
        self.period = period
    }

    /// `paid` after one more request; nil if it comes too soon.
    public func charged(_ paid: Double, now: Double) -> Double? {
        let next = max(paid, now) + interval
        return next - now <= period ? next : nil
    }

    /// Time until the next would be allowed.
    public func wait(_ paid: Double, now: Double) -> Double { max(0, max(paid, now) + interval - now - period) }
}

/// A rate for one who is limited («note 07 §8»). Times are of any steady clock, in one unit; whole numbers of it are exact.
public struct RateLimiter: Sendable {
    private let rate: CellRate
    private var paid: Double

    public init(_ rate: CellRate, now: Double) {
        self.rate = rate
        paid = now
    }

    /// `burst` at once, then `perSecond`; for times in nanoseconds.
    public init(burst: Int, perSecond: Int, nanos: UInt64) {
        self.init(CellRate(count: burst, period: Double(burst) * (1e9 / Double(perSecond)).rounded()), now: Double(nanos))
    }

    /// Takes one if there is one.
    public mutating func allow(_ now: Double) -> Bool {
        guard let next = rate.charged(paid, now: now) else { return false }
        paid = next
        return true
    }

    public mutating func allow(nanos: UInt64) -> Bool { allow(Double(nanos)) }

    /// Time until the next would be allowed.
    public func wait(_ now: Double) -> Double { rate.wait(paid, now: now) }

    /// Nothing is owed: a new limiter would behave alike.
    public func isIdle(_ now: Double) -> Bool { paid <= now }
}
