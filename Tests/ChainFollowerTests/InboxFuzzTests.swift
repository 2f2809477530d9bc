import ChainFollower
import Field
import FuzzKit
import Protocol
import Testing

/// Events that a hostile L1 host made up, their rolling hashes right: only messages in their place are taken.
@Test func anyInboxMessage() {
    var fuzz = Fuzz(seed: 111)
    let place = L1BlockID(number: 1, hash: .zero)
    var accepted = 0
    for _ in 0..<Fuzz.rounds(short: 5_000) {
        let index = fuzz.number()
        var message = InboxMessage(
            l2Block: fuzz.below(2) == 0 ? index / 16 &+ 1 : fuzz.number(), index: index, leaf: Fr(fuzz.next()), rollingHash: [], l1: place)
        let last = fuzz.below(3) == 0 ? nil : InboxMessage(
            l2Block: message.l2Block &- UInt64(fuzz.below(2)), index: index &- UInt64(fuzz.below(3)), leaf: .zero, rollingHash: fuzz.bytes(16), l1: place)
        message.rollingHash = fuzz.below(16) == 0 ? fuzz.bytes(16) : InboxRules.rollingHash(after: last?.rollingHash ?? InboxRules.emptyRollingHash, leaf: message.leaf)
        guard InboxRules.check(message, after: last, stored: nil) == .accepted else { continue }
        accepted += 1
        #expect(message.index / 16 + 1 == message.l2Block)
        #expect(last == nil || last!.index < message.index)
        #expect(message.index % 16 == 0 || last!.index + 1 == message.index)
    }
    #expect(accepted > 100)
}
