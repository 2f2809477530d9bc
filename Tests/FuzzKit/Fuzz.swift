import Glibc

/// A seeded source of inputs for decoders (SplitMix64): a failure is repeated by the same seed.
public struct Fuzz: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// Inputs a test: 10⁶ with `QUETZAL_LONG=1` (docs/testing.md), a fraction of a second's worth otherwise.
    public static func rounds(short: Int) -> Int {
        guard let text = getenv("QUETZAL_LONG") else { return short }
        return String(cString: text) == "1" ? 1_000_000 : short
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    public mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    public mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

    public mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

    /// Numbers at which arithmetic breaks as often as small ones.
    public mutating func number() -> UInt64 {
        switch below(6) {
        case 0: next() % 64
        case 1: UInt64.max - next() % 64
        case 2: UInt64(Int64.max) &+ next() % 64 &- 32
        case 3: 1 << (next() % 64)
        default: next() >> (next() % 64)
        }
    }

    /// `input` with up to three changes to binary contents: bits, telling bytes, counts made huge, cuts, insertions, repeats.
    public mutating func altered(_ input: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0..<below(4) {
            guard !bytes.isEmpty else { return self.bytes(below(64)) }
            let at = below(bytes.count)
            switch below(8) {
            case 0: bytes[at] ^= 1 << UInt8(below(8))
            case 1: bytes[at] = pick([0, 1, 0x7f, 0x80, 0xff])
            case 2: for place in at..<min(bytes.count, at + 4) { bytes[place] = 0xff }
            case 3: for place in at..<min(bytes.count, at + 32) { bytes[place] = UInt8(truncatingIfNeeded: next()) }
            case 4: bytes.removeSubrange(at...)
            case 5: bytes += self.bytes(1 + below(64))
            case 6: bytes.removeSubrange(at..<min(bytes.count, at + 1 + below(40)))
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 32)], at: at)
            }
        }
        return bytes
    }

    static let letters = Array("0123456789abcdefxABFX\"'{}[]()<>,;:=/\\@#?%&$.-+eE _\n\t\r".utf8) + [0, 0x7f, 0xc3, 0xa9, 0xff]

    /// `input` with up to three changes to text: letters, digits made long numbers, cuts, doubled and removed parts.
    public mutating func alteredText(_ input: [UInt8]) -> [UInt8] {
        var text = input
        for _ in 0..<below(4) {
            guard !text.isEmpty else { return (0..<below(40)).map { _ in pick(Self.letters) } }
            let at = below(text.count)
            switch below(7) {
            case 0: text[at] = pick(Self.letters)
            case 1: text.insert(pick(Self.letters), at: at)
            case 2: text.remove(at: at)
            case 3: text.removeSubrange(at..<min(text.count, at + 1 + below(20)))
            case 4: text.insert(contentsOf: text[at..<min(text.count, at + 20)], at: at)
            case 5: text.insert(contentsOf: Array(pick(["0", "-", "-1", "9223372036854775808", "18446744073709551615", "99999999999999999999999999", "1e308", "0x", "null", "\"\""]).utf8), at: at)
            default: text.swapAt(at, below(text.count))
            }
        }
        return text
    }

    public mutating func alteredText(_ input: String) -> String { String(decoding: alteredText(Array(input.utf8)), as: UTF8.self) }

    /// Most memory this process has had, in kilobytes.
    public static var peakKilobytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
