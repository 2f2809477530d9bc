import EventLoop

/// So many a second, and how many may come at once.
public struct Rate: Hashable, Sendable {
    public var perSecond: Double
    public var burst: Int

    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// Rates by network address and in all. Memory is fixed: addresses share cells by a secret hash, so that a flood from invented
/// addresses finds nothing to fill.
struct RateLimiter: Sendable {
    /// When the cell's debt is paid, in nanoseconds (generic cell rate algorithm).
    private var cells: [UInt64]
    private var total: UInt64 = 0
    private let seed: UInt64
    private let perAddress: (interval: UInt64, tolerance: UInt64)
    private let inAll: (interval: UInt64, tolerance: UInt64)

    init(perAddress: Rate, inAll: Rate, seed: UInt64, cells count: Int = 4096) {
        func terms(_ rate: Rate) -> (UInt64, UInt64) {
            let interval = UInt64(1e9 / max(rate.perSecond, 0.001))
            return (interval, interval * UInt64(max(1, rate.burst)))
        }
        self.seed = seed
        self.perAddress = terms(perAddress)
        self.inAll = terms(inAll)
        cells = Array(repeating: 0, count: count)
    }

    /// Takes one from the address's share and from the whole, if both have it.
    mutating func allows(_ address: IPAddress, now: UInt64) -> Bool {
        let cell = Int(hash(address) % UInt64(cells.count))
        guard let share = Self.charged(cells[cell], perAddress, now), let whole = Self.charged(total, inAll, now) else { return false }
        cells[cell] = share
        total = whole
        return true
    }

    private static func charged(_ paid: UInt64, _ terms: (interval: UInt64, tolerance: UInt64), _ now: UInt64) -> UInt64? {
        let next = max(paid, now) + terms.interval
        return next - now > terms.tolerance ? nil : next
    }

    /// An IPv6 host has a whole /64 to itself.
    private func hash(_ address: IPAddress) -> UInt64 {
        var state = seed
        for byte in address.bytes.prefix(8) {
            state = (state ^ UInt64(byte)) &* 0xbf58_476d_1ce4_e5b9
            state ^= state >> 29
        }
        return state
    }
}
