import EventLoop
import PeerIdentity

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
struct AddressLimiter: Sendable {
    /// Until when each cell has paid, in nanoseconds.
    private var cells: [Double]
    private var total: Double = 0
    private let seed: UInt64
    private let perAddress: CellRate
    private let inAll: CellRate

    init(perAddress: Rate, inAll: Rate, seed: UInt64, cells count: Int = 4096) {
        func terms(_ rate: Rate) -> CellRate {
            let burst = max(1, rate.burst)
            return CellRate(count: burst, period: Double(burst) * (1e9 / max(rate.perSecond, 0.001)).rounded())
        }
        self.seed = seed
        self.perAddress = terms(perAddress)
        self.inAll = terms(inAll)
        cells = Array(repeating: 0, count: count)
    }

    /// Takes one from the address's share and from the whole, if both have it.
    mutating func allows(_ address: IPAddress, now: UInt64) -> Bool {
        let cell = Int(hash(address) % UInt64(cells.count))
        let now = Double(now)
        guard let share = perAddress.charged(cells[cell], now: now), let whole = inAll.charged(total, now: now) else { return false }
        cells[cell] = share
        total = whole
        return true
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
