import Blobs
import Testing

/// The batched sums, in lanes and in words, against the plain one.
@Suite struct MultiScalarTests {
    /// nil: as the count decides.
    static let digitBits: [Int?] = [nil, 2, 5, 7, 11, 13, 16]
    static let ways = KZG.hasVectorUnit ? [false, true] : [false]

    func check(_ points: [G1], _ scalars: [BLSScalar], _ digitBits: Int?, _ what: String) {
        let expected = SmallMultiScalar.sum(zip(points, scalars).map { ($0, $1.canonical) }).affine
        for vector in Self.ways {
            let got = LagrangeSum(points, vector: vector).sum(scalars.map(\.canonical), digitBits: digitBits).affine
            #expect(got == expected, "\(what), digits of \(digitBits ?? 0) bits, vector \(vector)")
        }
    }

    static let points: [G1] = {
        var random = Seeded(state: 20)
        return (0..<70).map { _ in random.g1() }
    }()

    @Test(arguments: digitBits) func randomScalars(_ digitBits: Int?) {
        var random = Seeded(state: 21)
        for count in [1, 2, 7, 8, 9, 33, 70] {
            check(Array(Self.points[..<count]), (0..<count).map { _ in random.scalar() }, digitBits, "\(count) random")
        }
    }

    @Test(arguments: digitBits) func edgeScalars(_ digitBits: Int?) {
        let minusOne = -BLSScalar.one
        let top = BLSScalar(0, 0, 0, 1 << 62).montgomery
        let edges: [BLSScalar] = [.zero, .one, minusOne, top, -top, BLSScalar(UInt64.max, 0, 0, 0).montgomery, BLSScalar(0, 1, 0, 0).montgomery]
        check(Array(Self.points[..<7]), edges, digitBits, "edges")
        for scalar in edges { check(Array(Self.points[..<20]), [BLSScalar](repeating: scalar, count: 20), digitBits, "all equal") }
        var sparse = [BLSScalar](repeating: .zero, count: 70)
        check(Self.points, sparse, digitBits, "all zero")
        sparse[69] = minusOne
        check(Self.points, sparse, digitBits, "one")
        check(Self.points, [.one], digitBits, "fewer scalars than points")
    }

    /// Equal and opposite points meet in one bucket: doublings and cancellations inside the batches.
    @Test(arguments: digitBits) func relatedPoints(_ digitBits: Int?) {
        var random = Seeded(state: 22)
        let p = Self.points[0]
        let scalar = random.scalar()
        check([p, p], [scalar, scalar], digitBits, "doubling")
        check([p, -p], [scalar, scalar], digitBits, "cancellation")
        check([p, -p, Self.points[1]], [scalar, scalar, scalar], digitBits, "cancellation and one more")
        check([p, p, -p, -p, p], [scalar, scalar, scalar, scalar, scalar], digitBits, "five")
        let many = (0..<64).map { $0 % 3 == 0 ? -p : p }
        check(many, (0..<64).map { _ in random.scalar() }, digitBits, "one point only")
    }

    @Test func halvesMakeTheScalar() {
        var random = Seeded(state: 24)
        let square = BLSScalar(0x0000_0001_0000_0000, 0xac45_a401_0001_a402, 0, 0).montgomery
        func value(_ half: UInt128) -> BLSScalar { BLSScalar(UInt64(truncatingIfNeeded: half), UInt64(half >> 64), 0, 0).montgomery }
        let edges: [BLSScalar] = [.zero, .one, -.one, square, square - .one, square + .one, -square, square * square, value(.max)]
        for scalar in edges + (0..<1000).map({ _ in random.scalar() }) {
            let halves = ScalarHalves(scalar.canonical)
            #expect(value(halves.low) + value(halves.high) * square == scalar)
            #expect(halves.low < 0xac45_a401_0001_a402_0000_0001_0000_0000 && halves.high < 0xac45_a401_0001_a402_0000_0001_0000_0000)
        }
    }

    @Test func vectorAndScalarPathsAgreeOnTheSetup() throws {
        let setup = try Shared.setup.get()
        let points = try LagrangeSum.points(of: setup, vector: false)
        #expect(points.count == 4096 && points[1].compressed == setup.lagrange(2048))
        guard KZG.hasVectorUnit else { return }
        #expect(try LagrangeSum.points(of: setup, vector: true) == points)
        var random = Seeded(state: 23)
        let scalars = (0..<4096).map { _ in random.scalar().canonical }
        let vector = LagrangeSum(points, vector: true)
        let scalar = LagrangeSum(points, vector: false)
        #expect(vector.sum(scalars).affine == scalar.sum(scalars, digitBits: 9).affine)
    }
}
