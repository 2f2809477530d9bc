import FuzzKit
import IPC
import Synchronization
import Testing

/// What other processes write: the supervisor's attachment, a region's header, a ring's words.
@Suite struct RegionFuzzTests {
    @Test func attachments() throws {
        var fuzz = Fuzz(seed: 81)
        var attachment = Attachment(kind: "api", index: 1, slot: 2, slots: 4, generation: 9, region: 6, bells: 7, event: 8)
        let shape = try RingShape(depth: 8, mtu: 100, burst: 2)
        attachment.inputs = [.init(link: "archiver_tips", shape: shape, descriptor: 9, input: 0, isReliable: false, producerSlot: 0, producerEvent: 10)]
        attachment.outputs = [.init(link: "api_p2p", shape: shape, descriptor: 11, consumers: [.init(worker: "p2p.0", slot: 3, input: 1, isReliable: true, region: 12, event: 13)])]
        attachment.peers = [.init(kind: "archiver", index: 0, region: 14, inputs: ["a", "b"])]
        let whole = attachment.encoded
        var accepted = 0
        // A carriage return at a line's end belongs to the word before it.
        let odd = try Attachment(decoding: Array("quetzal-attachment 1\nworker api 1 2 4 9 6 7 8\npeer a 1 2 b\r \n".utf8))
        #expect(try odd.peers[0].inputs == ["b\r"] && Attachment(decoding: odd.encoded) == odd)
        for _ in 0..<Fuzz.rounds(short: 5_000) {
            guard let read = try? Attachment(decoding: fuzz.alteredText(whole)) else { continue }
            accepted += 1
            #expect(try Attachment(decoding: read.encoded) == read)
        }
        #expect(accepted > 100)
    }

    @Test func headers() throws {
        var fuzz = Fuzz(seed: 82)
        let file = try RegionHeader.create(name: "test", kind: .worker, count: 4096, layoutHash: 5)
        let mapping = try Mapping(file.descriptor, count: 4096, writable: true)
        let words = (0..<5).map { mapping.word(8 * $0).pointee.load(ordering: .relaxed) }
        var joined = 0
        for _ in 0..<Fuzz.rounds(short: 5_000) {
            let place = fuzz.below(6)
            if place < 5 { mapping.word(8 * place).pointee.store(fuzz.number(), ordering: .relaxed) }
            if (try? RegionHeader.join(file.descriptor, kind: .worker, count: 4096, layoutHash: 5, writable: false)) != nil { joined += 1 }
            if place < 5 { mapping.word(8 * place).pointee.store(words[place], ordering: .relaxed) }
        }
        #expect(joined > 100)
    }

    /// The producer writes what it likes (the torture tool does the same between processes): every poll ends, and no
    /// message leads outside the ring (`copy` would trap).
    @Test func rings() throws {
        var fuzz = Fuzz(seed: 83)
        let shape = try RingShape(depth: 8, mtu: 100, burst: 2)
        let file = try shape.create(name: "test")
        let ring = try shape.join(file.descriptor, writable: true)
        let ownFile = try WorkerRegion.create(name: "own", schemaHash: 1)
        let own = try WorkerRegion(ownFile.descriptor, schemaHash: 1, writable: true)
        var consumer = try RingConsumer(shape.join(file.readOnlyDescriptor, writable: false), shape: shape, own: own.mapping, cursorOffset: WorkerRegion.cursorOffset(input: 0), reliable: true)
        var destination = [UInt8](repeating: 0, count: shape.mtu)
        var found = 0, refused = 0
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let line = RingShape.linesOffset + Int(truncatingIfNeeded: consumer.next & 7) * RingShape.lineBytes
            ring.word(line).pointee.store(fuzz.below(4) == 0 ? fuzz.number() : consumer.next, ordering: .relaxed)
            for field in [8, 16, 24] { ring.word(line + field).pointee.store(fuzz.below(2) == 0 ? fuzz.number() : UInt64(fuzz.below(12)) | UInt64(fuzz.below(120)) << 32, ordering: .relaxed) }
            if fuzz.below(8) == 0 { ring.word(fuzz.pick([RingProducerBlock.next, RingProducerBlock.first, RingProducerBlock.starved])).pointee.store(fuzz.number(), ordering: .relaxed) }
            switch consumer.poll() {
            case .message(let message):
                found += 1
                #expect(message.size <= shape.mtu)
                #expect(destination.withUnsafeMutableBytes { consumer.copy(message, into: $0) })
                consumer.advance(message)
            case .malformed: refused += 1
            case .empty: consumer.skip()
            case .overrun: break
            }
            _ = (consumer.lag, consumer.isReady, consumer.producerWaits())
            if fuzz.below(64) == 0 {
                ring.word(24).pointee.store(fuzz.number(), ordering: .relaxed)
                _ = consumer.producerRestarted()
            }
        }
        #expect(found > 100 && refused > 100)
    }
}
