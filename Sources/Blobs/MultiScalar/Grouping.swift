/// References sorted by key: a counting sort that keeps only keys that occur.
struct Grouping {
    /// The keys that occur, ascending.
    private(set) var keys: [UInt32] = []
    /// Where each of those keys' references begin, and the end of the last.
    private(set) var bounds: [UInt32] = []
    private(set) var references: [UInt32]

    init(keys entryKeys: [UInt32], references entries: [UInt32], keyCount: Int) {
        var starts = [UInt32](repeating: 0, count: keyCount + 1)
        for key in entryKeys { starts[Int(key) + 1] &+= 1 }
        for key in 0..<keyCount {
            if starts[key + 1] > 0 {
                keys.append(UInt32(key))
                bounds.append(starts[key])
            }
            starts[key + 1] &+= starts[key]
        }
        bounds.append(UInt32(entries.count))
        references = [UInt32](repeating: 0, count: entries.count)
        for index in entries.indices {
            let key = Int(entryKeys[index])
            references[Int(starts[key])] = entries[index]
            starts[key] &+= 1
        }
    }
}
