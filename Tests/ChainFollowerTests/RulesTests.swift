import Bytes
import ChainFollower
import Field
import Protocol
import Testing

@Test func windowTellsExtensionFromReorg() {
    func hash(_ n: UInt8) -> Bytes32 { Bytes32([UInt8](repeating: n, count: 32))! }
    var window = HeadWindow(capacity: 3)
    #expect(window.classify(number: 5, hash: hash(5), parentHash: hash(4)) == .gap)
    for n in 5...9 { window.append(L1BlockID(number: UInt64(n), hash: hash(UInt8(n)))) }
    #expect(window.blocks.count == 3)
    #expect(window.hash(of: 7) == hash(7) && window.hash(of: 6) == nil && window.hash(of: 10) == nil)
    #expect(window.classify(number: 9, hash: hash(9), parentHash: hash(8)) == .same)
    #expect(window.classify(number: 10, hash: hash(10), parentHash: hash(9)) == .extends)
    #expect(window.classify(number: 10, hash: hash(10), parentHash: hash(1)) == .reorg)
    #expect(window.classify(number: 9, hash: hash(77), parentHash: hash(8)) == .reorg)
    #expect(window.classify(number: 8, hash: hash(8), parentHash: hash(7)) == .behind)
    #expect(window.classify(number: 8, hash: hash(78), parentHash: hash(7)) == .reorg)
    #expect(window.classify(number: 2, hash: hash(2), parentHash: hash(1)) == .behind)
    #expect(window.classify(number: 12, hash: hash(12), parentHash: hash(11)) == .gap)
    window.truncate(to: 7)
    #expect(window.newest?.number == 7)
}

@Test func inboxOrderIsEnforced() {
    func message(_ block: UInt64, _ index: UInt64, _ leaf: Fr, after last: [UInt8]) -> InboxMessage {
        InboxMessage(l2Block: block, index: index, leaf: leaf, rollingHash: InboxRules.rollingHash(after: last, leaf: leaf), l1: L1BlockID(number: 1, hash: .zero))
    }
    // Rolling hashes of note 05 §14, vector 6.
    let first = message(2, 16, 1, after: InboxRules.emptyRollingHash)
    #expect(first.rollingHash.hex == "0xce642b5e4d90d72039fd903b7a226462")
    let second = message(2, 17, 2, after: first.rollingHash)
    #expect(second.rollingHash.hex == "0xa9de55aefe269ce6d16e393157f0fa46")
    #expect(InboxRules.check(first, after: nil, stored: nil) == .accepted)
    #expect(InboxRules.check(second, after: first, stored: nil) == .accepted)
    #expect(InboxRules.check(first, after: second, stored: first) == .repeated)
    func refused(_ verdict: InboxRules.Verdict) -> Bool { if case .refused = verdict { true } else { false } }
    #expect(refused(InboxRules.check(first, after: second, stored: second)))
    #expect(refused(InboxRules.check(second, after: nil, stored: nil)))
    // In its place, but hashed onto another predecessor.
    #expect(refused(InboxRules.check(message(2, 17, 2, after: InboxRules.emptyRollingHash), after: first, stored: nil)))
    #expect(refused(InboxRules.check(message(2, 18, 2, after: first.rollingHash), after: first, stored: nil)))
    #expect(refused(InboxRules.check(message(3, 33, 2, after: first.rollingHash), after: first, stored: nil)))
    #expect(InboxRules.check(message(3, 32, 2, after: first.rollingHash), after: first, stored: nil) == .accepted)
    #expect(refused(InboxRules.check(message(2, 40, 2, after: first.rollingHash), after: first, stored: nil)))
}

@Test func pruningAndFinality() {
    let clock = RollupClock(genesisTime: 1000, slotDuration: 12, epochDuration: 4, proofSubmissionWindow: 16)
    #expect(clock.slot(at: 999) == 0 && clock.slot(at: 1011) == 0 && clock.slot(at: 1012) == 1)
    // Epoch of slot 5 starts at slot 4; the deadline slot 20 itself still allows a proof.
    #expect(!clock.canPrune(oldestUnprovenSlot: 5, at: clock.timestamp(ofSlot: 20)))
    #expect(clock.canPrune(oldestUnprovenSlot: 5, at: clock.timestamp(ofSlot: 21)))
    #expect(!clock.canPrune(oldestUnprovenSlot: nil, at: clock.timestamp(ofSlot: 100)))
    #expect(clock.finalized(proven: 8) == 0 && clock.finalized(proven: 50) == 42)
}
