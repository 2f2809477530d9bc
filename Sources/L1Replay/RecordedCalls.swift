import Bytes
import JSON

/// Results of view calls as runs: one holds from its block until the next one for the same target and data.
struct RecordedCalls: Sendable {
    struct Answer: Sendable {
        var block: Int
        /// `0x…` result, or the JSON of a revert's `error` object.
        var result: String?
        var error: [UInt8]?
    }

    private var runs: [String: [Answer]] = [:]
    /// Calls whose answer depends only on the L2 slot of their first argument, by (selector, slot, rest).
    private var sameSlot: [String: [String]] = [:]
    private let facts: RecordedChain.Facts

    /// canPruneAtTime, getCommitteeAt, getL1FeesAt, getManaBaseFeeAt, getManaBaseFeeComponentsAt, getProposerAt, getSampleSeedAt
    private static let bySlot: Set<Substring> = ["dc1bb8f4", "1cfe2878", "5f82401f", "754eddb7", "70192e56", "c27f08b5", "7afeed28"]

    init(path: String, facts: RecordedChain.Facts) throws {
        self.facts = facts
        try RecordedChain.eachLine(path) { line in
            guard let to = line["to"]?.string, let data = line["data"]?.string, let block = line["n"]?.int else { return }
            let key = Self.key(to, data)
            runs[key, default: []].append(Answer(block: block, result: line["r"]?.string, error: line["e"].map(RecordedChain.text)))
        }
        for (key, answers) in runs {
            runs[key] = answers.enumerated().sorted { ($0.element.block, $0.offset) < ($1.element.block, $1.offset) }.map(\.element)
            if let slot = slotKey(key) { sameSlot[slot, default: []].append(key) }
        }
    }

    static func key(_ to: String, _ data: String) -> String { to.lowercased() + ":" + data.lowercased() }

    private func slotKey(_ key: String) -> String? {
        guard key.hasPrefix(facts.rollup + ":0x"), !facts.rollup.isEmpty else { return nil }
        let data = key.dropFirst(facts.rollup.count + 3)
        guard data.count >= 72, Self.bySlot.contains(data.prefix(8)), let time = Self.word(data) else { return nil }
        return "\(data.prefix(8)):\(Self.floorDivide(time - facts.l2GenesisTime, facts.l2SlotSeconds)):\(data.dropFirst(72))"
    }

    /// First argument word when it fits a non-negative Int.
    private static func word(_ data: Substring) -> Int? {
        let digits = data.dropFirst(8).prefix(64).drop { $0 == "0" }
        // `Int` takes a sign, too.
        guard let first = digits.first else { return 0 }
        return first.isHexDigit ? Int(digits, radix: 16) : nil
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }

    private func newest(_ key: String, at block: Int) -> Answer? {
        runs[key]?.last { $0.block <= block }
    }

    /// The newest recorded result at or before `block`; pure slot arithmetic is computed.
    func answer(to: String, data: String, at block: Int) -> Answer? {
        let key = Self.key(to, data)
        if let exact = newest(key, at: block) { return exact }
        let digits = data.lowercased().dropFirst(2)
        guard to.lowercased() == facts.rollup, digits.count >= 72, let argument = Self.word(digits) else { return nil }
        func word(_ value: Int) -> Answer {
            let text = String(value, radix: 16)
            return Answer(block: block, result: "0x" + String(repeating: "0", count: 64 - text.count) + text)
        }
        // A caller may name any slot; the product below must not overflow.
        guard argument <= RecordedChain.lastTime else { return nil }
        let slot = (argument - facts.l2GenesisTime) / facts.l2SlotSeconds
        switch digits.prefix(8) {
        case "d03b2bae": return word(facts.l2GenesisTime + argument * facts.l2SlotSeconds)
        case "74af185e": return word(argument / facts.epochSlots)
        case "b9d09163" where argument >= facts.l2GenesisTime: return word(slot)
        case "c9d1e012" where argument >= facts.l2GenesisTime: return word(slot / facts.epochSlots)
        default: break
        }
        guard let slotKey = slotKey(key) else { return nil }
        return sameSlot[slotKey]?.compactMap { newest($0, at: block) }.max { $0.block < $1.block }
    }
}
