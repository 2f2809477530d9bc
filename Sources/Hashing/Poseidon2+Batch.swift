public import Field

/// Many independent hashes of the same small shape, as trees need them. Inputs lie one hash after another.
extension Poseidon2 {
    /// `n` hashes of two inputs each from `2n` elements.
    public static func hashPairs(_ inputs: [Fr]) -> [Fr] { batch(inputs, arity: 2, hashPairs(_:into:)) }

    /// `n` hashes of three inputs each from `3n` elements.
    public static func hashTriples(_ inputs: [Fr]) -> [Fr] { batch(inputs, arity: 3, hashTriples(_:into:)) }

    /// `n` hashes of four inputs each from `4n` elements.
    public static func hashQuads(_ inputs: [Fr]) -> [Fr] { batch(inputs, arity: 4, hashQuads(_:into:)) }

    /// Writes `outputs.count` hashes; `inputs` holds twice as many elements. `outputs` may be the front of `inputs`.
    public static func hashPairs(_ inputs: UnsafeBufferPointer<Fr>, into outputs: UnsafeMutableBufferPointer<Fr>) {
        precondition(inputs.count == 2 * outputs.count)
        for index in 0..<outputs.count { outputs[index] = hashPair(inputs[2 * index], inputs[2 * index + 1]) }
    }

    /// As `hashPairs`, three elements a hash.
    public static func hashTriples(_ inputs: UnsafeBufferPointer<Fr>, into outputs: UnsafeMutableBufferPointer<Fr>) {
        precondition(inputs.count == 3 * outputs.count)
        for index in 0..<outputs.count {
            outputs[index] = hashTriple(inputs[3 * index], inputs[3 * index + 1], inputs[3 * index + 2])
        }
    }

    /// As `hashPairs`, four elements a hash.
    public static func hashQuads(_ inputs: UnsafeBufferPointer<Fr>, into outputs: UnsafeMutableBufferPointer<Fr>) {
        precondition(inputs.count == 4 * outputs.count)
        for index in 0..<outputs.count {
            outputs[index] = hashQuad(inputs[4 * index], inputs[4 * index + 1], inputs[4 * index + 2], inputs[4 * index + 3])
        }
    }

    private static func batch(
        _ inputs: [Fr], arity: Int, _ body: (UnsafeBufferPointer<Fr>, UnsafeMutableBufferPointer<Fr>) -> Void
    ) -> [Fr] {
        precondition(inputs.count % arity == 0, "\(inputs.count) inputs are not a multiple of \(arity)")
        return [Fr](unsafeUninitializedCapacity: inputs.count / arity) { buffer, count in
            count = inputs.count / arity
            inputs.withUnsafeBufferPointer { body($0, UnsafeMutableBufferPointer(rebasing: buffer[..<count])) }
        }
    }
}
