import Blobs
import Testing

/// The batched sums, in lanes and in words, against the plain one.
@Suite struct MultiScalarTests {
    static let plans = [
        MultiScalarPlan.withoutTables, MultiScalarPlan(digitBits: 13, sets: 2), MultiScalarPlan(digitBits: 5, sets: 1),
        MultiScalarPlan(digitBits: 2, sets: 128), MultiScalarPlan(digitBits: 7, sets: 40), MultiScalarPlan(digitBits: 16, sets: 3),
    ]
    static let ways = KZG.hasVectorUnit ? [false, true] : [false]

    func check(_ points: [G1], _ scalars: [BLSScalar], _ plan: MultiScalarPlan, _ what: String) {
        let expected = SmallMultiScalar.sum(zip(points, scalars).map { ($0, $1.canonical) }).affine
        for vector in Self.ways {
            let got = LagrangeSum(points, plan: plan, vector: vector).sum(scalars.map(\.canonical)).affine
            #expect(got == expected, "\(what), \(plan), vector \(vector)")
        }
    }

    static let points: [G1] = {
        var random = Seeded(state: 20)
        return (0..<70).map { _ in random.g1() }
    }()

    @Test(arguments: plans) func randomScalars(_ plan: MultiScalarPlan) {
        var random = Seeded(state: 21)
        for count in [1, 2, 7, 8, 9, 33, 70] {
            check(Array(Self.points[..<count]), (0..<count).map { _ in random.scalar() }, plan, "\(count) random")
        }
    }

    @Test(arguments: plans) func edgeScalars(_ plan: MultiScalarPlan) {
        let minusOne = -BLSScalar.one
        let top = BLSScalar(0, 0, 0, 1 << 62).montgomery
        let edges: [BLSScalar] = [.zero, .one, minusOne, top, -top, BLSScalar(UInt64.max, 0, 0, 0).montgomery, BLSScalar(0, 1, 0, 0).montgomery]
        check(Array(Self.points[..<7]), edges, plan, "edges")
        for scalar in edges { check(Array(Self.points[..<20]), [BLSScalar](repeating: scalar, count: 20), plan, "all equal") }
        var sparse = [BLSScalar](repeating: .zero, count: 70)
        check(Self.points, sparse, plan, "all zero")
        sparse[69] = minusOne
        check(Self.points, sparse, plan, "one")
        check(Self.points, [.one], plan, "fewer scalars than points")
    }

    /// Equal and opposite points meet in one bucket: doublings and cancellations inside the batches.
    @Test(arguments: plans) func relatedPoints(_ plan: MultiScalarPlan) {
        var random = Seeded(state: 22)
        let p = Self.points[0]
        let scalar = random.scalar()
        check([p, p], [scalar, scalar], plan, "doubling")
        check([p, -p], [scalar, scalar], plan, "cancellation")
        check([p, -p, Self.points[1]], [scalar, scalar, scalar], plan, "cancellation and one more")
        check([p, p, -p, -p, p], [scalar, scalar, scalar, scalar, scalar], plan, "five")
        let many = (0..<64).map { $0 % 3 == 0 ? -p : p }
        check(many, (0..<64).map { _ in random.scalar() }, plan, "one point only")
    }

    @Test func planCoversAllScalars() {
        for plan in Self.plans { #expect(plan.digits * plan.digitBits >= 256 && plan.tables * plan.sets >= plan.digits) }
    }

    @Test func vectorAndScalarPathsAgreeOnTheSetup() throws {
        let setup = try Shared.setup.get()
        let points = try LagrangeSum.points(of: setup, vector: false)
        #expect(points.count == 4096 && points[1].compressed == setup.lagrange(2048))
        guard KZG.hasVectorUnit else { return }
        #expect(try LagrangeSum.points(of: setup, vector: true) == points)
        var random = Seeded(state: 23)
        let scalars = (0..<4096).map { _ in random.scalar().canonical }
        let vector = LagrangeSum(points, plan: .withoutTables, vector: true)
        let scalar = LagrangeSum(points, plan: MultiScalarPlan(digitBits: 12, sets: 6), vector: false)
        #expect(vector.sum(scalars).affine == scalar.sum(scalars).affine)
    }
}
