import Field
import Glibc
import Hashing
import Testing

let longForm = getenv("QUETZAL_LONG") != nil

struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    /// Random elements and, one time in three, values that stress carries: ends of the range, long runs of ones and
    /// zeros across the borders of 52- and 64-bit limbs, in the Montgomery form the code works on.
    mutating func element() -> Fr {
        if next() % 3 != 0 { return Fr(reducing: (0..<5).flatMap { _ in (0..<8).map { _ in UInt8(truncatingIfNeeded: next() >> 24) } }) }
        func word() -> UInt64 { [0, .max, 1, 1 << 63, (1 << 52) - 1, 1 << 52, ~0 << 52, ~0 << 12][Int(next() % 8)] }
        let limbs = Limbs4(word(), word(), word(), word() & 0x1fff_ffff_ffff_ffff)
        switch next() % 6 {
        case 0: return .zero
        case 1: return -.one
        case 2: return Fr(montgomery: Fr.modulus.subtractingReportingBorrow(Limbs4(1 + next() % 3, 0, 0, 0)).0)
        case 3: return Fr(montgomery: Limbs4(next() % 3, 0, 0, 0))
        default: return Fr(montgomery: limbs)
        }
    }
}

/// The code for some processors against the one for all, as far as this processor has it.
@Suite struct VectorTests {
    @Test func saysWhatIsTested() {
        for unit in VectorUnit.allCases where !VectorUnit.available.contains(unit) { print("not exercised: this processor has no unit \(unit)") }
        #expect(Poseidon2.Path.available.last == Poseidon2.Path.best)
        #expect(Poseidon2.Path.available.first == .scalar)
    }

    @Test(arguments: VectorUnit.allCases) func multiplication(_ unit: VectorUnit) {
        var generator = SeededGenerator(seed: 41)
        for count in [0, 1, 7, 8, 9, 16, 4000] {
            let a = (0..<count).map { _ in generator.element() }
            let b = (0..<count).map { _ in generator.element() }
            #expect(unit.multiplyEach(a, b) == zip(a, b).map { $0 * $1 })
        }
    }

    @Test(arguments: Poseidon2.Path.available) func permutation(_ path: Poseidon2.Path) {
        var generator = SeededGenerator(seed: 42)
        var vector = (0..<(4 * 8 * 40 + 12)).map { _ in generator.element() }
        // A state of equal extremes in every lane.
        for index in 0..<32 { vector[index] = -.one }
        for index in 32..<64 { vector[index] = .zero }
        for index in 64..<96 { vector[index] = Fr(montgomery: Fr.modulus.subtractingReportingBorrow(Limbs4(1, 0, 0, 0)).0) }
        for _ in 0..<(longForm ? 300 : 3) {
            var scalar = vector
            Poseidon2.permuteEach(&vector, path: path)
            Poseidon2.permuteEach(&scalar, path: .scalar)
            #expect(vector == scalar)
        }
    }

    @Test func onePermutation() {
        var generator = SeededGenerator(seed: 45)
        let extremes: [Fr] = [.zero, -.one, Fr(montgomery: Fr.modulus.subtractingReportingBorrow(Limbs4(1, 0, 0, 0)).0)]
        for index in 0..<(longForm ? 500_000 : 5_000) {
            func pick() -> Fr { index < 81 ? extremes[Int(generator.next() % 3)] : generator.element() }
            let start = (pick(), pick(), pick(), pick())
            var scalar = start
            Poseidon2.permuteScalar(&scalar)
            var best = start
            Poseidon2.permute(&best)
            #expect(best == scalar)
            var one = [start.0, start.1, start.2, start.3]
            Poseidon2.permuteEach(&one, path: .registers)
            #expect(one == [scalar.0, scalar.1, scalar.2, scalar.3])
        }
        var chained = (Fr.zero, Fr.one, -Fr.one, Fr(7))
        var expected = chained
        for _ in 0..<500 {
            Poseidon2.permute(&chained)
            Poseidon2.permuteScalar(&expected)
        }
        #expect(chained == expected)
    }

    @Test func hashes() {
        var generator = SeededGenerator(seed: 43)
        for arity in [1, 2, 3, 4, 5, 6, 7, 10] {
            for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31] {
                let inputs = (0..<(arity * count)).map { _ in generator.element() }
                let expected = (0..<count).map { Poseidon2.hash(inputs[($0 * arity)..<(($0 + 1) * arity)]) }
                for path in Poseidon2.Path.available { #expect(Poseidon2.hashEach(inputs, arity: arity, path: path) == expected) }
            }
        }
    }

    @Test func spongesOfAnyLengths() {
        var generator = SeededGenerator(seed: 46)
        for count in [0, 1, 2, 3, 6, 7, 8, 9, 13, 20, 40] {
            for longest in [1, 4, 12, 200] {
                let inputs = (0..<count).map { _ in (0..<Int(generator.next() % UInt64(longest))).map { _ in generator.element() } }
                let separators = inputs.map { $0.count & 1 == 0 ? GeneratorIndex.publicTxHash : .privateTxHash }
                let plain = inputs.map { Poseidon2.hash($0) }
                let separated = zip(inputs, separators).map { Poseidon2.hash($0, separator: $1) }
                for path in Poseidon2.Path.available {
                    #expect(Poseidon2.hashMany(inputs, path: path) == plain)
                    #expect(Poseidon2.hashMany(inputs, separators: separators, path: path) == separated)
                }
            }
        }
    }

    @Test func outputsOverInputs() {
        var generator = SeededGenerator(seed: 44)
        for arity in [2, 3, 4] {
            for count in [1, 5, 8, 21, 64] {
                var values = (0..<(arity * count)).map { _ in generator.element() }
                let expected = Poseidon2.hashEach(values, arity: arity, path: .scalar)
                values.withUnsafeMutableBufferPointer { buffer in
                    Poseidon2.hashEach(UnsafeBufferPointer(buffer), arity: arity, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
                }
                #expect(Array(values[..<count]) == expected)
            }
        }
    }
}
