/// Adds up groups of points: in each round neighbours of every group are paired and all pairs added at once, with
/// one inversion for thousands of them. Owns the working memory of one multi-scalar sum.
struct SegmentSummer<Adder: PointAdder>: ~Copyable {
    /// References worked on together: bounds the working memory, and keeps it near the cache.
    private static var blockReferences: Int { 8192 }

    private let scratch: Adder.Scratch
    private var partial: UnsafeMutablePointer<Adder.Element>
    private var partialCapacity: Int
    private var pairs: [UInt32] = []
    private var slots: [UInt32] = []
    private var hasInfinity = false

    init() {
        scratch = Adder.scratch(operations: Adder.operationsPerInversion)
        partialCapacity = SegmentSummer.blockReferences
        partial = Adder.allocate(partialCapacity)
    }

    deinit {
        Adder.free(scratch)
        partial.deallocate()
    }

    /// out[k] = the sum of the points that group k refers to (index << 1 | minus).
    mutating func sum(_ points: UnsafePointer<Adder.Element>, _ groups: Grouping, into out: UnsafeMutablePointer<Adder.Element>) {
        var first = 0
        while first < groups.keys.count {
            var last = first
            var total = 0
            repeat {
                total += Int(groups.bounds[last + 1] - groups.bounds[last])
                last += 1
            } while last < groups.keys.count && total + Int(groups.bounds[last + 1] - groups.bounds[last]) <= SegmentSummer.blockReferences
            sumBlock(points, groups, first..<last, total, into: out)
            first = last
        }
    }

    private mutating func sumBlock(
        _ points: UnsafePointer<Adder.Element>, _ groups: Grouping, _ block: Range<Int>, _ total: Int, into out: UnsafeMutablePointer<Adder.Element>
    ) {
        // Each group of m references has a run of ⌈m / 2⌉ partial sums.
        let needed = (total + block.count) / 2
        if needed > partialCapacity {
            partial.deallocate()
            partial = Adder.allocate(needed)
            partialCapacity = needed
        }
        var widest = 0
        var slot = 0
        pairs.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        for group in block {
            var reference = Int(groups.bounds[group])
            let end = Int(groups.bounds[group + 1])
            widest = max(widest, (end - reference + 1) / 2)
            while reference + 1 < end {
                pairs.append(groups.references[reference])
                pairs.append(groups.references[reference + 1])
                slots.append(UInt32(slot))
                slot += 1
                reference += 2
            }
            if reference < end {
                let single = groups.references[reference]
                let point = points + Int(single >> 1)
                (partial + slot).initialize(to: single & 1 == 1 ? Adder.negated(point.pointee) : point.pointee)
                slot += 1
            }
        }
        addPairs(points)
        // Later rounds add in place, at doubling distance within each run.
        var stride = 1
        while stride < widest {
            pairs.removeAll(keepingCapacity: true)
            slots.removeAll(keepingCapacity: true)
            var run = 0
            for group in block {
                let width = Int(groups.bounds[group + 1] - groups.bounds[group] + 1) / 2
                var at = 0
                while at + stride < width {
                    pairs.append(UInt32(run + at) << 1)
                    pairs.append(UInt32(run + at + stride) << 1)
                    slots.append(UInt32(run + at))
                    at += 2 * stride
                }
                run += width
            }
            addPairs(partial)
            stride *= 2
        }
        var run = 0
        for group in block {
            (out + group).initialize(to: partial[run])
            run += Int(groups.bounds[group + 1] - groups.bounds[group] + 1) / 2
        }
    }

    private mutating func addPairs(_ points: UnsafePointer<Adder.Element>) {
        let count = slots.count
        let (partial, scratch) = (partial, scratch)
        var hasInfinity = hasInfinity
        pairs.withUnsafeBufferPointer { pairs in
            slots.withUnsafeBufferPointer { slots in
                guard let pairs = pairs.baseAddress, let slots = slots.baseAddress else { return }
                Adder.addAll(points, pairs, count, scratch, partial, slots, &hasInfinity)
            }
        }
        self.hasInfinity = hasInfinity
    }
}
