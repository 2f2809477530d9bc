public import Field

/// Many independent hashes of the same small shape, as trees need them. Inputs lie one hash after another. Eight
/// at a time go through the vector unit where there is one; the results are the same without.
extension Poseidon2 {
    /// Which code the batch forms use: for tests and benchmarks that compare them.
    public enum Path: Sendable, Equatable {
        /// The code that runs on every processor.
        case scalar
        /// One by one in general registers by instructions of newer processors; elsewhere as `scalar`.
        case registers
        /// Eight at a time; on processors without this unit as `scalar`.
        case vector(VectorUnit)

        /// What this processor can run, the fastest last.
        public static let available = [scalar] + (Poseidon2Registers.isAvailable ? [registers] : []) + VectorUnit.available.map { vector($0) }
        public static let best = available.last ?? scalar

        var vector: Poseidon2Vector? {
            if case .vector(let unit) = self { Poseidon2Vector.of(unit) } else { nil }
        }
    }

    /// `n` hashes of two inputs each from `2n` elements.
    public static func hashPairs(_ inputs: [Fr]) -> [Fr] { hashEach(inputs, arity: 2) }

    /// `n` hashes of three inputs each from `3n` elements.
    public static func hashTriples(_ inputs: [Fr]) -> [Fr] { hashEach(inputs, arity: 3) }

    /// `n` hashes of four inputs each from `4n` elements.
    public static func hashQuads(_ inputs: [Fr]) -> [Fr] { hashEach(inputs, arity: 4) }

    /// `n` hashes of `arity` inputs each from `arity · n` elements; `arity` at least 1.
    public static func hashEach(_ inputs: [Fr], arity: Int, path: Path = .best) -> [Fr] {
        precondition(arity > 0 && inputs.count % arity == 0, "\(inputs.count) inputs are not a multiple of \(arity)")
        return [Fr](unsafeUninitializedCapacity: inputs.count / arity) { buffer, count in
            count = inputs.count / arity
            inputs.withUnsafeBufferPointer {
                hashEach($0, arity: arity, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), path: path)
            }
        }
    }

    /// Writes `outputs.count` hashes; `inputs` holds twice as many elements. `outputs` may be the front of `inputs`.
    public static func hashPairs(_ inputs: UnsafeBufferPointer<Fr>, into outputs: UnsafeMutableBufferPointer<Fr>) {
        hashEach(inputs, arity: 2, into: outputs)
    }

    /// As `hashPairs`, three elements a hash.
    public static func hashTriples(_ inputs: UnsafeBufferPointer<Fr>, into outputs: UnsafeMutableBufferPointer<Fr>) {
        hashEach(inputs, arity: 3, into: outputs)
    }

    /// As `hashPairs`, four elements a hash.
    public static func hashQuads(_ inputs: UnsafeBufferPointer<Fr>, into outputs: UnsafeMutableBufferPointer<Fr>) {
        hashEach(inputs, arity: 4, into: outputs)
    }

    /// `inputs.count == arity · outputs.count`, `arity` at least 1. `outputs` may be the front of `inputs`.
    public static func hashEach(
        _ inputs: UnsafeBufferPointer<Fr>, arity: Int, into outputs: UnsafeMutableBufferPointer<Fr>, path: Path = .best
    ) {
        precondition(arity > 0 && inputs.count == arity * outputs.count)
        guard let input = inputs.baseAddress, let output = outputs.baseAddress else { return }
        var at = 0
        if let vector = path.vector {
            while outputs.count - at >= Poseidon2Vector.lanes {
                vector.hash8(input + at * arity, arity: arity, output + at)
                at += Poseidon2Vector.lanes
            }
            let rest = outputs.count - at
            if rest >= vector.threshold {
                hashPadded(vector, input + at * arity, arity: arity, count: rest, output + at)
                return
            }
        }
        while at < outputs.count {
            output[at] = hash(UnsafeBufferPointer(start: input + at * arity, count: arity), path: path)
            at += 1
        }
    }

    /// 1...7 hashes in eight lanes; idle lanes repeat the first input.
    private static func hashPadded(
        _ vector: Poseidon2Vector, _ input: UnsafePointer<Fr>, arity: Int, count: Int, _ output: UnsafeMutablePointer<Fr>
    ) {
        withUnsafeTemporaryAllocation(of: Fr.self, capacity: Poseidon2Vector.lanes * (arity + 1)) { memory in
            let lanes = memory.baseAddress!
            lanes.initialize(from: input, count: count * arity)
            for lane in count..<Poseidon2Vector.lanes { (lanes + lane * arity).initialize(from: input, count: arity) }
            let results = lanes + Poseidon2Vector.lanes * arity
            results.initialize(repeating: .zero, count: Poseidon2Vector.lanes)
            vector.hash8(lanes, arity: arity, results)
            output.update(from: results, count: count)
        }
    }

    /// Permutes independent states of four elements each, in place; `states.count` is a multiple of 4.
    public static func permuteEach(_ states: inout [Fr], path: Path = .best) {
        precondition(states.count % 4 == 0)
        states.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var at = 0
            if let vector = path.vector {
                while buffer.count - at >= 4 * Poseidon2Vector.lanes {
                    vector.permute8(base + at)
                    at += 4 * Poseidon2Vector.lanes
                }
            }
            while at < buffer.count {
                var state = (base[at], base[at + 1], base[at + 2], base[at + 3])
                permute(&state, path: path)
                (base[at], base[at + 1], base[at + 2], base[at + 3]) = state
                at += 4
            }
        }
    }
}
