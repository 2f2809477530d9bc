import Bytes
import Field
import Glibc
import Testing

/// Inputs of a fuzz test: the long form is for QUETZAL_LONG=1.
let fuzzRounds = getenv("QUETZAL_LONG") != nil ? 1_000_000 : 3_000

/// xorshift64*: a seeded generator, so a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
}

extension PrimeField {
    /// Random, with the corners that break carries and reductions one time in four.
    static func sample(_ generator: inout SeededGenerator) -> Self {
        let corners: [Self] = [.zero, .one, -.one, Self(2), -Self(2), Self(unchecked: Limbs4(0, 0, 0, 1)), Self(montgomery: .init(.max, .max, .max, 0)),
            Self(montgomery: .init(0, 0, 0, 0x3064_4e72_e131_a029)), Self(montgomery: modulus.subtractingReportingBorrow(.init(1, 0, 0, 0)).0), Self(UInt64.max)]
        if generator.next() & 3 == 0 { return corners[Int(generator.next() % UInt64(corners.count))] }
        return Self(reducing: (0..<48).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    }
}

/// Schoolbook arithmetic on bits, slow and independent of the Montgomery code.
func slowMultiply<F: PrimeField>(_ a: F, _ b: F) -> Limbs4 {
    var result = Limbs4.zero
    let x = a.integer
    let y = b.integer
    func add(_ p: Limbs4, _ q: Limbs4) -> Limbs4 {
        let sum = p.addingReportingCarry(q).0
        return sum < F.modulus ? sum : sum.subtractingReportingBorrow(F.modulus).0
    }
    for bit in (0..<256).reversed() {
        result = add(result, result)
        if y.bit(bit) { result = add(result, x) }
    }
    return result
}

func fieldLaws<F: PrimeField>(_: F.Type, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<400 {
        let a = F.sample(&generator)
        let b = F.sample(&generator)
        let c = F.sample(&generator)
        #expect((a * b).integer == slowMultiply(a, b))
        #expect(a * (b + c) == a * b + a * c)
        #expect(a + b == b + a)
        #expect(a - b == -(b - a))
        #expect((a + b) - b == a)
        #expect(a + (-a) == .zero)
        #expect(a.integer < F.modulus && (a + b).integer < F.modulus && (a - b).montgomery < F.modulus)
        #expect((a < b) == (a.bytes.lexicographicallyPrecedes(b.bytes)))
        if let inverse = a.inverse() { #expect(a * inverse == .one) } else { #expect(a.isZero) }
        let root = a.squared().squareRoot()
        #expect(root == a || root == -a)
        if let root = b.squareRoot() { #expect(root * root == b) }
        #expect(F(canonical: a.bytes) == a)
        #expect(F(hex: a.hex) == a)
        #expect((try? F(exactly: a.serialized)) == a)
    }
}

@Suite struct FieldTests {
    @Test func lawsOfFr() { fieldLaws(Fr.self, seed: 11) }
    @Test func lawsOfFq() { fieldLaws(Fq.self, seed: 12) }

    @Test func parametersBelongTogether() {
        func check<F: PrimeField>(_: F.Type) {
            #expect(F.modulus.l0 &* F.negatedInverse == UInt64.max)
            #expect(F.one.integer == Limbs4(1, 0, 0, 0))
            #expect(F(unchecked: F.radix).montgomery == F.radixSquared)
            var root = F.rootOfUnity
            for _ in 0..<(F.twoAdicity - 1) { root = root.squared() }
            #expect(root == -.one)
        }
        check(Fr.self)
        check(Fq.self)
        #expect((-Fr.one).hex == "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000")
        #expect((-Fq.one).hex == "0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd46")
    }

    @Test func refusesWhatIsNotCanonical() {
        let modulus = Fr.modulus.bigEndianBytes
        #expect(Fr(canonical: modulus) == nil)
        #expect(Fr(canonical: [UInt8](repeating: 255, count: 32)) == nil)
        #expect(Fr(canonical: [UInt8](repeating: 0, count: 31)) == nil)
        #expect(Fr(canonical: [UInt8](repeating: 0, count: 33)) == nil)
        #expect(throws: DecodingError.self) { try Fr(exactly: modulus) }
        #expect(throws: DecodingError.self) { try Fr(exactly: [1, 2, 3]) }
        #expect(Fr(hex: modulus.hex) == nil)
        #expect(Fr(hex: "") == nil && Fr(hex: "0x") == nil && Fr(hex: "0xg") == nil && Fr(hex: " 1") == nil)
        #expect(Fr(hex: "0x1") == 1 && Fr(hex: "ff") == 255)
        #expect(Fr(reducing: modulus) == 0)
    }

    @Test func reducesAnyLength() {
        var generator = SeededGenerator(seed: 5)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            var expected = Fr.zero
            for byte in bytes { expected = expected * 256 + Fr(UInt64(byte)) }
            #expect(Fr(reducing: bytes) == expected)
        }
    }

    @Test func invertsAll() {
        var generator = SeededGenerator(seed: 6)
        let values = (0..<50).map { _ in Fr.sample(&generator) }
        var inverses = values
        Fr.invertAll(&inverses)
        for (value, inverse) in zip(values, inverses) { #expect(value.isZero ? inverse.isZero : value * inverse == 1) }
    }

    @Test func smallIntegers() {
        #expect(Fr(UInt64.max).uint64 == .max)
        #expect((Fr(UInt64.max) + 1).uint64 == nil)
        #expect(Fr(UInt128.max).uint128 == .max)
        #expect(Fr(true) == 1 && Fr(UInt8(7)) == 7)
        #expect(Fr(3).pow(5) == 243 && Fr(3).pow(0) == 1)
    }
}
