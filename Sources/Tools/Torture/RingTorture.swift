import EventLoop
import Glibc
import IPC

/// One producer, two reliable consumers and a listener, each in its own process; a random one is killed with SIGKILL every
/// few milliseconds and started again, until all messages are through. Nothing may be lost or doubled on the reliable
/// links, and what the listener missed must be counted exactly.
final class RingTorture {
    private struct Role {
        var name: String
        var process: LoopProcess?
        var generation: UInt64 = 0
        var isDone = false
    }

    private let messages: UInt64
    private let kills: UInt64
    private var random: Noise
    private let loop: EventLoop
    private let ring: SharedFile
    private let bells: SharedFile
    private let event: Int32
    private let regions: [SharedFile]
    private let ledgers: [SharedFile]
    private var roles: [Role]
    private var killed: UInt64 = 0
    private var failed = false

    init(messages: UInt64, seed: UInt64, kills: UInt64) throws {
        self.messages = messages
        self.kills = kills
        random = Noise(state: seed &* 77)
        loop = try EventLoop()
        ring = try RingShape(depth: RingRole.depth, mtu: RingRole.mtu).create(name: "torture-ring")
        bells = try Bell.create(slots: 4)
        event = try makeEventDescriptor()
        regions = try (0..<4).map { try WorkerRegion.create(name: "torture-\($0)", schemaHash: 0) }
        ledgers = try (0..<4).map { try SharedFile(name: "torture-ledger-\($0)", count: RingRole.ledgerBytes) }
        roles = [Role(name: "ring-producer"), Role(name: "ring-consumer"), Role(name: "ring-consumer"), Role(name: "ring-listener")]
    }

    func run() throws -> Int32 {
        let begin = EventLoop.monotonicNanos
        for slot in roles.indices { try start(slot) }
        scheduleKill()
        loop.run()
        let seconds = Double(EventLoop.monotonicNanos - begin) / 1e9
        var ok = !failed
        for slot in 1...3 {
            let ledger = Ledger(try Mapping(ledgers[slot].descriptor, count: RingRole.ledgerBytes, writable: false))
            let reliable = slot < 3
            print("\(roles[slot].name).\(slot): \(ledger.got) received, \(ledger.lost) lost, \(ledger.repeats) repeated after a restart, \(roles[slot].generation - 1) restarts")
            if ledger.got + ledger.lost != messages || ledger.failure || (reliable && ledger.lost != 0) || ledger.repeats >= roles[slot].generation { ok = false }
        }
        print("\(roles[0].name): \(messages) sent, \(roles[0].generation - 1) restarts; \(killed) kills in \(Int(seconds * 1000)) ms, \(Int(Double(messages) / seconds)) messages/s")
        print(ok ? "passed" : "FAILED")
        return ok ? 0 : 1
    }

    private func start(_ slot: Int) throws {
        roles[slot].generation += 1
        var descriptors: [Int32?] = [nil, 1, 2, slot == 0 ? ring.descriptor : ring.readOnlyDescriptor, regions[slot].descriptor, ledgers[slot].descriptor, bells.descriptor, event]
        if slot == 0 { descriptors += [regions[1].readOnlyDescriptor, regions[2].readOnlyDescriptor] }
        roles[slot].process = try loop.spawn(SpawnRequest(
            program: "/proc/self/exe", arguments: ["quetzal-torture", roles[slot].name, "\(messages)", "\(slot)", "\(roles[slot].generation)"], descriptors: descriptors)
        ) { [unowned self] exit in
            roles[slot].process = nil
            switch exit {
            case .code(0): roles[slot].isDone = true
            case .signal(Int(SIGKILL)):
                do { try start(slot) } catch { fail("\(error)") }
            default: fail("\(roles[slot].name).\(slot) ended with \(exit)")
            }
            if roles.allSatisfy(\.isDone) { loop.stop() }
        }
    }

    private func fail(_ reason: String) {
        print("FAILED: \(reason)")
        failed = true
        for role in roles { role.process?.signal(SIGKILL) }
        loop.stop()
    }

    private func scheduleKill() {
        guard killed < kills else { return }
        loop.after(.milliseconds(Int64(2 + random.next() % 40))) { [unowned self] in
            let alive = roles.indices.filter { roles[$0].process != nil && !roles[$0].isDone }
            if !alive.isEmpty {
                roles[alive[Int(random.next() % UInt64(alive.count))]].process?.signal(SIGKILL)
                killed += 1
            }
            scheduleKill()
        }
    }
}

/// A consumer that reads a ring while another process writes garbage into all of it.
final class HostileTorture {
    private let rounds: UInt64
    private let seed: UInt64

    init(rounds: UInt64, seed: UInt64) {
        self.rounds = rounds
        self.seed = seed
    }

    func run() throws -> Int32 {
        let loop = try EventLoop()
        let shape = try RingShape(depth: RingRole.depth, mtu: RingRole.mtu)
        let ring = try shape.create(name: "hostile-ring")
        let region = try WorkerRegion.create(name: "hostile-reader", schemaHash: 0)
        var ended = false
        let process = try loop.spawn(SpawnRequest(
            program: "/proc/self/exe", arguments: ["quetzal-torture", "ring-hostile", "0", "0", "\(seed)"], descriptors: [nil, 1, 2, ring.descriptor, region.readOnlyDescriptor])
        ) { _ in ended = true }
        var reader = try RingConsumer(
            shape.join(ring.readOnlyDescriptor, writable: false), shape: shape, own: WorkerRegion(region.descriptor, schemaHash: 0, writable: true).mapping,
            cursorOffset: WorkerRegion.cursorOffset(input: 0), reliable: true)
        // Exactly as large as the mtu: AddressSanitizer sees a byte too many.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: RingRole.mtu, alignment: 64)
        defer { buffer.deallocate() }
        var messages: UInt64 = 0, torn: UInt64 = 0, malformed: UInt64 = 0, overruns: UInt64 = 0, checksum: UInt8 = 0
        var silent = 0
        let deadline = EventLoop.monotonicNanos + 60_000_000_000
        while messages + torn + malformed + overruns < rounds {
            switch reader.poll() {
            case .empty:
                silent += 1
                if silent % 1000 == 0 {
                    sched_yield()
                    if EventLoop.monotonicNanos > deadline { print("FAILED: the hostile producer fell silent"); return 1 }
                }
            case .malformed: malformed += 1
            case .overrun: overruns += 1
            case .message(let message):
                if reader.copy(message, into: buffer) { messages += 1 } else { torn += 1 }
                for index in 0..<Int(message.size) { checksum ^= buffer[index] }
                reader.advance(message)
            }
            if (messages ^ malformed) & 0xff == 0 { _ = reader.producerRestarted() }
        }
        process.signal(SIGKILL)
        while !ended { loop.runOnce() }
        print("\(messages) messages, \(torn) torn, \(malformed) malformed, \(overruns) overruns, \(silent) looks in vain (checksum \(checksum))")
        // How the two processes share the cores decides the mix, so only that each kind was met is asked.
        let ok = messages > 0 && malformed > 0 && overruns > 0
        print(ok ? "passed" : "FAILED: the hostile producer was hardly heard")
        return ok ? 0 : 1
    }
}
