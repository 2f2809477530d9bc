import Blobs
import Testing

@Suite struct BLSFieldTests {
    @Test func fpFollowsTheFieldLaws() {
        var random = Seeded(state: 1)
        for _ in 0..<500 {
            let (a, b, c) = (random.fp(), random.fp(), random.fp())
            #expect((a + b) * c == a * c + b * c)
            #expect(a * b == b * a && a * (b * c) == (a * b) * c)
            #expect(a - b + b == a && a + -a == .zero)
            #expect(a.squared() == a * a && a.montgomery.canonical == a)
            #expect(a.inverse() * a == .one)
            #expect(Fp(bytes: a.bytes) == a)
        }
    }

    @Test func inversesAtTheEdges() {
        let one = Fp(1, 0, 0, 0, 0, 0)
        for value in [Fp.one, -Fp.one, Fp.one.doubled, one, -one, Fp(0, 0, 0, 0, 0, 1), one.doubled - Fp(3, 0, 0, 0, 0, 0)] {
            #expect(value.inverse() * value == .one)
        }
        #expect(Fp.zero.inverse() == .zero)
        #expect(BLSScalar.zero.inverse() == .zero)
        var power = Fp.one
        for _ in 0..<400 {
            power += power
            #expect(power.inverse() * power == .one)
        }
    }

    @Test func modulusIsRefusedAsACoordinate() {
        #expect(Fp(bytes: Fp.modulus.wordBytes) == nil)
        #expect(Fp(bytes: (Fp.modulus - Fp(1, 0, 0, 0, 0, 0)).wordBytes) == -Fp.one)
        #expect(BLSScalar(bytes: BLSScalar.modulus.wordBytes) == nil)
        #expect(BLSScalar(bytes: [1]) == nil)
    }

    @Test func squareRoots() {
        var random = Seeded(state: 2)
        for _ in 0..<40 {
            let a = random.fp()
            #expect(a.squared().squareRoot().map { $0 == a || $0 == -a } == true)
            // −1 is no square, so of a and −a exactly one is.
            #expect((a.squareRoot() == nil) != ((-a).squareRoot() == nil))
            let b = random.fp2()
            #expect(b.squared().squareRoot().map { $0 == b || $0 == -b } == true)
            for special in [Fp2(a, .zero), Fp2(.zero, a)] {
                #expect(special.squared().squareRoot().map { $0 == special || $0 == -special } == true)
            }
            // ξ is no square in the extension.
            #expect(b.squared().timesNonResidue.squareRoot() == nil)
        }
    }

    @Test func towerFollowsTheFieldLaws() {
        var random = Seeded(state: 3)
        for _ in 0..<30 {
            let (a, b, c) = (random.fp12(), random.fp12(), random.fp12())
            #expect(a * (b * c) == (a * b) * c)
            #expect(a.squared() == a * a)
            #expect(a * a.inverse() == .one)
            #expect((a * b).frobenius() == a.frobenius() * b.frobenius())
            let (l0, l1, l4) = (random.fp2(), random.fp2(), random.fp())
            let line = Fp12(Fp6(l0, l1, .zero), Fp6(.zero, Fp2(l4, .zero), .zero))
            #expect(a.timesLine(l0, l1, l4) == a * line)
        }
        var a = random.fp12()
        let start = a
        for _ in 0..<12 { a = a.frobenius() }
        #expect(a == start)
        for _ in 0..<6 { a = a.frobenius() }
        #expect(a == start.conjugate)
    }

    @Test func cyclotomicSquareIsASquare() {
        var random = Seeded(state: 4)
        for _ in 0..<10 {
            let a = random.fp12()
            let easy = a.conjugate * a.inverse()
            let unitary = easy.frobenius().frobenius() * easy
            #expect(unitary.cyclotomicSquared() == unitary * unitary)
        }
    }
}
