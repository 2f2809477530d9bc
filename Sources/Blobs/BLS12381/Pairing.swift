/// The Miller loop's lines through multiples of one fixed point of G2, each as (λ·x − y, −λ): a line's value at
/// (xp, yp) is (λ·x − y) + (−λ·xp)·v + yp·v·w, up to a factor the final exponentiation removes.
package struct PreparedG2: Sendable {
    package struct Line: Sendable {
        var constant: Fp2
        var slope: Fp2
    }

    package let lines: [Line]

    /// `point` is a finite point of the subgroup.
    package init(_ point: G2) {
        precondition(!point.isInfinity, "lines of the point at infinity")
        var lines: [Line] = []
        lines.reserveCapacity(68)
        var current = point
        func line(_ slope: Fp2) -> Line { Line(constant: slope * current.x - current.y, slope: -slope) }
        func advance(_ slope: Fp2, _ otherX: Fp2) {
            let x = slope.squared() - current.x - otherX
            current = G2(x, slope * (current.x - x) - current.y)
        }
        for bit in stride(from: 62, through: 0, by: -1) {
            let square = current.x.squared()
            let tangent = (square.doubled + square) * current.y.doubled.inverse()
            lines.append(line(tangent))
            advance(tangent, current.x)
            if Fp12.curveParameter >> UInt64(bit) & 1 == 1 {
                let chord = (point.y - current.y) * (point.x - current.x).inverse()
                lines.append(line(chord))
                advance(chord, point.x)
            }
        }
        self.lines = lines
    }
}

package enum Pairing {
    /// Product of the Miller loops of the pairs (optimal ate), before the final exponentiation.
    package static func millerLoop(_ pairs: [(G1, PreparedG2)]) -> Fp12 {
        let pairs = pairs.filter { !$0.0.isInfinity }
        var result = Fp12.one
        if pairs.isEmpty { return result }
        var next = 0
        func multiply(_ result: Fp12) -> Fp12 {
            var result = result
            for (point, prepared) in pairs {
                let line = prepared.lines[next]
                result = result.timesLine(line.constant, line.slope * point.x, point.y)
            }
            return result
        }
        for bit in stride(from: 62, through: 0, by: -1) {
            if bit != 62 { result = result.squared() }
            result = multiply(result)
            next += 1
            if Fp12.curveParameter >> UInt64(bit) & 1 == 1 {
                result = multiply(result)
                next += 1
            }
        }
        // The parameter is negative.
        return result.conjugate
    }

    /// Whether the product of the pairings is one.
    package static func productIsOne(_ pairs: [(G1, PreparedG2)]) -> Bool {
        millerLoop(pairs).finalExponentiation() == .one
    }
}
