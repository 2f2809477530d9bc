import Bytes
import Field
import FieldKit
import Glibc
import JSON
import Protocol
import Testing

/// Every decoder of outside bytes on altered valid encodings: it must not crash, what it accepts must decode from its
/// own encoding to the same bytes, and nothing may be allocated on the word of a count alone.
@Suite struct DecoderFuzzTests {
    static let rounds = fuzzCount(short: 400)

    @Test(arguments: FuzzTarget.all) func bytes(_ target: FuzzTarget) {
        var generator = SeededGenerator(seed: target.name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        var accepted = 0
        for round in 0..<Self.rounds {
            var input = target.seeds[round % target.seeds.count]
            for _ in 0..<Int.random(in: 0...3, using: &generator) { Self.alter(&input, &generator) }
            guard let output = target.recode(input) else { continue }
            accepted += 1
            guard let again = target.recode(output) else {
                Issue.record("\(target.name): its own encoding is refused")
                return
            }
            #expect(again == output, "\(target.name)")
        }
        #expect(accepted > 0, "\(target.name): no input was accepted")
    }

    @Test(arguments: FuzzTarget.all.filter { $0.rejson != nil }) func json(_ target: FuzzTarget) {
        guard let rejson = target.rejson, let text = target.json?(), text.count < 1 << 17 else { return }
        var generator = SeededGenerator(seed: target.name.utf8.reduce(11) { $0 &* 31 &+ UInt64($1) })
        // A text costs as much as its length to parse: long ones get fewer rounds in the short form.
        let rounds = fuzzCount(short: max(20, min(400, 400_000 / text.count)))
        for _ in 0..<rounds {
            var input = text
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                guard !input.isEmpty else { break }
                let at = Int.random(in: input.indices, using: &generator)
                switch generator.next() % 4 {
                case 0: input[at] = [UInt8]("0123456789abcdefx\"{}[],:-.eE ".utf8).randomElement(using: &generator) ?? 48
                case 1: input.remove(at: at)
                case 2: input.insert(input[at], at: at)
                default: input.removeSubrange(at..<min(input.count, at + 9))
                }
            }
            guard let output = rejson(input) else { continue }
            guard let again = rejson(output) else {
                Issue.record("\(target.name): its own JSON is refused: \(String(decoding: output.prefix(200), as: UTF8.self))")
                return
            }
            #expect(again == output, "\(target.name)")
        }
    }

    /// A count of 2³²−1 in front of nothing.
    @Test func hostileCountsAllocateNothing() {
        let before = Self.peakKilobytes()
        let counts = [UInt8](repeating: 0xff, count: 4)
        for _ in 0..<200 {
            #expect((try? Body(prefixOf: counts + [UInt8](repeating: 0, count: 400))) == nil)
            #expect((try? SiblingPath(prefixOf: counts + [UInt8](repeating: 0, count: 400))) == nil)
            #expect((try? HashedValues(prefixOf: counts + [UInt8](repeating: 0, count: 400))) == nil)
            #expect((try? ClientIvcProof(prefixOf: counts + [UInt8](repeating: 0, count: 400))) == nil)
            #expect((try? P2PMessage(prefixOf: [UInt8](repeating: 0, count: 40) + counts + [UInt8](repeating: 0, count: 400))) == nil)
        }
        // Other tests run beside this one; a single honoured count would take gigabytes.
        #expect(Self.peakKilobytes() - before < 1_000_000)
    }

    static func peakKilobytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }

    static func alter(_ input: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !input.isEmpty else { return input = generator.bytes(Int.random(in: 0...64, using: &generator)) }
        let at = Int.random(in: input.indices, using: &generator)
        switch generator.next() % 8 {
        case 0: input[at] ^= 1 << UInt8(generator.next() % 8)
        case 1: input[at] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
        case 2: for index in at..<min(input.count, at + 4) { input[index] = 0xff }
        case 3: for index in at..<min(input.count, at + 32) { input[index] = UInt8(truncatingIfNeeded: generator.next()) }
        case 4: input.removeSubrange(at...)
        case 5: input += generator.bytes(Int.random(in: 1...64, using: &generator))
        case 6: input.removeSubrange(at..<min(input.count, at + Int.random(in: 1...40, using: &generator)))
        default: input.insert(contentsOf: input[at..<min(input.count, at + 32)], at: at)
        }
    }
}
