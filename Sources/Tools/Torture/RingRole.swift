import CLinux
import Glibc
import IPC
import Synchronization

/// The processes of the ring torture. Descriptors: 3 ring, 4 own region, 5 ledger, 6 bells, 7 event, then the cursors'
/// regions (producer). Arguments: role, messages, slot, mtu, generation.
enum RingRole {
    static let depth = 1024
    static let mtu = 192
    static let ledgerBytes = 4096

    static func run(_ arguments: [String]) throws -> Never {
        ql_set_parent_death_signal(SIGKILL)
        let messages = UInt64(arguments[1])!, slot = Int(arguments[2])!, generation = UInt64(arguments[3])!
        let shape = try RingShape(depth: depth, mtu: mtu)
        switch arguments[0] {
        case "ring-producer": try produce(shape, messages, generation)
        case "ring-consumer": try consume(shape, messages, slot, reliable: true)
        case "ring-listener": try consume(shape, messages, slot, reliable: false)
        default: try disturb(shape, seed: generation)
        }
    }

    /// Message `n`: its number, then words that follow from it. 8 to `mtu` bytes.
    static func size(_ n: UInt64) -> Int { 8 + Int((n &* 0x9e37_79b9_7f4a_7c15) >> 40) % (mtu - 7) }
    static func word(_ n: UInt64, _ i: Int) -> UInt64 { (n ^ UInt64(i)) &* 0xff51_afd7_ed55_8ccd }

    private static func produce(_ shape: RingShape, _ messages: UInt64, _ generation: UInt64) throws -> Never {
        var cursors: [(Mapping, Int)] = []
        for descriptor in 8..<(8 + 2) as Range<Int32> {
            cursors.append((try WorkerRegion(descriptor, schemaHash: 0, writable: false).mapping, WorkerRegion.cursorOffset(input: 0)))
        }
        let bells = try Bell.join(6, slots: 4)
        let wake = try (1...3).map { try Bell(bells, slot: $0, event: 7) }
        var ring = try RingProducer(shape.join(3, writable: true), shape: shape, generation: generation, reliable: cursors)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: mtu, alignment: 8)
        var idle = 0
        while true {
            // The number follows from the sequence, so a successor goes on exactly where this one died.
            let n = ring.next - shape.firstSequence
            if n == messages { exit(0) }
            guard ring.credits() > 0 else {
                idle += 1
                if idle > 1000 { usleep(50) }
                continue
            }
            idle = 0
            let bytes = size(n)
            buffer.storeBytes(of: n, as: UInt64.self)
            var offset = 8
            while offset + 8 <= bytes {
                buffer.storeBytes(of: word(n, offset), toByteOffset: offset, as: UInt64.self)
                offset += 8
            }
            while offset < bytes {
                buffer[offset] = UInt8(truncatingIfNeeded: n &+ UInt64(offset))
                offset += 1
            }
            _ = ring.send(UnsafeRawBufferPointer(rebasing: buffer[..<bytes]), kind: 7, signature: n)
            for bell in wake { bell.ring() }
        }
    }

    private static func consume(_ shape: RingShape, _ messages: UInt64, _ slot: Int, reliable: Bool) throws -> Never {
        let own = try WorkerRegion(4, schemaHash: 0, writable: true).mapping
        var ledger = Ledger(try Mapping(5, count: ledgerBytes, writable: true))
        let bell = try Bell(Bell.join(6, slots: 4), slot: slot, event: 7)
        var ring = try RingConsumer(shape.join(3, writable: false), shape: shape, own: own, cursorOffset: WorkerRegion.cursorOffset(input: 0), reliable: true)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: mtu, alignment: 8)
        var fresh = true
        // Moved on and died before it was written down: those are lost too.
        let start = ring.next - shape.firstSequence
        if start > ledger.position {
            if reliable { ledger.fail("cursor \(start) is ahead of what was accounted for, \(ledger.position)") }
            ledger.commit(position: start, got: ledger.got, lost: ledger.lost + (start - ledger.position))
        }
        while ledger.position < messages {
            switch ring.poll() {
            case .empty:
                for _ in 0..<200 where !ring.isReady { ql_pause() }
                if !ring.isReady { bell.sleep(limit: 2_000_000, unless: { ring.isReady }) }
            case .malformed: ledger.fail("malformed line at \(ring.next)")
            case .overrun(let lost):
                if reliable { ledger.fail("overrun of \(lost) on a reliable link") }
                // From what was accounted for: a message handled just before a kill is behind it, though the ring counts it.
                let position = ring.next - shape.firstSequence
                ledger.commit(position: position, got: ledger.got, lost: ledger.lost + (position - ledger.position))
            case .message(let message):
                let n = message.sequence - shape.firstSequence
                guard ring.copy(message, into: buffer) else {
                    if reliable { ledger.fail("message \(n) was overwritten on a reliable link") }
                    continue
                }
                if !isWhole(n, message, buffer) { ledger.fail("message \(n) has another's content") }
                if n == ledger.position {
                    ledger.commit(position: n + 1, got: ledger.got + 1, lost: ledger.lost)
                } else if n + 1 == ledger.position, fresh {
                    ledger.countRepeat()  // handled, and killed before the cursor moved
                } else {
                    ledger.fail("message \(n) where \(ledger.position) was due")
                }
                fresh = false
                ring.advance(message)
            }
        }
        exit(0)
    }

    private static func isWhole(_ n: UInt64, _ message: RingMessage, _ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        let bytes = size(n)
        guard Int(message.size) == bytes, message.signature == n, message.kind == 7, buffer.load(as: UInt64.self) == n else { return false }
        var offset = 8
        while offset + 8 <= bytes {
            guard buffer.load(fromByteOffset: offset, as: UInt64.self) == word(n, offset) else { return false }
            offset += 8
        }
        while offset < bytes {
            guard buffer[offset] == UInt8(truncatingIfNeeded: n &+ UInt64(offset)) else { return false }
            offset += 1
        }
        return true
    }

    /// Writes noise, and near-truths, into everything a producer may write, until killed.
    private static func disturb(_ shape: RingShape, seed: UInt64) throws -> Never {
        let raw = try shape.join(3, writable: true)
        // As a real producer it may read the consumer's cursor: it aims.
        let reader = try WorkerRegion(4, schemaHash: 0, writable: false)
        var random = Noise(state: seed)
        while true {
            let line = RingShape.linesOffset + Int(random.next() % UInt64(shape.depth)) * RingShape.lineBytes
            switch random.next() % 32 {
            case 0: raw.word(line + 8 * Int(random.next() % 4)).pointee.store(random.next() >> (random.next() % 64), ordering: .relaxed)
            case 1: raw.word(128 + 8 * Int(random.next() % 8)).pointee.store(random.next() >> (random.next() % 64), ordering: .relaxed)
            case 2: raw.word(24).pointee.store(random.next(), ordering: .relaxed)
            default:
                // A plausible publish with a hostile place, at the line the consumer looks at.
                let sequence = reader.input(0, RingCursorBlock.cursor) &+ random.next() % 3
                let due = RingShape.linesOffset + Int(sequence & UInt64(shape.depth - 1)) * RingShape.lineBytes
                raw.word(due + 16).pointee.store(random.next() >> (random.next() % 64), ordering: .relaxed)
                raw.word(due).pointee.store(sequence, ordering: .releasing)
                raw.word(RingProducerBlock.next).pointee.store(sequence &+ 1, ordering: .relaxed)
            }
        }
    }
}

/// A consumer's durable state, which outlives it: two slots and an index, so that a death in the middle of a commit leaves
/// the old state whole.
struct Ledger {
    private let memory: Mapping
    private(set) var position: UInt64
    private(set) var got: UInt64
    private(set) var lost: UInt64

    init(_ memory: Mapping) {
        self.memory = memory
        let slot = 64 + Int(memory.word(0).pointee.load(ordering: .acquiring) & 1) * 64
        position = memory.word(slot).pointee.load(ordering: .relaxed)
        got = memory.word(slot + 8).pointee.load(ordering: .relaxed)
        lost = memory.word(slot + 16).pointee.load(ordering: .relaxed)
    }

    var repeats: UInt64 { memory.word(8).pointee.load(ordering: .relaxed) }
    var failure: Bool { memory.word(16).pointee.load(ordering: .relaxed) != 0 }

    mutating func commit(position: UInt64, got: UInt64, lost: UInt64) {
        let index = memory.word(0).pointee.load(ordering: .relaxed) &+ 1
        let slot = 64 + Int(index & 1) * 64
        memory.word(slot).pointee.store(position, ordering: .relaxed)
        memory.word(slot + 8).pointee.store(got, ordering: .relaxed)
        memory.word(slot + 16).pointee.store(lost, ordering: .relaxed)
        memory.word(0).pointee.store(index, ordering: .releasing)
        self.position = position
        self.got = got
        self.lost = lost
    }

    func countRepeat() { memory.word(8).pointee.store(repeats + 1, ordering: .relaxed) }

    func fail(_ reason: String) -> Never {
        print("FAILED: \(reason)")
        memory.word(16).pointee.store(1, ordering: .relaxed)
        exit(3)
    }
}

struct Noise {
    var state: UInt64
    init(state: UInt64) { self.state = state | 1 }
    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }
}
