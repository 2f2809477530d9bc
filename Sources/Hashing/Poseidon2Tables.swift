import Field

/// The constants in the order the scalar permutation reads them, in Montgomery form.
///
/// Allocated once and never freed; immutable after initialisation, hence safe to share.
struct Poseidon2Tables: @unchecked Sendable {
    /// 4 · 4 constants of the first full rounds, 56 of the partial rounds, 4 · 4 of the last full rounds.
    let roundConstants: UnsafePointer<Fr>
    let diagonal: (Fr, Fr, Fr, Fr)

    static let shared = Poseidon2Tables()

    private init() {
        let full = Self.elements(Poseidon2Constants.full)
        let partial = Self.elements(Poseidon2Constants.partial)
        let ordered = full[..<16] + partial + full[16...]
        let memory = UnsafeMutableBufferPointer<Fr>.allocate(capacity: ordered.count)
        _ = memory.initialize(from: ordered)
        roundConstants = UnsafePointer(memory.baseAddress!)
        let d = Self.elements(Poseidon2Constants.internalDiagonal)
        diagonal = (d[0], d[1], d[2], d[3])
    }

    static func elements(_ limbs: [UInt64]) -> [Fr] {
        stride(from: 0, to: limbs.count, by: 4).map { at in
            Fr(unchecked: Limbs4(limbs[at], limbs[at + 1], limbs[at + 2], limbs[at + 3]))
        }
    }
}
