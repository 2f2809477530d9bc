/// Σ scalar_i·L_i over the setup's Lagrange points.
struct FixedBaseMultiScalar: Sendable {
    let points: [G1]

    init(_ setup: TrustedSetup) throws(KZGError) {
        var points: [G1] = []
        points.reserveCapacity(4096)
        for index in 0..<4096 {
            do { points.append(try G1(compressedOnCurve: setup.lagrange(Polynomial.bitReversed(index)))) } catch { throw .setup("\(error)") }
        }
        self.points = points
    }

    func sum(_ scalars: [BLSScalar]) -> JacobianPoint<Fp> {
        var result = JacobianPoint<Fp>.infinity
        for window in stride(from: 31, through: 0, by: -1) {
            if window < 31 { for _ in 0..<8 { result = result.doubled } }
            var buckets = [JacobianPoint<Fp>](repeating: .infinity, count: 256)
            for (index, scalar) in scalars.enumerated() {
                let digit = Int(scalar.word(window / 8) >> UInt64(window % 8 * 8) & 255)
                if digit > 0 { buckets[digit] = buckets[digit] + points[index] }
            }
            var running = JacobianPoint<Fp>.infinity
            for digit in stride(from: 255, through: 1, by: -1) {
                running = running + buckets[digit]
                result = result + running
            }
        }
        return result
    }
}
