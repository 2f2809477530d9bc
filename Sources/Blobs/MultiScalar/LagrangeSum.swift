/// Σ scalar_i·L_i over the setup's Lagrange points, in vector lanes where the processor has them.
package struct LagrangeSum: Sendable {
    private enum Way: Sendable {
        case vector(FixedBase<VectorAdder>)
        case scalar(FixedBase<ScalarAdder>)
    }

    private let way: Way

    package init(_ points: [G1], vector: Bool) {
        way = vector ? .vector(FixedBase(points)) : .scalar(FixedBase(points))
    }

    /// Scalars are plain integers. `digitBits` is for tests: without it the count decides.
    package func sum(_ scalars: [BLSScalar], digitBits: Int? = nil) -> JacobianPoint<Fp> {
        switch way {
        case .vector(let base): base.sum(scalars, digitBits: digitBits)
        case .scalar(let base): base.sum(scalars, digitBits: digitBits)
        }
    }

    /// Bytes of the points in the form they are added in.
    package var memory: Int {
        switch way {
        case .vector(let base): base.memory
        case .scalar(let base): base.memory
        }
    }

    /// The setup's points in bit-reversed order, as blobs have their elements.
    package static func points(of setup: TrustedSetup, vector: Bool) throws(KZGError) -> [G1] {
        do {
            let compressed = (0..<4096).map { setup.lagrange(Polynomial.bitReversed($0)) }
            return try vector ? VectorAdder.decompressed(compressed) : compressed.map { try G1(compressedOnCurve: $0) }
        } catch {
            throw .setup("\(error)")
        }
    }
}
