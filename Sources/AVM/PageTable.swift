/// Where a frame's pages are: page number → index into the pool's pages. Open addressing; eight numbers in a row share
/// a cache line, since most programs that go far go straight on from there.
struct PageTable {
    /// Page number in the upper half, index in the lower; all ones: free.
    private var entries: UnsafeMutablePointer<UInt64>?
    private var mask = 0
    private var count = 0
    private let seed: UInt64

    private static let free = UInt64.max

    init(seed: UInt64) { self.seed = seed }

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    private func home(_ number: UInt32) -> Int {
        var x = (UInt64(number >> 3) ^ seed) &* 0x9e37_79b9_7f4a_7c15
        x ^= x >> 29
        x = x &* 0xbf58_476d_1ce4_e5b9
        return (Int(truncatingIfNeeded: x >> 32) &<< 3 | Int(number & 7)) & mask
    }

    @inline(__always)
    func find(_ number: UInt32) -> UInt32? {
        guard let entries else { return nil }
        var at = home(number)
        while true {
            let entry = entries[at]
            if UInt32(truncatingIfNeeded: entry >> 32) == number { return UInt32(truncatingIfNeeded: entry) }
            if entry == Self.free { return nil }
            at = (at + 1) & mask
        }
    }

    /// Precondition: `number`, which is below 2^30, is not in it.
    mutating func insert(_ number: UInt32, _ index: UInt32) {
        if entries == nil || (count + 1) * 3 > (mask + 1) * 2 { grow() }
        count += 1
        place(number, UInt64(number) << 32 | UInt64(index))
    }

    @inline(__always)
    private func place(_ number: UInt32, _ entry: UInt64) {
        var at = home(number)
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
        for at in 0..<oldSize where old[at] != Self.free { place(UInt32(truncatingIfNeeded: old[at] >> 32), old[at]) }
        old.deallocate()
    }

    mutating func release() {
        entries?.deallocate()
        entries = nil
        mask = 0
        count = 0
    }
}
