internal import CFieldVector
import Field

/// The eight-lane permutation, on processors that have AVX-512.
///
/// Memory is allocated once and never freed; immutable after initialisation, hence safe to share.
struct Poseidon2Vector: @unchecked Sendable {
    static let lanes = 8

    /// nil where the processor cannot run it.
    static let shared: Poseidon2Vector? = VectorUnit.best.flatMap { of($0) }

    static func of(_ unit: VectorUnit) -> Poseidon2Vector? {
        switch unit {
        case .fma: fma
        case .ifma: ifma
        }
    }

    private static let ifma = fv_lanes_ifma().map { Poseidon2Vector($0, threshold: fv_permute1_available() == 1 ? 6 : 4) }
    private static let fma = fv_lanes_fma().map { Poseidon2Vector($0, threshold: 4) }

    /// From how many hashes on eight lanes, some idle, beat one after another (measured: docs/benchmarks.md).
    let threshold: Int

    private let code: fv_lanes
    private let tables: UnsafePointer<fv_poseidon2_tables>

    private init(_ code: UnsafePointer<fv_lanes>, threshold: Int) {
        self.code = code.pointee
        self.threshold = threshold
        tables = Self.keep(Poseidon2LaneTables.words(factorsAreDoubles: self.code.factors_are_doubles == 1))
    }

    /// A C structure of nothing but words, for good.
    fileprivate static func keep<Structure>(_ words: [UInt64]) -> UnsafePointer<Structure> {
        precondition(words.count * 8 == MemoryLayout<Structure>.size)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: words.count * 8, alignment: 64)
        words.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        return UnsafePointer(memory.bindMemory(to: Structure.self, capacity: 1))
    }

    /// Eight hashes of `arity` elements each, one after another at `inputs`; writes eight elements. `outputs` may
    /// overlap `inputs` up to the end of what is read: everything is read before anything is written.
    func hash8(_ inputs: UnsafePointer<Fr>, arity: Int, _ outputs: UnsafeMutablePointer<Fr>) {
        var initial = Poseidon2.initialValue(arity)
        withUnsafePointer(to: &initial) { initial in
            code.hash8(tables, Self.words(initial), Self.words(inputs), arity, Self.words(outputs))
        }
    }

    /// Eight states of four elements, one after another.
    func permute8(_ states: UnsafeMutablePointer<Fr>) { code.permute8(tables, Self.words(states)) }

    /// Adds three elements to each of eight states and permutes it, `count` times; lane i reads from `blocks[i]`.
    func absorb8(_ states: UnsafeMutablePointer<Fr>, _ blocks: UnsafePointer<UnsafePointer<Fr>>, count: Int) {
        UnsafeRawPointer(blocks).withMemoryRebound(to: UnsafePointer<UInt64>?.self, capacity: Self.lanes) {
            code.absorb8(tables, Self.words(states), $0, count)
        }
    }

    fileprivate static func words(_ pointer: UnsafePointer<Fr>) -> UnsafePointer<UInt64> {
        UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt64.self)
    }

    fileprivate static func words(_ pointer: UnsafeMutablePointer<Fr>) -> UnsafeMutablePointer<UInt64> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt64.self)
    }
}

/// The permutation of one state, on processors that have AVX-512 IFMA. As above.
struct Poseidon2Single: @unchecked Sendable {
    /// nil where the processor cannot run it.
    static let shared: Poseidon2Single? = fv_permute1_available() == 1 ? Poseidon2Single() : nil

    private let tables: UnsafePointer<fv_poseidon2_single_tables>

    private init() { tables = Poseidon2Vector.keep(Poseidon2SingleTables.words()) }

    func permute(_ state: inout (Fr, Fr, Fr, Fr)) {
        withUnsafeMutableBytes(of: &state) {
            fv_poseidon2_permute1(tables, $0.assumingMemoryBound(to: UInt64.self).baseAddress!)
        }
    }
}

/// The permutation of one state in general registers.
enum Poseidon2Registers {
    static let isAvailable = fv_words_available() == 1

    static func permute(_ state: inout (Fr, Fr, Fr, Fr)) {
        let tables = Poseidon2Tables.shared
        withUnsafeMutableBytes(of: &state) { state in
            withUnsafeBytes(of: tables.diagonal) { diagonal in
                fv_poseidon2_permute_words(
                    Poseidon2Vector.words(tables.roundConstants), diagonal.assumingMemoryBound(to: UInt64.self).baseAddress!,
                    state.assumingMemoryBound(to: UInt64.self).baseAddress!)
            }
        }
    }
}
