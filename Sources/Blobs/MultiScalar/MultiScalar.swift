/// How a fixed-base sum is cut up. Scalars have signed digits of `digitBits`; the tables hold the points and their
/// multiples by 2^(digitBits·sets), 2^(2·digitBits·sets), …, so that all digits fall into `sets` sets of buckets.
/// More tables, fewer buckets to add up: memory against time.
package struct MultiScalarPlan: Sendable, Equatable {
    package var digitBits: Int
    package var sets: Int

    package init(digitBits: Int, sets: Int) {
        self.digitBits = digitBits
        self.sets = sets
    }

    /// Digits of a 255-bit scalar with a carry out of the last.
    package var digits: Int { (256 + digitBits - 1) / digitBits }
    package var tables: Int { (digits + sets - 1) / sets }
    var bucketsPerSet: Int { 1 << (digitBits - 1) }

    /// No multiples: only the points themselves.
    package static let withoutTables = MultiScalarPlan(digitBits: 10, sets: 26)
}

/// Σ scalar·point over fixed points, by buckets with all additions batched (`SegmentSummer`).
final class FixedBase<Adder: PointAdder>: @unchecked Sendable {
    // Sendable: the memory is written before `init` returns and never after.
    let plan: MultiScalarPlan
    private let count: Int
    private let table: UnsafeMutablePointer<Adder.Element>

    /// Finite points of odd order.
    init(_ points: [G1], plan: MultiScalarPlan) {
        precondition(plan.digitBits > 1 && plan.digitBits <= 16 && points.allSatisfy { !$0.isInfinity })
        self.plan = plan
        count = points.count
        table = Adder.allocate(points.count * plan.tables)
        for (index, point) in points.enumerated() { (table + index).initialize(to: Adder.element(point)) }
        let scratch = Adder.scratch(operations: Adder.operationsPerInversion)
        for row in 1..<max(plan.tables, 1) {
            let multiples = table + row * count
            multiples.initialize(from: table + (row - 1) * count, count: count)
            var start = 0
            while start < count {
                let chunk = min(Adder.operationsPerInversion, count - start)
                for _ in 0..<(plan.digitBits * plan.sets) { Adder.double(multiples + start, chunk, scratch) }
                start += chunk
            }
        }
        Adder.free(scratch)
    }

    deinit { table.deallocate() }

    var memory: Int { count * plan.tables * MemoryLayout<Adder.Element>.stride }

    /// Scalars are plain integers below 2²⁵⁵, at most as many as there are points.
    func sum(_ scalars: [BLSScalar]) -> JacobianPoint<Fp> {
        precondition(scalars.count <= count)
        var summer = SegmentSummer<Adder>()
        let buckets = bucketEntries(scalars)
        let bucketSums = Adder.allocate(buckets.keys.count)
        defer { bucketSums.deallocate() }
        summer.sum(table, buckets, into: bucketSums)
        // Σ m·B_m = 2^k·Σ h·(Σ_l B) + Σ l·(Σ_h B) for m = h·2^k + l: rows and columns of a square of buckets.
        let sides = sideEntries(buckets)
        let sideSums = Adder.allocate(sides.keys.count)
        defer { sideSums.deallocate() }
        summer.sum(bucketSums, sides, into: sideSums)
        // Of those, Σ h·R_h bit by bit of h: one sum for every bit of the result's weight.
        let bits = bitEntries(sides)
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

    // MARK: Entries

    private var lowBits: Int { (plan.digitBits - 1) / 2 }

    /// Signed digits of all scalars, keyed by set and magnitude.
    private func bucketEntries(_ scalars: [BLSScalar]) -> Grouping {
        let (bits, sets, digits) = (plan.digitBits, plan.sets, plan.digits)
        let perSet = plan.bucketsPerSet + 1
        let mask = UInt64(1) << UInt64(bits) - 1
        let half = 1 << (bits - 1)
        let nonzero = scalars.count { !$0.isZero }
        var entries = KeyedReferences(capacity: nonzero * digits)
        for (index, scalar) in scalars.enumerated() where !scalar.isZero {
            var rest = scalar
            var carry = 0
            var (set, reference) = (0, index)
            for _ in 0..<digits {
                var digit = Int(truncatingIfNeeded: rest.l0 & mask) + carry
                rest = BLSScalar(
                    rest.l0 >> UInt64(bits) | rest.l1 << UInt64(64 - bits), rest.l1 >> UInt64(bits) | rest.l2 << UInt64(64 - bits),
                    rest.l2 >> UInt64(bits) | rest.l3 << UInt64(64 - bits), rest.l3 >> UInt64(bits))
                carry = digit > half ? 1 : 0
                digit -= carry << bits
                if digit != 0 {
                    entries.append(set * perSet + abs(digit), UInt32(truncatingIfNeeded: reference) << 1 | (digit < 0 ? 1 : 0))
                }
                set += 1
                if set == sets {
                    set = 0
                    reference += count
                }
            }
        }
        return Grouping(entries, keyCount: sets * perSet)
    }

    /// Per set first the rows (the magnitude's high part), then the columns (its low part); zero weighs nothing.
    private func sideEntries(_ buckets: borrowing Grouping) -> Grouping {
        let perSet = plan.bucketsPerSet + 1
        var entries = KeyedReferences(capacity: buckets.keys.count * 2)
        for (index, key) in buckets.keys.enumerated() {
            let (set, magnitude) = Int(key).quotientAndRemainder(dividingBy: perSet)
            let row = magnitude >> lowBits, column = magnitude & (1 << lowBits - 1)
            if row > 0 { entries.append(set * 2 * perSet + row, UInt32(index) << 1) }
            if column > 0 { entries.append((set * 2 + 1) * perSet + column, UInt32(index) << 1) }
        }
        return Grouping(entries, keyCount: plan.sets * 2 * perSet)
    }

    /// Keyed by the binary weight in the result.
    private func bitEntries(_ sides: borrowing Grouping) -> Grouping {
        let perSet = plan.bucketsPerSet + 1
        var entries = KeyedReferences(capacity: sides.keys.count * plan.digitBits)
        for (index, key) in sides.keys.enumerated() {
            let (side, weight) = Int(key).quotientAndRemainder(dividingBy: perSet)
            let base = side / 2 * plan.digitBits + (side % 2 == 1 ? 0 : lowBits)
            for bit in 0..<plan.digitBits where weight >> bit & 1 == 1 { entries.append(base + bit, UInt32(index) << 1) }
        }
        return Grouping(entries, keyCount: plan.sets * plan.digitBits)
    }
}
