/// Blob polynomials in evaluation form over the 4096th roots of unity, bit-reversed order (note 02 §14).
enum Polynomial {
    /// d_i = ω^{brp(i)}, Montgomery form.
    static let roots: [BLSScalar] = {
        let root = BLSScalar(0xe206_da11_a5d3_6306, 0x0ad1_347b_378f_bf96, 0xfc3e_8acf_e0f8_245f, 0x564c_0a11_a0f7_04f4).montgomery
        var result = [BLSScalar](repeating: .one, count: 4096)
        var power = BLSScalar.one
        for index in 0..<4096 {
            result[bitReversed(index)] = power
            power *= root
        }
        return result
    }()

    /// The twelve bits of an index in reverse.
    static func bitReversed(_ index: Int) -> Int {
        var reversed = 0
        for bit in 0..<12 where index >> bit & 1 == 1 { reversed |= 1 << (11 - bit) }
        return reversed
    }

    static let inverseOfCount: BLSScalar = BLSScalar(4096, 0, 0, 0).montgomery.inverse()

    /// Inverses of all elements in place, none of which may be zero; three products each.
    static func invertAll(_ values: inout [BLSScalar]) {
        var prefix = [BLSScalar]()
        prefix.reserveCapacity(values.count)
        var product = BLSScalar.one
        for value in values {
            prefix.append(product)
            product *= value
        }
        var inverse = product.inverse()
        for index in stride(from: values.count - 1, through: 0, by: -1) {
            let value = values[index]
            values[index] = inverse * prefix[index]
            inverse *= value
        }
    }

    /// A blob's value at z and, if asked for, the quotient (f − y) / (X − z) in the same form. `plain` and the
    /// results are plain integers, z is in Montgomery form: a product of the two kinds is plain again.
    static func open(_ plain: [BLSScalar], at z: BLSScalar, quotient wantsQuotient: Bool) -> (y: BLSScalar, quotient: [BLSScalar]) {
        let roots = Polynomial.roots
        if let index = roots.firstIndex(of: z) { return openAtRoot(plain, index, wantsQuotient) }
        var inverses = roots.map { z - $0 }
        invertAll(&inverses)
        var sum = BLSScalar.zero
        for index in 0..<4096 where !plain[index].isZero {
            sum += plain[index] * (roots[index] * inverses[index])
        }
        var power = z
        for _ in 0..<12 { power = power.squared() }
        let y = sum * ((power - .one) * inverseOfCount)
        guard wantsQuotient else { return (y, []) }
        // (f_i − y) / (d_i − z) = (y − f_i) / (z − d_i)
        for index in 0..<4096 { inverses[index] = (y - plain[index]) * inverses[index] }
        return (y, inverses)
    }

    /// At a root the quotient's own element there is Σ (f_i − y)·d_i / (z·(z − d_i)) over the others.
    private static func openAtRoot(_ plain: [BLSScalar], _ root: Int, _ wantsQuotient: Bool) -> (y: BLSScalar, quotient: [BLSScalar]) {
        let y = plain[root]
        guard wantsQuotient else { return (y, []) }
        let z = roots[root]
        var inverses = roots.map { z - $0 }
        inverses[root] = .one
        invertAll(&inverses)
        var own = BLSScalar.zero
        for index in 0..<4096 where index != root {
            let element = (y - plain[index]) * inverses[index]
            own -= element * roots[index]
            inverses[index] = element
        }
        inverses[root] = own * z.inverse()
        return (y, inverses)
    }
}
