/// Σ scalar·point for few points: signed four-bit windows, all points sharing the doublings (Straus).
package enum SmallMultiScalar {
    /// Scalars are plain integers.
    package static func sum(_ terms: [(point: G1, scalar: BLSScalar)]) -> JacobianPoint<Fp> {
        let tables = terms.map { term in
            var multiples = [JacobianPoint(term.point)]
            for _ in 1..<8 { multiples.append(multiples[multiples.count - 1] + term.point) }
            return multiples
        }
        let digits = terms.map { signedDigits($0.scalar) }
        var result = JacobianPoint<Fp>.infinity
        for window in stride(from: 64, through: 0, by: -1) {
            if window < 64 { for _ in 0..<4 { result = result.doubled } }
            for index in terms.indices {
                let digit = Int(digits[index][window])
                if digit > 0 { result = result + tables[index][digit - 1] }
                if digit < 0 { result = result + -tables[index][-digit - 1] }
            }
        }
        return result
    }

    /// 65 digits from −7 to 8, least significant first.
    static func signedDigits(_ scalar: BLSScalar) -> [Int8] {
        var digits = [Int8](repeating: 0, count: 65)
        var carry: Int8 = 0
        for window in 0..<64 {
            var digit = Int8(scalar.word(window / 16) >> UInt64(window % 16 * 4) & 15) + carry
            carry = 0
            if digit > 8 {
                digit -= 16
                carry = 1
            }
            digits[window] = digit
        }
        digits[64] = carry
        return digits
    }
}
