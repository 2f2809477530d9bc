/// A scalar as low + high·x² with both below x² < 2¹²⁸ (x the curve's parameter). On the subgroup x²·(X, Y) is
/// (βX, −Y), β the endomorphism's factor: one product instead of 127 doublings.
package struct ScalarHalves: Equatable, Sendable {
    package var low: UInt128
    package var high: UInt128

    private static let divisor: UInt128 = 0xac45_a401_0001_a402_0000_0001_0000_0000
    /// ⌊2²⁵⁶ / x²⌋ − 2¹²⁸.
    private static let reciprocal: UInt128 = 0x7c6b_ecf1_e01f_aadd_63f6_e522_f6cf_ee2e

    /// `plain` is the scalar's integer, below the group order.
    package init(_ plain: BLSScalar) {
        let top = UInt128(plain.l3) << 64 | UInt128(plain.l2), bottom = UInt128(plain.l1) << 64 | UInt128(plain.l0)
        // ⌊top·2¹²⁸ / x²⌋ or a little less: what is left is a few x² at most.
        high = top &+ top.multipliedFullWidth(by: Self.reciprocal).high
        let product = high.multipliedFullWidth(by: Self.divisor)
        var rest = bottom
        var (difference, borrow) = rest.subtractingReportingOverflow(product.low)
        rest = difference
        var over = top &- product.high &- (borrow ? 1 : 0)
        while over > 0 || rest >= Self.divisor {
            (difference, borrow) = rest.subtractingReportingOverflow(Self.divisor)
            rest = difference
            over &-= borrow ? 1 : 0
            high &+= 1
        }
        low = rest
    }
}
