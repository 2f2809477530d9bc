/// Pending transactions in order of place. Chunks of a sorted array: an insertion moves some hundred places, not all.
struct PriorityIndex<Value> {
    typealias Element = (place: PoolPlace, value: Value)

    private var chunks: [[Element]] = []
    private(set) var count = 0

    private static var chunkLimit: Int { 256 }

    /// Worst first; backwards best first.
    var ascending: some Sequence<Element> { chunks.lazy.joined() }
    var descending: some Sequence<Element> { chunks.reversed().lazy.flatMap { $0.reversed() } }

    /// The first chunk whose last place is not below `place`, and where in it `place` is or belongs.
    private func find(_ place: PoolPlace) -> (chunk: Int, at: Int) {
        let chunk = chunks.partitionPoint { $0[$0.count - 1].place < place }
        guard chunk < chunks.count else { return (chunk, 0) }
        return (chunk, chunks[chunk].partitionPoint { $0.place < place })
    }

    /// Places are unique; a second value for one replaces the first.
    mutating func insert(_ place: PoolPlace, _ value: Value) {
        var (chunk, at) = find(place)
        if chunk == chunks.count {
            guard !chunks.isEmpty else {
                chunks.append([(place, value)])
                count = 1
                return
            }
            chunk -= 1
            at = chunks[chunk].count
        }
        if at < chunks[chunk].count, chunks[chunk][at].place == place {
            chunks[chunk][at].value = value
            return
        }
        chunks[chunk].insert((place, value), at: at)
        count += 1
        if chunks[chunk].count > Self.chunkLimit {
            let half = chunks[chunk].count / 2
            let upper = Array(chunks[chunk][half...])
            chunks[chunk].removeSubrange(half...)
            chunks.insert(upper, at: chunk + 1)
        }
    }

    mutating func remove(_ place: PoolPlace) {
        let (chunk, at) = find(place)
        guard chunk < chunks.count, at < chunks[chunk].count, chunks[chunk][at].place == place else { return }
        chunks[chunk].remove(at: at)
        count -= 1
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }
}

extension Array {
    /// Index of the first element that `isBelow` does not hold for; it holds for a front part only.
    func partitionPoint(_ isBelow: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBelow(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
