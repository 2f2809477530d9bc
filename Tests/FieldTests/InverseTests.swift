import Field
import Testing

/// The variable-time inverse against the power.
@Suite struct InverseTests {
    func compare<F: PrimeField>(_ x: F) -> Bool { x.inverse() == x.inverseOfSecret() }

    func edges<F: PrimeField>(_: F.Type) {
        #expect(F.zero.inverse() == nil && F.zero.inverseOfSecret() == nil)
        #expect(F.one.inverse() == .one && (-F.one).inverse() == -.one)
        var power = F.one
        for _ in 0..<256 {
            for offset in 0..<3 {
                let x = power + F(UInt64(offset))
                for value in [x, -x, F(montgomery: x.integer), F(montgomery: (-x).integer)] { #expect(compare(value)) }
            }
            power += power
        }
        // As words: small ones, the modulus less a little, and quotients of the modulus by powers of two and by
        // small numbers, whose top bits the subtractions run down to nothing.
        for small in UInt64(1)..<300 {
            let word = Limbs4(small, 0, 0, 0)
            #expect(compare(F(montgomery: word)) && compare(F(montgomery: F.modulus.subtractingWrapping(word))))
            #expect(compare(F(unchecked: word)) && F(unchecked: word).inverse().flatMap { compare($0) ? $0 : nil } != nil)
            let part = F(unchecked: word).inverse()?.integer ?? .zero
            #expect(compare(F(montgomery: part)) && compare(F(montgomery: F.modulus.subtractingWrapping(part))))
        }
        for shift in UInt64(1)..<64 {
            for words in 0..<3 {
                var part = F.modulus
                for _ in 0..<words { part = Limbs4(part.l1, part.l2, part.l3, 0) }
                part = part.shiftedRight(shift)
                if part.isZero { continue }
                for offset in UInt64(0)..<4 {
                    let near = part.addingWrapping(Limbs4(offset, 0, 0, 0))
                    #expect(compare(F(montgomery: near)) && compare(F(montgomery: F.modulus.subtractingWrapping(near))))
                }
            }
        }
    }

    func random<F: PrimeField>(_: F.Type, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var failures = 0
        for index in 0..<(fuzzRounds * 20) {
            var words = Limbs4(generator.next(), generator.next(), generator.next(), generator.next() >> 3)
            // One in four is short.
            if index & 3 == 0 {
                for _ in 0..<(generator.next() % 4) { words = Limbs4(words.l1, words.l2, words.l3, 0) }
                words = words.shiftedRight(generator.next() & 63)
            }
            let value = F(montgomery: reduceOnce(words, F.modulus))
            if !compare(value) { failures += 1 }
        }
        #expect(failures == 0)
    }

    @Test func edgesOfFr() { edges(Fr.self) }
    @Test func edgesOfFq() { edges(Fq.self) }
    @Test func randomFr() { random(Fr.self, seed: 31) }
    @Test func randomFq() { random(Fq.self, seed: 32) }

    @Test func constantBelongsToTheOthers() {
        #expect(Fr(montgomery: Fr.radixSquared) * Fr(montgomery: Fr.radixSquared) == Fr(montgomery: Fr.radixCubed))
        #expect(Fq(montgomery: Fq.radixSquared) * Fq(montgomery: Fq.radixSquared) == Fq(montgomery: Fq.radixCubed))
    }
}
