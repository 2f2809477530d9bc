import Glibc
import JSON
import Testing

/// Seeded generator (SplitMix64), so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

let fuzzCases = getenv("QUETZAL_LONG") == nil ? 20_000 : 1_000_000

@Suite struct JSONFuzz {
    static let seed = Array(#"{"jsonrpc":"2.0","id":1,"method":"node_getBlock","params":[1,-2.5e3,"a\u00e9\n",null,true,[{"x":{}}],12345678901234567890123]}"#.utf8)
    static let alphabet = Array(#"{}[]",:\0123456789.eE+-truefalsn /u"#.utf8)

    /// Whatever is accepted can be walked, printed and read back to the same text.
    @Test func mutatedTexts() throws {
        var random = Seeded(state: 1)
        var accepted = 0
        for _ in 0..<fuzzCases {
            var text = Self.seed
            for _ in 0...Int.random(in: 0..<6, using: &random) {
                let at = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text[at] = UInt8.random(in: 0...255, using: &random)
                case 1: text[at] = Self.alphabet.randomElement(using: &random)!
                case 2: text.remove(at: at)
                default: text.insert(Self.alphabet.randomElement(using: &random)!, at: at)
                }
                if text.isEmpty { text = [48] }
            }
            guard let document = try? JSONDocument.parse(text) else { continue }
            accepted += 1
            var first = JSONWriter()
            first.value(document.root)
            var second = JSONWriter()
            second.value(try JSONDocument.parse(first.bytes).root)
            #expect(first.bytes == second.bytes)
        }
        #expect(accepted > fuzzCases / 100)
    }

    @Test func randomTokens() {
        var random = Seeded(state: 2)
        for _ in 0..<fuzzCases {
            let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in Self.alphabet.randomElement(using: &random)! }
            if let root = try? JSONDocument.parse(text).root { _ = (root.count, root.path, root.elements.count, root.members.keys) }
        }
    }
}
