/// References with keys, in the order they come.
struct KeyedReferences: ~Copyable {
    let keys: UnsafeMutablePointer<UInt32>
    let references: UnsafeMutablePointer<UInt32>
    let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        keys = .allocate(capacity: max(capacity, 1))
        references = .allocate(capacity: max(capacity, 1))
    }

    deinit {
        keys.deallocate()
        references.deallocate()
    }

    @inline(__always) mutating func append(_ key: Int, _ reference: UInt32) {
        precondition(count < capacity)
        (keys + count).initialize(to: UInt32(truncatingIfNeeded: key))
        (references + count).initialize(to: reference)
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

    /// Keys are below `keyCount`.
    init(_ entries: consuming KeyedReferences, keyCount: Int) {
        var starts = [UInt32](repeating: 0, count: keyCount + 1)
        references = .allocate(capacity: max(entries.count, 1))
        var keys: [UInt32] = [], bounds: [UInt32] = []
        let sorted = references
        starts.withUnsafeMutableBufferPointer { starts in
            for index in 0..<entries.count { starts[Int(entries.keys[index])] &+= 1 }
            var total: UInt32 = 0
            for key in 0..<keyCount {
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
        }
        self.keys = keys
        self.bounds = bounds
    }

    deinit { references.deallocate() }
}
