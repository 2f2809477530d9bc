public import Field

/// SplitMix64: the same numbers at every run.
public struct SeededGenerator: RandomNumberGenerator {
    private var counter: UInt64

    public init(seed: UInt64) { counter = seed }

    public mutating func next() -> UInt64 {
        counter &+= 0x9e37_79b9_7f4a_7c15
        var z = counter
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    public mutating func field() -> Fr {
        var bytes: [UInt8] = []
        for _ in 0..<4 { withUnsafeBytes(of: next()) { bytes += $0 } }
        let value = Fr(reducing: bytes)
        return value.isZero ? .one : value
    }

    public mutating func fields(_ range: ClosedRange<Int>) -> [Fr] { (0..<Int.random(in: range, using: &self)).map { _ in field() } }

    public mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

public func fr(_ hex: String) -> Fr {
    guard let value = Fr(hex: hex) else { preconditionFailure("not a field element: \(hex)") }
    return value
}
