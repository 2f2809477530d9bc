internal import CFieldVector

/// The ways in which eight field elements at a time can be worked on.
public enum VectorUnit: Sendable, CaseIterable {
    /// AVX-512's doubles and their fused multiplication and addition.
    case fma
    /// AVX-512 IFMA: multiplication of 52-bit integers.
    case ifma

    /// What this processor can run, the fastest last.
    public static let available = allCases.filter { isAvailable($0) }
    public static let best = available.last

    /// `out[i] = a[i] · b[i]`, eight at a time; what is left over, and all where the processor cannot, one by one.
    public func multiplyEach(_ a: [Fr], _ b: [Fr]) -> [Fr] {
        precondition(a.count == b.count)
        var result = a
        var groups = 0
        if let multiply = code(of: self)?.pointee.multiply {
            groups = a.count / 8
            result.withUnsafeMutableBytes { out in
                b.withUnsafeBytes { b in
                    guard groups > 0 else { return }
                    let words = out.assumingMemoryBound(to: UInt64.self).baseAddress!
                    multiply(words, b.assumingMemoryBound(to: UInt64.self).baseAddress!, words, groups)
                }
            }
        }
        for index in (8 * groups)..<a.count { result[index] = a[index] * b[index] }
        return result
    }

    /// Runs `count` eight-lane multiplications, for measuring; nil where the processor cannot.
    public func multiplicationChain(_ start: [Fr], count: Int) -> [Fr]? {
        guard let chain = code(of: self)?.pointee.multiply_chain else { return nil }
        precondition(start.count == 8)
        var lanes = start
        lanes.withUnsafeMutableBytes { chain($0.assumingMemoryBound(to: UInt64.self).baseAddress!, count) }
        return lanes
    }
}

// Not to be inlined elsewhere: modules on top of this one do not know the C module.

@inline(never)
private func isAvailable(_ unit: VectorUnit) -> Bool { code(of: unit) != nil }

@inline(never)
private func code(of unit: VectorUnit) -> UnsafePointer<fv_lanes>? {
    switch unit {
    case .fma: fv_lanes_fma()
    case .ifma: fv_lanes_ifma()
    }
}
