/// How a fixed-base sum is cut up. Scalars have signed digits of `digitBits`; the tables hold the points and their
/// multiples by 2^(digitBits·sets), 2^(2·digitBits·sets), …, so that all digits fall into `sets` sets of buckets.
/// More tables, fewer buckets to add up: memory against time.
struct MultiScalarPlan: Sendable, Equatable {
    var digitBits: Int
    var sets: Int

    /// Digits of a 255-bit scalar with a carry out of the last.
    var digits: Int { (256 + digitBits - 1) / digitBits }
    var tables: Int { (digits + sets - 1) / sets }
    var bucketsPerSet: Int { 1 << (digitBits - 1) }

    /// No multiples: only the points themselves.
    static let withoutTables = MultiScalarPlan(digitBits: 10, sets: 26)
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
        var keys = [UInt32](), references = [UInt32]()
        keys.reserveCapacity(scalars.count * digits)
        references.reserveCapacity(scalars.count * digits)
        for (index, scalar) in scalars.enumerated() where !scalar.isZero {
            var carry = 0
            var position = 0
            for digit in 0..<digits {
                let shift = UInt64(position % 64)
                var value = scalar.word(min(position / 64, 3)) >> shift
                if shift + UInt64(bits) > 64 && position / 64 < 3 { value |= scalar.word(position / 64 + 1) << (64 - shift) }
                if position >= 256 { value = 0 }
                var signed = Int(value & mask) + carry
                carry = signed > half ? 1 : 0
                signed -= carry << bits
                position += bits
                if signed == 0 { continue }
                keys.append(UInt32(digit % sets * perSet + abs(signed)))
                references.append(UInt32(digit / sets * count + index) << 1 | (signed < 0 ? 1 : 0))
            }
        }
        return Grouping(keys: keys, references: references, keyCount: sets * perSet)
    }

    /// Per set first the rows (the magnitude's high part), then the columns (its low part); zero weighs nothing.
    private func sideEntries(_ buckets: Grouping) -> Grouping {
        let perSet = UInt32(plan.bucketsPerSet + 1)
        let low = UInt32(1) << UInt32(lowBits)
        var keys = [UInt32](), references = [UInt32]()
        for (index, key) in buckets.keys.enumerated() {
            let (set, magnitude) = key.quotientAndRemainder(dividingBy: perSet)
            for (isColumn, weight) in [(false, magnitude / low), (true, magnitude % low)] where weight > 0 {
                keys.append((set * 2 + (isColumn ? 1 : 0)) * perSet + weight)
                references.append(UInt32(index) << 1)
            }
        }
        return Grouping(keys: keys, references: references, keyCount: plan.sets * 2 * Int(perSet))
    }

    /// Keyed by the binary weight in the result.
    private func bitEntries(_ sides: Grouping) -> Grouping {
        let perSet = UInt32(plan.bucketsPerSet + 1)
        var keys = [UInt32](), references = [UInt32]()
        for (index, key) in sides.keys.enumerated() {
            let (side, weight) = key.quotientAndRemainder(dividingBy: perSet)
            let base = Int(side / 2) * plan.digitBits + (side % 2 == 1 ? 0 : lowBits)
            for bit in 0..<plan.digitBits where weight >> UInt32(bit) & 1 == 1 {
                keys.append(UInt32(base + bit))
                references.append(UInt32(index) << 1)
            }
        }
        return Grouping(keys: keys, references: references, keyCount: plan.sets * plan.digitBits)
    }
}
