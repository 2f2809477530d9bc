/// Σ scalar_i·L_i over the setup's Lagrange points, in vector lanes where the processor has them.
struct LagrangeSum: Sendable {
    private enum Way: Sendable {
        case vector(FixedBase<VectorAdder>)
        case scalar(FixedBase<ScalarAdder>)
    }

    private let way: Way

    init(_ points: [G1], plan: MultiScalarPlan, vector: Bool) {
        way = vector ? .vector(FixedBase(points, plan: plan)) : .scalar(FixedBase(points, plan: plan))
    }

    /// Scalars are plain integers.
    func sum(_ scalars: [BLSScalar]) -> JacobianPoint<Fp> {
        switch way {
        case .vector(let base): base.sum(scalars)
        case .scalar(let base): base.sum(scalars)
        }
    }

    /// Bytes of the tables.
    var memory: Int {
        switch way {
        case .vector(let base): base.memory
        case .scalar(let base): base.memory
        }
    }

    /// The setup's points in bit-reversed order, as blobs have their elements.
    static func points(of setup: TrustedSetup) throws(KZGError) -> [G1] {
        var points: [G1] = []
        points.reserveCapacity(4096)
        for index in 0..<4096 {
            do { points.append(try G1(compressedOnCurve: setup.lagrange(Polynomial.bitReversed(index)))) } catch { throw .setup("\(error)") }
        }
        return points
    }
}
