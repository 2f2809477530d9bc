/// Additions in plain 64-bit words, for processors without the vector instructions.
enum ScalarAdder: PointAdder {
    typealias Element = G1
    typealias Scratch = UnsafeMutablePointer<Fp>

    static func element(_ point: G1) -> G1 { point }
    static func point(_ element: G1) -> G1 { element }
    static func negated(_ element: G1) -> G1 { -element }
    static func scratch(operations: Int) -> Scratch { .allocate(capacity: 2 * operations) }
    static func free(_ scratch: Scratch) { scratch.deallocate() }

    /// Inverses of the differences before the running product: scratch[2k] the prefix, scratch[2k + 1] the difference.
    static func add(
        _ points: UnsafePointer<G1>, _ pairs: UnsafePointer<UInt32>, _ count: Int, _ scratch: Scratch,
        _ out: UnsafeMutablePointer<G1>, _ slots: UnsafePointer<UInt32>
    ) -> Bool {
        var product = Fp.one
        for k in 0..<count {
            let difference = points[Int(pairs[2 * k + 1] >> 1)].x - points[Int(pairs[2 * k] >> 1)].x
            scratch[2 * k] = product
            scratch[2 * k + 1] = difference
            product *= difference
        }
        if product.isZero { return false }
        var inverse = product.inverse()
        for k in stride(from: count - 1, through: 0, by: -1) {
            let a = signed(points, pairs[2 * k]), b = signed(points, pairs[2 * k + 1])
            let slope = (b.y - a.y) * (inverse * scratch[2 * k])
            inverse *= scratch[2 * k + 1]
            let x = slope.squared() - a.x - b.x
            out[Int(slots[k])] = G1(x, slope * (a.x - x) - a.y)
        }
        return true
    }

    @inline(__always) private static func signed(_ points: UnsafePointer<G1>, _ reference: UInt32) -> G1 {
        let point = points[Int(reference >> 1)]
        return reference & 1 == 1 ? -point : point
    }
}
