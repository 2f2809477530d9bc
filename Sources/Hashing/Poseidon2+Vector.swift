internal import CFieldVector
import Field

/// The eight-lane permutation, on processors that have AVX-512 IFMA.
///
/// Memory is allocated once and never freed; immutable after initialisation, hence safe to share.
struct Poseidon2Vector: @unchecked Sendable {
    static let lanes = 8

    /// nil where the processor cannot run it.
    static let shared: Poseidon2Vector? = fv_available() == 1 ? Poseidon2Vector() : nil

    private let tables: UnsafePointer<fv_poseidon2_tables>
    private let singleTables: UnsafePointer<fv_poseidon2_single_tables>

    private init() {
        let ordered = Poseidon2Tables.elements(Poseidon2Constants.full)[..<16]
            + Poseidon2Tables.elements(Poseidon2Constants.partial)
            + Poseidon2Tables.elements(Poseidon2Constants.full)[16...]
        // The Montgomery form with radix 2^260 of x is that with radix 2^256 of 16x.
        tables = Self.keep((ordered + Poseidon2Tables.elements(Poseidon2Constants.internalDiagonal)).flatMap { Self.limbs52($0 * 16) })
        singleTables = Self.keep(Poseidon2SingleTables.words())
    }

    /// A C structure of nothing but words, for good.
    private static func keep<Structure>(_ words: [UInt64]) -> UnsafePointer<Structure> {
        precondition(words.count * 8 == MemoryLayout<Structure>.size)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: words.count * 8, alignment: 64)
        words.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        return UnsafePointer(memory.bindMemory(to: Structure.self, capacity: 1))
    }

    /// Five 52-bit limbs of the Montgomery form.
    static func limbs52(_ x: Fr) -> [UInt64] {
        let m = x.montgomery
        let mask: UInt64 = 0xf_ffff_ffff_ffff
        return [
            m.l0 & mask, (m.l0 >> 52 | m.l1 << 12) & mask, (m.l1 >> 40 | m.l2 << 24) & mask,
            (m.l2 >> 28 | m.l3 << 36) & mask, m.l3 >> 16,
        ]
    }

    /// Eight hashes of `arity` elements each, one after another at `inputs`; writes eight elements. `outputs` may
    /// overlap `inputs` up to the end of what is read: everything is read before anything is written.
    func hash8(_ inputs: UnsafePointer<Fr>, arity: Int, _ outputs: UnsafeMutablePointer<Fr>) {
        var initial = Poseidon2.initialValue(arity)
        withUnsafePointer(to: &initial) { initial in
            fv_poseidon2_hash8(tables, Self.words(initial), Self.words(inputs), arity, Self.words(outputs))
        }
    }

    /// Eight states of four elements, one after another.
    func permute8(_ states: UnsafeMutablePointer<Fr>) { fv_poseidon2_permute8(tables, Self.words(states)) }

    /// Adds three elements to each of eight states and permutes it, `count` times; lane i reads from `blocks[i]`.
    func absorb8(_ states: UnsafeMutablePointer<Fr>, _ blocks: UnsafePointer<UnsafePointer<Fr>>, count: Int) {
        UnsafeRawPointer(blocks).withMemoryRebound(to: UnsafePointer<UInt64>?.self, capacity: Self.lanes) {
            fv_poseidon2_absorb8(tables, Self.words(states), $0, count)
        }
    }

    /// One state, its elements in lanes.
    func permute1(_ state: inout (Fr, Fr, Fr, Fr)) {
        withUnsafeMutableBytes(of: &state) {
            fv_poseidon2_permute1(singleTables, $0.assumingMemoryBound(to: UInt64.self).baseAddress!)
        }
    }

    private static func words(_ pointer: UnsafePointer<Fr>) -> UnsafePointer<UInt64> {
        UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt64.self)
    }

    private static func words(_ pointer: UnsafeMutablePointer<Fr>) -> UnsafeMutablePointer<UInt64> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt64.self)
    }
}
