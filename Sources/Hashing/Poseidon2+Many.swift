public import Field

/// Sponges of any lengths side by side: hashes of transactions, of logs, of bytecode.
extension Poseidon2 {
    /// `H(inputs[i]…)` for each; what one `hash` after another gives.
    public static func hashMany(_ inputs: [[Fr]], path: Path = .best) -> [Fr] {
        hashMany(inputs, leading: { _ in nil }, path: path)
    }

    /// `H(separators[i], inputs[i]…)` for each, `H(inputs[i]…)` where there is no separator.
    public static func hashMany(_ inputs: [[Fr]], separators: [GeneratorIndex?], path: Path = .best) -> [Fr] {
        precondition(inputs.count == separators.count)
        return hashMany(inputs, leading: { index in separators[index].map { Fr(UInt64($0.rawValue)) } }, path: path)
    }

    private static func hashMany(_ inputs: [[Fr]], leading: (Int) -> Fr?, path: Path) -> [Fr] {
        guard let vector = path.vector, inputs.count > 1 else {
            return inputs.indices.map { index in
                inputs[index].withUnsafeBufferPointer { fields in
                    var sponge = Sponge(length: fields.count + (leading(index) == nil ? 0 : 1))
                    sponge.path = path
                    if let first = leading(index) { sponge.absorb(first) }
                    sponge.absorb(fields)
                    return sponge.squeeze()
                }
            }
        }
        var streams: [Stream] = []
        streams.reserveCapacity(inputs.count)
        var capacity = 0
        for index in inputs.indices {
            let length = inputs[index].count + (leading(index) == nil ? 0 : 1)
            // An empty input is permuted once as well.
            let stream = Stream(index: index, length: length, at: capacity, blocks: max(1, (length + 2) / 3))
            streams.append(stream)
            capacity += 3 * stream.blocks
        }
        // Whole blocks, padded with zeros, which do not change the state they are added to.
        let blocks = [Fr](unsafeUninitializedCapacity: capacity) { buffer, count in
            for stream in streams {
                var at = stream.at
                func append(_ value: Fr) {
                    buffer.initializeElement(at: at, to: value)
                    at += 1
                }
                if let first = leading(stream.index) { append(first) }
                for field in inputs[stream.index] { append(field) }
                while at < stream.at + 3 * stream.blocks { append(.zero) }
            }
            count = capacity
        }
        // The longest first: lanes then run out at about the same time.
        streams.sort { $0.blocks > $1.blocks }
        var results = [Fr](repeating: .zero, count: inputs.count)
        blocks.withUnsafeBufferPointer { run(streams[...], $0.baseAddress!, vector, &results) }
        return results
    }

    private struct Stream {
        /// Which input.
        var index: Int
        var length: Int
        /// Its first element among the blocks.
        var at: Int
        var blocks: Int
    }

    private static func run(
        _ queue: ArraySlice<Stream>, _ blocks: UnsafePointer<Fr>, _ vector: Poseidon2Vector, _ results: inout [Fr]
    ) {
        var queue = queue
        let lanes = Poseidon2Vector.lanes
        var active: [Stream?] = (0..<lanes).map { _ in nil }
        withUnsafeTemporaryAllocation(of: Fr.self, capacity: 4 * lanes) { states in
            withUnsafeTemporaryAllocation(of: UnsafePointer<Fr>.self, capacity: lanes) { sources in
                states.initialize(repeating: .zero)
                sources.initialize(repeating: blocks)
                while true {
                    var count = Int.max
                    var busy = 0
                    for lane in 0..<lanes {
                        if active[lane] == nil, let next = queue.popFirst() {
                            active[lane] = next
                            for element in 0..<3 { states[4 * lane + element] = .zero }
                            states[4 * lane + 3] = initialValue(next.length)
                            sources[lane] = blocks + next.at
                        }
                        guard let stream = active[lane] else { continue }
                        count = min(count, stream.blocks)
                        busy += 1
                    }
                    if busy == 0 { return }
                    if busy >= vector.threshold {
                        // Idle lanes repeat somebody's input.
                        let some = active.firstIndex { $0 != nil } ?? 0
                        for lane in 0..<lanes where active[lane] == nil { sources[lane] = sources[some] }
                        vector.absorb8(states.baseAddress!, sources.baseAddress!, count: count)
                    } else {
                        for lane in 0..<lanes where active[lane] != nil {
                            absorb(states.baseAddress! + 4 * lane, sources[lane], count: count)
                        }
                    }
                    for lane in 0..<lanes {
                        guard let stream = active[lane] else { continue }
                        sources[lane] += 3 * count
                        active[lane]?.blocks -= count
                        if stream.blocks == count {
                            results[stream.index] = states[4 * lane]
                            active[lane] = nil
                        }
                    }
                }
            }
        }
    }

    /// The same for one lane.
    private static func absorb(_ state: UnsafeMutablePointer<Fr>, _ blocks: UnsafePointer<Fr>, count: Int) {
        var lane = (state[0], state[1], state[2], state[3])
        for block in 0..<count {
            lane.0 += blocks[3 * block]
            lane.1 += blocks[3 * block + 1]
            lane.2 += blocks[3 * block + 2]
            permute(&lane)
        }
        (state[0], state[1], state[2], state[3]) = lane
    }
}
