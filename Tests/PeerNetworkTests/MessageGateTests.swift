import Bytes
import FuzzKit
import PeerGossip
import PeerIdentity
import PeerNetwork
import Protocol
import Testing

@Suite struct MessageGateTests {
    private let sender = NodeKey.generate().id

    private func delivery(_ payload: [UInt8], topic: Int = 0, id: UInt8) -> GossipDelivery {
        GossipDelivery(id: MessageID([UInt8](repeating: id, count: MessageID.byteCount)[...])!, topic: topic, payload: payload, sender: sender)
    }

    @Test func wrappersAndSeenMessages() throws {
        var gate = MessageGate(seenLimit: 3)
        let message = P2PMessage(publishTime: 1, id: .zero, payload: [1, 2, 3])
        func opens(_ id: UInt8, topic: Int = 0) -> Bool { (try? gate.open(delivery(message.serialized, topic: topic, id: id))) != nil }
        #expect(try gate.open(delivery(message.serialized + [9], id: 0)) == message, "bytes behind it do not matter")
        #expect(opens(1) && !opens(1) && opens(1, topic: 1), "each topic has its own")
        #expect(opens(2) && opens(3), "the limit of 3: the first falls out")
        #expect(!opens(1) && opens(4) && opens(1))
        do {
            _ = try gate.open(delivery(message.serialized.dropLast(), id: 7))
            Issue.record("a cut message was opened")
        } catch { if case .seenBefore = error { Issue.record("a cut message has an id that was seen") } }
        #expect(opens(7), "it left no trace")
        gate.published(delivery([], id: 8).id, topic: 2)
        #expect(!opens(8, topic: 2) && opens(8))
    }

    @Test func nothingIsKeptForANumberOfZero() {
        var gate = MessageGate(seenLimit: 0)
        let message = P2PMessage(publishTime: 1, id: .zero, payload: []).serialized
        for _ in 0..<3 { #expect((try? gate.open(delivery(message, id: 1))) != nil) }
    }

    /// 10⁶ mutations in the long form: a message or a named error, never a trap.
    @Test func anyBytes() {
        var fuzz = Fuzz(seed: 72)
        let message = P2PMessage(publishTime: 1, id: .zero, payload: [1, 2, 3]).serialized
        var opened = 0
        for _ in 0..<Fuzz.rounds(short: 2000) {
            var gate = MessageGate(seenLimit: 1)
            if (try? gate.open(delivery(fuzz.altered(message), id: 1))) != nil { opened += 1 }
        }
        #expect(opened > 0)
    }
}
