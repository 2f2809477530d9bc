import Glibc
import IPC
import Synchronization
import Testing

@Suite struct RingTests {
    @Test func shapeIsBounded() throws {
        for (depth, mtu, burst) in [(0, 8, 1), (3, 8, 1), (1 << 21, 8, 1), (8, 0, 1), (8, 17 << 20, 1), (8, 8, 0), (8, 8, 9)] {
            #expect(throws: IPCError.self) { try RingShape(depth: depth, mtu: mtu, burst: burst) }
        }
        let shape = try RingShape(depth: 4, mtu: 65, burst: 1)
        #expect(shape.chunks == 12 && shape.payloadOffset == 4096 && shape.bytes == 8192)
    }

    @Test func lineGoldenBytes() throws {
        let kit = try RingKit(depth: 4, mtu: 128)
        let producer = try kit.producer(generation: 3)
        #expect(producer.send([1]) == .published(4))
        let second: [UInt8] = Array(1...70)
        #expect(producer.send(second, kind: 0x0102, signature: 0x1122_3344_5566_7788, flags: 0x0304, micros: 0x0506_0708) == .published(5))
        var line = [UInt8](repeating: 0, count: 32)
        _ = pread(kit.file.descriptor, &line, 32, 512 + 32)
        #expect(line == [5, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 1, 0, 0, 0, 70, 0, 0, 0, 2, 1, 4, 3, 8, 7, 6, 5])
        var payload = [UInt8](repeating: 0, count: 70)
        _ = pread(kit.file.descriptor, &payload, 70, off_t(kit.shape.payloadOffset + 64))
        #expect(payload == second)
        var next: UInt64 = 0
        _ = pread(kit.file.descriptor, &next, 8, 128)
        #expect(next == 6)
        var generation: UInt64 = 0
        _ = pread(kit.file.descriptor, &generation, 8, 24)
        #expect(generation == 3)
    }

    @Test func reliableLinkHoldsTheProducerBackAndLosesNothing() throws {
        let kit = try RingKit(depth: 8, mtu: 300, consumers: 2)
        let producer = try kit.producer()
        let first = try kit.consumer(0), second = try kit.consumer(1)
        var random = Seeded(5)
        var sent: [[UInt8]] = [], one: [[UInt8]] = [], two: [[UInt8]] = []
        while one.count < 3000 || two.count < 3000 {
            switch random.next() % 4 {
            case 0, 1:
                let bytes = [UInt8]((0..<Int(random.next() % 301)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
                if sent.count < 3000, case .published = producer.send(bytes) { sent.append(bytes) }
            case 2: if let bytes = first.take() { one.append(bytes) }
            default: if let bytes = second.take() { two.append(bytes) }
            }
            #expect(sent.count - min(one.count, two.count) <= 8)
        }
        #expect(one == sent && two == sent)
        #expect(producer.send([UInt8](repeating: 0, count: 301)) == .tooLarge)
        for _ in 0..<8 { #expect(producer.send([1]) != .noCredits) }
        #expect(producer.send([1]) == .noCredits)
        second.leave()
        #expect(producer.send([1]) == .noCredits)
        #expect(first.take() == [1])
        #expect(producer.send([1]) != .noCredits)
    }

    @Test func unreliableConsumerCountsExactlyWhatItMissed() throws {
        let kit = try RingKit(depth: 16, mtu: 8)
        let producer = try kit.producer(reliable: false)
        let consumer = try kit.consumer(reliable: false)
        var random = Seeded(9)
        var sent = 0, got = 0, lost = 0, last = -1
        while sent < 20_000 {
            for _ in 0..<(random.next() % 40) {
                #expect(producer.send(withUnsafeBytes(of: sent) { Array($0) }) != .noCredits)
                sent += 1
            }
            for _ in 0..<(random.next() % 30) {
                switch consumer.poll() {
                case .empty, .malformed: break
                case .overrun(let count): lost += Int(count)
                case .message(let message):
                    var value = 0
                    let whole = withUnsafeMutableBytes(of: &value) { consumer.copy(message, into: $0) }
                    #expect(whole && value > last && value == got + lost)
                    last = value
                    got += 1
                    consumer.advance(message)
                }
            }
        }
        drain: while true {
            switch consumer.poll() {
            case .empty: break drain
            case .overrun(let count): lost += Int(count)
            case .message(let message): got += 1; consumer.advance(message)
            case .malformed: break
            }
        }
        #expect(got + lost == sent && lost > 0)
    }

    @Test func filterSkipsWithoutPayload() throws {
        let kit = try RingKit(depth: 4, mtu: 8)
        let producer = try kit.producer()
        let consumer = try kit.consumer()
        _ = producer.send([1], signature: 7)
        _ = producer.send([2], signature: 8)
        guard case .message(let message) = consumer.poll(), message.signature == 7 else { Issue.record("no message"); return }
        consumer.skip()
        #expect(consumer.take() == [2])
        #expect(consumer.take() == nil)
    }

    @Test func aNewProducerContinuesWhateverStepTheOldOneDiedAt() throws {
        // After some whole messages, replay a publish up to each of its stores, then join anew.
        for steps in 0...6 {
            for before in [0, 1, 3, 4, 5, 9, 11] {
                let kit = try RingKit(depth: 4, mtu: 128)
                let consumer = try kit.consumer()
                var sent: [[UInt8]] = [], got: [[UInt8]] = []
                do {
                    let producer = try kit.producer(generation: 1)
                    #expect(!consumer.producerRestarted())
                    for i in 0..<before {
                        let bytes = [UInt8](repeating: UInt8(i), count: 1 + (i * 37) % 128)
                        if case .noCredits = producer.send(bytes) {
                            while let bytes = consumer.take() { got.append(bytes) }
                            _ = producer.send(bytes)
                        }
                        sent.append(bytes)
                    }
                    if producer.credits() == 0 { while let bytes = consumer.take() { got.append(bytes) } }
                    let raw = try kit.raw()
                    let sequence = producer.next, line = 512 + 32 * Int(sequence & 3)
                    if steps > 0 { raw.word(line).pointee.store(sequence &- 1, ordering: .relaxed) }
                    if steps > 1 { raw.word(line + 8).pointee.store(0xdead, ordering: .relaxed) }
                    if steps > 2 { raw.word(line + 16).pointee.store(0 | 5 << 32, ordering: .relaxed) }
                    if steps > 3 { raw.word(line + 24).pointee.store(2, ordering: .relaxed) }
                    if steps > 4 {
                        raw.word(line).pointee.store(sequence, ordering: .releasing)
                        sent.append([])  // visible from here on; its five bytes are whatever lies there
                    }
                    if steps > 5 { raw.word(128).pointee.store(sequence + 1, ordering: .relaxed) }
                }
                let successor = try kit.producer(generation: 2)
                #expect(successor.next == UInt64(4 + sent.count), "steps \(steps) before \(before)")
                while let bytes = consumer.take() { got.append(bytes) }
                #expect(consumer.producerRestarted())
                #expect(!consumer.producerRestarted())
                _ = successor.send([0xaa])
                sent.append([0xaa])
                while let bytes = consumer.take() { got.append(bytes) }
                #expect(got.count == sent.count)
                #expect(zip(got, sent).allSatisfy { $1.isEmpty ? $0.count == 5 : $0 == $1 })
            }
        }
    }

    @Test func aNewConsumerResumesAtItsCursor() throws {
        let kit = try RingKit(depth: 8, mtu: 8)
        let producer = try kit.producer()
        for i in 0..<6 { _ = producer.send([UInt8(i)]) }
        do {
            let consumer = try kit.consumer()
            #expect(consumer.take() == [0])
            #expect(consumer.take() == [1])
            _ = consumer.poll()  // seen, not advanced past: comes again
        }
        let successor = try kit.consumer()
        for i in 2..<6 { #expect(successor.take() == [UInt8(i)]) }
        successor.leave()
        for i in 0..<20 { #expect(producer.send([UInt8(i)]) != .noCredits) }
        let third = try kit.consumer()
        #expect(third.take() == nil)
        _ = producer.send([99])
        #expect(third.take() == [99])
    }

    @Test func aRingFullOfGarbageIsStartedAnew() throws {
        let kit = try RingKit(depth: 8, mtu: 64)
        var random = Seeded(3)
        for round in 1...50 as ClosedRange<UInt64> {
            let consumer = try kit.consumer()
            let raw = try kit.raw()
            for offset in stride(from: 128, to: kit.shape.bytes, by: 8) { raw.word(offset).pointee.store(random.next(), ordering: .relaxed) }
            let producer = try kit.producer(generation: round)
            _ = consumer.producerRestarted()
            var got: [[UInt8]] = []
            for i in 0..<40 as Range<UInt8> {
                if producer.send([i]) == .noCredits {
                    while case let step = consumer.poll(), step != .empty {
                        if case .message = step, let bytes = consumer.take() { got.append(bytes) }
                    }
                    #expect(producer.send([i]) != .noCredits)
                }
            }
            while let bytes = consumer.take() { got.append(bytes) }
            #expect(got.last == [39])
        }
    }

    @Test func hostileMetadataNeverLeadsOutsideTheRing() throws {
        let kit = try RingKit(depth: 16, mtu: 200)
        let raw = try kit.raw()
        let consumer = try kit.consumer()
        var random = Seeded(11)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 200, alignment: 64)
        defer { buffer.deallocate() }
        var messages = 0, malformed = 0, overruns = 0
        for _ in 0..<200_000 {
            let next = consumer.next
            let line = 512 + 32 * Int(next & 15)
            // Sequences near the wanted one, so that most get past the first check; the rest pure noise.
            let sequence: UInt64 = switch random.next() % 8 {
            case 0: random.next()
            case 1: next &+ 16
            case 2: .max
            default: next
            }
            raw.word(line + 8).pointee.store(random.next(), ordering: .relaxed)
            raw.word(line + 16).pointee.store(random.next() >> (random.next() % 64), ordering: .relaxed)
            raw.word(line + 24).pointee.store(random.next(), ordering: .relaxed)
            raw.word(line).pointee.store(sequence, ordering: .relaxed)
            if random.next() % 16 == 0 { raw.word(128).pointee.store(random.next() >> (random.next() % 64), ordering: .relaxed) }
            if random.next() % 16 == 0 { raw.word(136).pointee.store(random.next() >> (random.next() % 64), ordering: .relaxed) }
            if random.next() % 64 == 0 { raw.word(24).pointee.store(random.next(), ordering: .relaxed) }
            switch consumer.poll() {
            case .empty: break
            case .malformed: malformed += 1
            case .overrun: overruns += 1
            case .message(let message):
                #expect(message.size <= 200)
                if consumer.copy(message, into: buffer) { messages += 1 }
                consumer.advance(message)
            }
            _ = consumer.producerRestarted()
            _ = consumer.lag
        }
        #expect(messages > 100 && malformed > 100 && overruns > 100)
    }

    @Test func hostileCursorsNeverGiveMoreThanTheRingHolds() throws {
        let kit = try RingKit(depth: 16, mtu: 8)
        let producer = try kit.producer()
        let region = try WorkerRegion(kit.regions[0].descriptor, schemaHash: 0, writable: true)
        let cursor = region.mapping.word(WorkerRegion.cursorOffset(input: 0))
        var random = Seeded(17)
        for _ in 0..<100_000 {
            cursor.pointee.store(random.next() % 2 == 0 ? random.next() : producer.next &+ random.next() % 40 &- 20, ordering: .relaxed)
            producer.refreshCredits()
            let credits = producer.credits()
            #expect(credits >= 0 && credits <= 16)
            _ = producer.send([1])
        }
        let raw = try kit.raw()
        #expect(raw.word(RingProducerBlock.badCursors).pointee.load(ordering: .relaxed) > 1000)
    }
}
