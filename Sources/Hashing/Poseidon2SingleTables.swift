import Field

/// Constants of the single permutation (poseidon2_single.c): the permutation rewritten so that its chain of S-boxes is as
/// short as it can be.
///
/// Partial round r turns (s, u), u of three elements, into (d·x + 1·u, A·u + x·1) with x = z⁵, z = s + c_r the input of
/// its S-box, 1 = (1, 1, 1), D the diagonal minus one, d = D₀ + 1, A = J + diag(D₁, D₂, D₃). Knowing z, x of the round
/// before needs no second product: x = (z - c - 1·u)/d. With τ for u of the round before, β = 1/d, B = A - βJ,
///
///     τ' = B·τ + β(z - c)·1      z' - c' = d·x + 3β(z - c) + g·τ,  g = 1·B
///
/// So what the next input has from the others is g·τ, driven by z alone. Two things make that cheap and early:
///
/// * Scales. z = λ_r·ẑ with λ_(r+1) = d·λ_r⁵ takes the factor of x away: ẑ' = ẑ⁵ + b·ẑ + y.
/// * Its recurrence. B satisfies its characteristic polynomial times (t + its trace), t⁴ = c₂t² + c₃t + c₄, so y of a
///   round does not depend on y of the round before. Lane k holds, for the y of k rounds later, what is known by now
///   (v_k = ρ_k·τ in a shift register with feedback c₂, c₃, c₄), but for the share of the newest y, which is added a
///   round later, one lane down: it is then the only product that a round waits for with the y it has.
///
/// Sums of constants are one offset a round. Elements come and go as Montgomery forms of radix 2^256 and are taken for
/// such of radix 2^260, of a sixteenth of their value: the full rounds' constants are scaled to suit.
enum Poseidon2SingleTables {
    private static let rounds = Poseidon2Constants.partialRounds

    /// In the order of `fv_poseidon2_single_tables`.
    static func words() -> [UInt64] {
        let full = Poseidon2Tables.elements(Poseidon2Constants.full)
        let c = Poseidon2Tables.elements(Poseidon2Constants.partial)
        let diagonal = Poseidon2Tables.elements(Poseidon2Constants.internalDiagonal)
        let d = diagonal[0] + 1
        let beta = inverse(d)
        let a = square { i, j in i == j ? diagonal[i + 1] + 1 : 1 }
        let b = square { i, j in a[i][j] - beta }
        let external: [[Fr]] = [[5, 7, 1, 3], [4, 6, 1, 1], [1, 3, 5, 7], [1, 1, 4, 6]]

        // The recurrence. t³ = trace·t² - minors·t + det.
        let trace = b[0][0] + b[1][1] + b[2][2]
        let minors = b[0][0] * b[1][1] - b[0][1] * b[1][0] + b[0][0] * b[2][2] - b[0][2] * b[2][0] + b[1][1] * b[2][2] - b[1][2] * b[2][1]
        let det = determinant(b)
        let feedback = [trace * trace - minors, det - trace * minors, trace * det]
        let g = product([[1, 1, 1]], b)[0]
        let gB = product([g], b)[0]
        let gBB = product([gB], b)[0]
        let gBBB = product([gBB], b)[0]
        let third = zip(gBB, g).map { $0 - feedback[0] * $1 }
        let rho = [g, gB, third, (0..<3).map { gBBB[$0] - feedback[0] * gB[$0] - feedback[1] * g[$0] }]

        // Scales: of the state in the full rounds, then of z.
        var scale = Fr(16)
        var table = Words()
        for round in 0..<4 {
            let shrink = inverse(scale)
            table.vector(full[(4 * round)..<(4 * round + 4)].map { $0 * shrink }, bits: 4)
            scale = fifth(scale)
        }
        table.vector([c[0] * inverse(scale)], bits: 4)
        var lambda = [scale * inverse(16)]
        while lambda.count < rounds + 4 { lambda.append(d * fifth(lambda[lambda.count - 1])) }
        var inverses = lambda
        Fr.invertAll(&inverses)

        // What the constants alone do to y, and to u of the last round.
        var tau: [Fr] = [0, 0, 0]
        var constant: [Fr] = []
        for round in 0..<(rounds - 1) {
            constant.append((dot(g, tau) + c[round + 1] - 3 * beta * c[round]) * inverses[round + 1])
            tau = product(b, column: tau).map { $0 - beta * c[round] }
        }
        let lastU = product(b, column: tau).map { $0 - beta * c[rounds - 1] }

        // The lanes at the start, from the powers of the last full round: τ = B⁻¹(u - βs·1).
        let before = product(inverse(b), (0..<3).map { i in (0..<4).map { j in j == 0 ? -beta : j == i + 1 ? 1 : 0 } })
        let start = product(product(rho, before), external)
        for j in 0..<4 { table.vector((0..<4).map { start[$0][j] * scale * inverses[1 + $0] }, bits: 0) }
        table.vector([constant[0]], bits: 0)

        // The end: all four elements from z⁵, z, the lanes and the last y.
        let end = Fr(16).pow(rootOf625)
        let out = [[1, 1, 1]] + a
        let fromLanes = product(product(out, b), inverse(Array(rho[..<3])))
        let shrink = inverse(end)
        let endBefore = (0..<4).map { i in
            (fromLanes[i][1] * feedback[0] + fromLanes[i][2] * feedback[1]) * lambda[rounds - 1] * shrink
        }

        func feedbackFactors(_ round: Int) -> [Fr] { (0..<3).map { feedback[$0] * lambda[round] * inverses[round + 2 + $0] } }
        for round in 0..<(rounds - 1) {
            table.vector((0..<4).map { k in sum(rho[k]) * beta * lambda[round] * inverses[round + 2 + k] }, bits: 4)
        }
        table.vector(out.map { sum($0) * beta * lambda[rounds - 1] * shrink }, bits: 8)
        for round in 1..<(rounds - 1) { table.vector(feedbackFactors(round), bits: 4) }
        table.vector(endBefore, bits: 8)
        for round in 0..<(rounds - 1) {
            // The lanes' y includes its constant; what that would feed back is taken off.
            var offset: [Fr] = round == 0 ? [0, 0, 0] : feedbackFactors(round).map { -$0 * constant[round - 1] }
            if round + 1 < rounds - 1 { offset[0] += constant[round + 1] }
            table.vector(offset, bits: 0)
        }
        table.vector([], bits: 0)
        for round in 0..<(rounds - 1) { table.element(3 * beta * lambda[round] * inverses[round + 1]) }
        for k in 0..<3 { table.vector((0..<4).map { fromLanes[$0][k] * lambda[rounds + k] * shrink }, bits: 8) }
        table.vector([d, 1, 1, 1].map { $0 * fifth(lambda[rounds - 1]) * shrink }, bits: 12)

        scale = end
        for round in 4..<8 {
            let shrink = inverse(scale)
            var constants = full[(4 * round)..<(4 * round + 4)].map { $0 * shrink }
            if round == 4 {
                for i in 0..<4 { constants[i] += dot(out[i], lastU) * shrink - endBefore[i] * constant[rounds - 2] }
            }
            table.vector(constants, bits: 4)
            scale = fifth(scale)
        }
        return table.words
    }

    /// 1/625 modulo p - 1: takes the root that four fifth powers undo.
    private static let rootOf625 = Limbs4(0x8b34b6008afb7e91, 0x2605cf4ec98fa44c, 0x0e5e09c50e7749b8, 0x0ac328cb50cd98c4)

    private struct Words {
        var words: [UInt64] = []

        /// Up to four elements in lanes, the rest zero: Montgomery forms of radix 2^(256 + bits), limb by limb.
        mutating func vector(_ lanes: [Fr], bits: UInt64) {
            let limbs = lanes.map { Poseidon2LaneTables.limbs52($0 * Fr(UInt64(1) << bits)) }
            for limb in 0..<5 {
                for lane in 0..<4 { words.append(lane < limbs.count ? limbs[lane][limb] : 0) }
            }
        }

        mutating func element(_ x: Fr) {
            let m = x.montgomery
            words += [m.l0, m.l1, m.l2, m.l3]
        }
    }

    private static func fifth(_ x: Fr) -> Fr { x.squared().squared() * x }

    private static func inverse(_ x: Fr) -> Fr {
        guard let inverse = x.inverse() else { preconditionFailure("no constant here is zero") }
        return inverse
    }

    private static func sum(_ row: [Fr]) -> Fr { row.reduce(0) { $0 + $1 } }
    private static func dot(_ a: [Fr], _ b: [Fr]) -> Fr { sum(zip(a, b).map { $0 * $1 }) }

    private static func square(_ element: (Int, Int) -> Fr) -> [[Fr]] { (0..<3).map { i in (0..<3).map { j in element(i, j) } } }

    private static func product(_ a: [[Fr]], _ b: [[Fr]]) -> [[Fr]] {
        a.map { row in b[0].indices.map { j in dot(row, b.map { $0[j] }) } }
    }

    private static func product(_ a: [[Fr]], column: [Fr]) -> [Fr] { a.map { dot($0, column) } }

    /// Of three by three, with the sign.
    private static func cofactor(_ m: [[Fr]], _ i: Int, _ j: Int) -> Fr {
        // Counting rows and columns on around the end takes care of the sign.
        let (i1, i2, j1, j2) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3)
        return m[i1][j1] * m[i2][j2] - m[i1][j2] * m[i2][j1]
    }

    private static func determinant(_ m: [[Fr]]) -> Fr { dot(m[0], (0..<3).map { cofactor(m, 0, $0) }) }

    private static func inverse(_ m: [[Fr]]) -> [[Fr]] {
        let factor = inverse(determinant(m))
        return square { i, j in cofactor(m, j, i) * factor }
    }
}
