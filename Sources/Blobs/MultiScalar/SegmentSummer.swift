/// Adds up groups of points: in each round neighbours of every group are paired and all pairs added at once, with
/// one inversion for thousands of them. Owns the working memory of one multi-scalar sum.
struct SegmentSummer<Adder: PointAdder>: ~Copyable {
    /// References worked on together: bounds the working memory, and keeps it in the cache.
    private static var blockReferences: Int { 8192 }

    private let scratch: Adder.Scratch
    /// Partial sums of the block in work, with the pairs of a round and where their sums go.
    private var partial: UnsafeMutablePointer<Adder.Element>
    private var pairs: UnsafeMutablePointer<UInt32>
    private var slots: UnsafeMutablePointer<UInt32>
    private var capacity: Int
    private var hasInfinity = false

    init() {
        scratch = Adder.scratch(operations: Adder.operationsPerInversion)
        capacity = SegmentSummer.blockReferences
        partial = Adder.allocate(capacity)
        pairs = .allocate(capacity: 2 * capacity)
        slots = .allocate(capacity: capacity)
    }

    deinit {
        Adder.free(scratch)
        partial.deallocate()
        pairs.deallocate()
        slots.deallocate()
    }

    private mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        partial.deallocate()
        pairs.deallocate()
        slots.deallocate()
        capacity = count
        partial = Adder.allocate(capacity)
        pairs = .allocate(capacity: 2 * capacity)
        slots = .allocate(capacity: capacity)
    }

    /// out[k] = the sum of the points that group k refers to (index << 1 | minus).
    mutating func sum(_ points: UnsafePointer<Adder.Element>, _ groups: borrowing Grouping, into out: UnsafeMutablePointer<Adder.Element>) {
        let count = groups.keys.count
        groups.bounds.withUnsafeBufferPointer { bounds in
            var first = 0
            while first < count {
                // At least one group, then as many as the block takes.
                var last = first + 1
                while last < count && Int(bounds[last + 1] - bounds[first]) <= SegmentSummer.blockReferences { last += 1 }
                sumBlock(points, groups.references, bounds, first..<last, into: out)
                first = last
            }
        }
    }

    private mutating func sumBlock(
        _ points: UnsafePointer<Adder.Element>, _ references: UnsafePointer<UInt32>, _ bounds: UnsafeBufferPointer<UInt32>,
        _ block: Range<Int>, into out: UnsafeMutablePointer<Adder.Element>
    ) {
        // A group of m references has a run of ⌈m / 2⌉ partial sums.
        reserve((Int(bounds[block.upperBound] - bounds[block.lowerBound]) + block.count) / 2)
        let (partial, pairs, slots) = (partial, pairs, slots)
        var widest = 0
        var slot = 0
        var operations = 0
        for group in block {
            var reference = Int(bounds[group])
            let end = Int(bounds[group + 1])
            widest = max(widest, (end - reference + 1) / 2)
            while reference + 1 < end {
                pairs[2 * operations] = references[reference]
                pairs[2 * operations + 1] = references[reference + 1]
                slots[operations] = UInt32(truncatingIfNeeded: slot)
                operations += 1
                slot += 1
                reference += 2
            }
            if reference < end {
                let single = references[reference]
                let point = points + Int(single >> 1)
                (partial + slot).initialize(to: single & 1 == 1 ? Adder.negated(point.pointee) : point.pointee)
                slot += 1
            }
        }
        Adder.addAll(points, pairs, operations, scratch, partial, slots, &hasInfinity)
        // Later rounds add in place, at doubling distance within each run.
        var distance = 1
        while distance < widest {
            operations = 0
            var run = 0
            for group in block {
                let width = Int(bounds[group + 1] - bounds[group] + 1) / 2
                var at = 0
                while at + distance < width {
                    pairs[2 * operations] = UInt32(truncatingIfNeeded: run + at) << 1
                    pairs[2 * operations + 1] = UInt32(truncatingIfNeeded: run + at + distance) << 1
                    slots[operations] = UInt32(truncatingIfNeeded: run + at)
                    operations += 1
                    at += 2 * distance
                }
                run += width
            }
            Adder.addAll(partial, pairs, operations, scratch, partial, slots, &hasInfinity)
            distance *= 2
        }
        var run = 0
        for group in block {
            (out + group).initialize(to: partial[run])
            run += Int(bounds[group + 1] - bounds[group] + 1) / 2
        }
    }
}
