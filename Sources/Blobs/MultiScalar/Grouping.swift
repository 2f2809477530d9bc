/// References with keys, in the order they come, and how often each key does.
struct KeyedReferences: ~Copyable {
    let keys: UnsafeMutablePointer<UInt32>
    let references: UnsafeMutablePointer<UInt32>
    let counts: UnsafeMutablePointer<UInt32>
    let capacity: Int
    let keyCount: Int
    private(set) var count = 0

    /// Keys are below `keyCount`.
    init(capacity: Int, keyCount: Int) {
        self.capacity = capacity
        self.keyCount = keyCount
        keys = .allocate(capacity: max(capacity, 1))
        references = .allocate(capacity: max(capacity, 1))
        counts = .allocate(capacity: max(keyCount, 1))
        counts.initialize(repeating: 0, count: keyCount)
    }

    deinit {
        keys.deallocate()
        references.deallocate()
        counts.deallocate()
    }

    @inline(__always) mutating func append(_ key: Int, _ reference: UInt32) {
        precondition(count < capacity && key < keyCount)
        (keys + count).initialize(to: UInt32(truncatingIfNeeded: key))
        (references + count).initialize(to: reference)
        counts[key] &+= 1
        count += 1
    }
}

/// References sorted by key: a counting sort that keeps only keys that occur.
struct Grouping: ~Copyable {
    /// The keys that occur, ascending.
    let keys: [UInt32]
    /// Where each of those keys' references begin, and the end of the last.
    let bounds: [UInt32]
    let references: UnsafeMutablePointer<UInt32>

    init(_ entries: consuming KeyedReferences) {
        let sorted = UnsafeMutablePointer<UInt32>.allocate(capacity: max(entries.count, 1))
        references = sorted
        let starts = entries.counts
        var keys: [UInt32] = [], bounds: [UInt32] = []
        var total: UInt32 = 0
        for key in 0..<entries.keyCount {
            let size = starts[key]
            starts[key] = total
            if size > 0 {
                keys.append(UInt32(key))
                bounds.append(total)
            }
            total += size
        }
        bounds.append(total)
        for index in 0..<entries.count {
            let key = Int(entries.keys[index])
            (sorted + Int(starts[key])).initialize(to: entries.references[index])
            starts[key] &+= 1
        }
        self.keys = keys
        self.bounds = bounds
    }

    deinit { references.deallocate() }
}
