/// Σ scalar·point over fixed points of the subgroup, by buckets with all additions batched (`SegmentSummer`).
/// Scalars are split in halves of 128 bits, whose signed digits go to one set of buckets a position.
final class FixedBase<Adder: PointAdder>: @unchecked Sendable {
    // Sendable: the memory is written before `init` returns and never after.
    private let count: Int
    /// The points, then their multiples by x² for the high halves.
    private let table: UnsafeMutablePointer<Adder.Element>

    /// Finite points of the subgroup.
    init(_ points: [G1]) {
        precondition(points.allSatisfy { !$0.isInfinity })
        count = points.count
        table = Adder.allocate(2 * points.count)
        for (index, point) in points.enumerated() {
            (table + index).initialize(to: Adder.element(point))
            (table + count + index).initialize(to: Adder.element(G1(point.x * G1.endomorphismFactor, -point.y)))
        }
    }

    deinit { table.deallocate() }

    var memory: Int { 2 * count * MemoryLayout<Adder.Element>.stride }

    /// Bits of a digit that make the fewest additions for so many scalars: wide digits are few, but have many buckets.
    static func digitBits(forScalars count: Int) -> Int {
        switch count {
        case ..<34: 5
        case ..<100: 6
        case ..<280: 7
        case ..<440: 8
        case ..<640: 9
        case ..<3020: 10
        default: 11
        }
    }

    /// Scalars are plain integers below the group order, at most as many as there are points.
    func sum(_ scalars: [BLSScalar], digitBits: Int? = nil) -> JacobianPoint<Fp> {
        precondition(scalars.count <= count)
        let nonzero = scalars.count { !$0.isZero }
        let digits = DigitPlan(bits: digitBits ?? Self.digitBits(forScalars: nonzero))
        var summer = SegmentSummer<Adder>()
        let buckets = bucketEntries(scalars, nonzero, digits)
        let bucketSums = Adder.allocate(buckets.keys.count)
        defer { bucketSums.deallocate() }
        summer.sum(table, buckets, into: bucketSums)
        // Σ m·B_m = 2^k·Σ h·(Σ_l B) + Σ l·(Σ_h B) for m = h·2^k + l: rows and columns of a square of buckets.
        let sides = digits.sideEntries(buckets)
        let sideSums = Adder.allocate(sides.keys.count)
        defer { sideSums.deallocate() }
        summer.sum(bucketSums, sides, into: sideSums)
        // Of those, Σ h·R_h bit by bit of h: one sum for every bit of the result's weight.
        let bits = digits.bitEntries(sides)
        let bitSums = Adder.allocate(bits.keys.count)
        defer { bitSums.deallocate() }
        summer.sum(sideSums, bits, into: bitSums)
        var result = JacobianPoint<Fp>.infinity
        var weight = 0
        for index in bits.keys.indices.reversed() {
            let next = Int(bits.keys[index])
            while weight > next {
                result = result.doubled
                weight -= 1
            }
            weight = next
            result = result + Adder.point(bitSums[index])
        }
        for _ in 0..<weight { result = result.doubled }
        return result
    }

    /// Signed digits of all scalars, keyed by position and magnitude.
    private func bucketEntries(_ scalars: [BLSScalar], _ nonzero: Int, _ digits: DigitPlan) -> Grouping {
        let (bits, half, mask) = (digits.bits, digits.buckets, UInt128(1) << UInt128(digits.bits) - 1)
        var entries = KeyedReferences(capacity: nonzero * 2 * digits.count, keyCount: digits.count * digits.keysPerSet)
        for (index, scalar) in scalars.enumerated() where !scalar.isZero {
            let halves = ScalarHalves(scalar)
            for (part, reference) in [(halves.low, index), (halves.high, count + index)] {
                var rest = part
                var carry = 0
                var base = 0
                for _ in 0..<digits.count {
                    var digit = Int(truncatingIfNeeded: rest & mask) + carry
                    rest >>= UInt128(bits)
                    carry = digit > half ? 1 : 0
                    digit -= carry << bits
                    if digit != 0 { entries.append(base + abs(digit), UInt32(truncatingIfNeeded: reference << 1 | carry)) }
                    base += digits.keysPerSet
                }
            }
        }
        return Grouping(entries)
    }
}

/// How 128-bit integers are cut into signed digits, and how the sums of their buckets are put together.
struct DigitPlan {
    let bits: Int
    /// Digits of a 128-bit integer, the last with room for a carry.
    var count: Int { 128 / bits + 1 }
    /// Magnitudes of a digit, zero not counted.
    var buckets: Int { 1 << (bits - 1) }
    var keysPerSet: Int { buckets + 1 }
    private var lowBits: Int { (bits - 1) / 2 }

    init(bits: Int) {
        precondition(2...16 ~= bits)
        self.bits = bits
    }

    /// Per position first the rows (the magnitude's high part), then the columns (its low part); zero weighs nothing.
    func sideEntries(_ buckets: borrowing Grouping) -> Grouping {
        var entries = KeyedReferences(capacity: buckets.keys.count * 2, keyCount: count * 2 * keysPerSet)
        for (index, key) in buckets.keys.enumerated() {
            let (set, magnitude) = Int(key).quotientAndRemainder(dividingBy: keysPerSet)
            let row = magnitude >> lowBits, column = magnitude & (1 << lowBits - 1)
            if row > 0 { entries.append(set * 2 * keysPerSet + row, UInt32(index) << 1) }
            if column > 0 { entries.append((set * 2 + 1) * keysPerSet + column, UInt32(index) << 1) }
        }
        return Grouping(entries)
    }

    /// Keyed by the binary weight in the result.
    func bitEntries(_ sides: borrowing Grouping) -> Grouping {
        var entries = KeyedReferences(capacity: sides.keys.count * bits, keyCount: count * bits)
        for (index, key) in sides.keys.enumerated() {
            let (side, weight) = Int(key).quotientAndRemainder(dividingBy: keysPerSet)
            let base = side / 2 * bits + (side % 2 == 1 ? 0 : lowBits)
            for bit in 0..<bits where weight >> bit & 1 == 1 { entries.append(base + bit, UInt32(index) << 1) }
        }
        return Grouping(entries)
    }
}
