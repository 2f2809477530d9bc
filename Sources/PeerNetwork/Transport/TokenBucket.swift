/// `burst` at once, then `perSecond`.
struct TokenBucket {
    private let burst: Double
    private let perNano: Double
    private var tokens: Double
    private var at: UInt64

    init(burst: Int, perSecond: Int, now: UInt64) {
        self.burst = Double(burst)
        perNano = Double(perSecond) / 1e9
        tokens = Double(burst)
        at = now
    }

    mutating func take(now: UInt64) -> Bool {
        if now > at {
            tokens = min(burst, tokens + Double(now - at) * perNano)
            at = now
        }
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
