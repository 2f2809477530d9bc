internal import CFieldVector

extension Fr {
    /// Whether this processor runs the eight-lane code.
    public static let hasVectorUnit = fv_available() == 1

    /// `out[i] = a[i] · b[i]`, eight at a time where the processor can.
    public static func multiplyEach(_ a: [Fr], _ b: [Fr]) -> [Fr] {
        precondition(a.count == b.count)
        var result = a
        let groups = hasVectorUnit ? a.count / 8 : 0
        if groups > 0 {
            result.withUnsafeMutableBytes { out in
                b.withUnsafeBytes { b in
                    let words = out.assumingMemoryBound(to: UInt64.self).baseAddress!
                    fv_multiply(words, b.assumingMemoryBound(to: UInt64.self).baseAddress!, words, groups)
                }
            }
        }
        for index in (8 * groups)..<a.count { result[index] = a[index] * b[index] }
        return result
    }

    /// Runs `count` eight-lane multiplications, for measuring; nil without a vector unit.
    public static func vectorMultiplicationChain(_ start: [Fr], count: Int) -> [Fr]? {
        guard hasVectorUnit else { return nil }
        precondition(start.count == 8)
        var lanes = start
        lanes.withUnsafeMutableBytes { fv_multiply_chain($0.assumingMemoryBound(to: UInt64.self).baseAddress!, count) }
        return lanes
    }
}
