public import Field
import Synchronization

/// Pedersen commitments over Grumpkin («note 01 §4»). A node needs the hash of two zeros only; account
/// contracts' Schnorr signatures need the rest.
public enum Pedersen {
    /// `Σ inputs[i] · g[offset + i]`.
    public static func commit(_ inputs: [Fr], offset: Int = 0) -> GrumpkinPoint {
        let generators = generators(offset..<(offset + inputs.count))
        return GrumpkinPoint.sum(zip(inputs.map { Fq($0) }, generators))
    }

    /// x of `n · L + commit(inputs, offset)`.
    public static func hash(_ inputs: [Fr], offset: Int = 0) -> Fr {
        (Fq(UInt64(inputs.count)) * lengthGenerator + commit(inputs, offset: offset)).x
    }

    static let lengthGenerator = derive("pedersen_hash_length", 0)

    private static let known = Mutex<[Int: GrumpkinPoint]>([:])

    /// Generators are derived when first asked for, about 50 µs each, and kept. Offsets come from the program,
    /// not from outside, so the table stays small.
    static func generators(_ range: Range<Int>) -> [GrumpkinPoint] {
        known.withLock { table in
            range.map { index in
                if let found = table[index] { return found }
                let point = derive("DEFAULT_DOMAIN_SEPARATOR", UInt32(index))
                table[index] = point
                return point
            }
        }
    }

    /// Hash to curve by trial: x from two BLAKE3 digests of (domain, index, attempt), parity of y from the top bit.
    static func derive(_ domain: String, _ index: UInt32) -> GrumpkinPoint {
        var seed = BLAKE3.hashChunk(Array(domain.utf8))
        for shift in stride(from: UInt32(24), through: 0, by: -8) { seed.append(UInt8(truncatingIfNeeded: index >> shift)) }
        seed += [UInt8](repeating: 0, count: 28)
        var attempt: UInt8 = 0
        while true {
            let high = BLAKE3.hashChunk(seed + [attempt, 0])
            let low = BLAKE3.hashChunk(seed + [attempt, 1])
            let x = Fr(reducing: high + low)
            if var point = GrumpkinPoint(x: x, sign: true) {
                let parity: UInt64 = high[0] > 127 ? 1 : 0
                if point.y.integer.l0 & 1 != parity { point = -point }
                return point
            }
            attempt += 1
        }
    }
}
