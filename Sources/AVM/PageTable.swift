/// Where a frame's pages are: page number → index into the pool's pages. Open addressing with a secret multiplier,
/// so that no program can choose addresses that collide.
struct PageTable {
    /// Page number in the upper half, index in the lower; all ones: free.
    private var entries: UnsafeMutablePointer<UInt64>?
    private var mask = 0
    private(set) var count = 0

    private static let free = UInt64.max
    private static let multiplier = UInt64.random(in: 0...UInt64.max) | 1
    private static let seed = UInt32.random(in: 0...UInt32.max)

    @inline(__always)
    private static func hash(_ number: UInt32) -> Int {
        var x = UInt64(number ^ seed) &* multiplier
        x ^= x >> 29
        x = x &* 0xbf58_476d_1ce4_e5b9
        return Int(truncatingIfNeeded: x >> 33)
    }

    func find(_ number: UInt32) -> UInt32? {
        guard let entries else { return nil }
        var at = Self.hash(number) & mask
        while true {
            let entry = entries[at]
            if entry == Self.free { return nil }
            if UInt32(truncatingIfNeeded: entry >> 32) == number { return UInt32(truncatingIfNeeded: entry) }
            at = (at + 1) & mask
        }
    }

    /// Precondition: `number` is not in it.
    mutating func insert(_ number: UInt32, _ index: UInt32) {
        if (count + 1) * 3 > (mask + 1) * 2 || entries == nil { grow() }
        count += 1
        place(UInt64(number) << 32 | UInt64(index))
    }

    private func place(_ entry: UInt64) {
        var at = Self.hash(UInt32(truncatingIfNeeded: entry >> 32)) & mask
        while entries![at] != Self.free { at = (at + 1) & mask }
        entries![at] = entry
    }

    private mutating func grow() {
        let old = entries
        let oldSize = old == nil ? 0 : mask + 1
        let size = max(16, 2 * oldSize)
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: size)
        larger.initialize(repeating: Self.free, count: size)
        entries = larger
        mask = size - 1
        guard let old else { return }
        for at in 0..<oldSize where old[at] != Self.free { place(old[at]) }
        old.deallocate()
    }

    mutating func release() {
        entries?.deallocate()
        entries = nil
        mask = 0
        count = 0
    }
}
