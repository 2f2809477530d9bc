import CLinux
import Glibc
import IPC

/// Rings between two threads pinned to two cores, each with its own mapping, as two processes would have it. With real-time
/// priority where the machine allows it: a shared machine otherwise measures its scheduler.
func ringBenchmarks() -> [BenchmarkRow] {
    let rate = throughput(size: 64, depth: 4096, messages: 5_000_000)
    let bulk = throughput(size: 64 << 10, depth: 64, messages: 100_000)
    let delays = latencies(count: 50_000)
    let cores = ql_allowed_cores() >= 2 ? "two cores" : "one core only: not meaningful"
    return [
        BenchmarkRow("ring", "one-way, polling, p50", Double(delays[delays.count / 2]), "ns", target: 300, reference: cores),
        BenchmarkRow("ring", "one-way, polling, p99", Double(delays[delays.count * 99 / 100]), "ns"),
        BenchmarkRow("ring", "64-byte messages", rate / 1e6, "M/s", target: 5, reference: cores, lowerIsBetter: false),
        BenchmarkRow("ring", "bulk, 64 KiB messages", bulk * Double(64 << 10) / 1e9, "GB/s", target: 4, reference: cores, lowerIsBetter: false),
    ]
}

private final class RingPair: @unchecked Sendable {  // threads share descriptors and results; each maps on its own
    let shape: RingShape
    let ring: SharedFile
    let region: SharedFile
    var samples: [UInt64] = []
    var nanos: UInt64 = 0

    init(depth: Int, mtu: Int) {
        shape = try! RingShape(depth: depth, mtu: mtu)
        ring = try! shape.create(name: "bench-ring")
        region = try! WorkerRegion.create(name: "bench-region", schemaHash: 0)
    }

    func producer() -> RingProducer {
        try! RingProducer(
            shape.join(ring.descriptor, writable: true), shape: shape, generation: 1,
            reliable: [(WorkerRegion(region.readOnlyDescriptor, schemaHash: 0, writable: false).mapping, WorkerRegion.cursorOffset(input: 0))])
    }

    func consumer() -> RingConsumer {
        try! RingConsumer(
            shape.join(ring.readOnlyDescriptor, writable: false), shape: shape, own: WorkerRegion(region.descriptor, schemaHash: 0, writable: true).mapping,
            cursorOffset: WorkerRegion.cursorOffset(input: 0), reliable: true)
    }
}

private final class Job {
    let core: Int32
    let work: () -> Void
    init(_ core: Int32, _ work: @escaping () -> Void) {
        self.core = core
        self.work = work
    }
}

private func together(_ first: @escaping () -> Void, _ second: @escaping () -> Void) {
    var threads = [pthread_t(), pthread_t()]
    for (index, work) in [first, second].enumerated() {
        pthread_create(&threads[index], nil, { argument in
            let job = Unmanaged<Job>.fromOpaque(argument!).takeRetainedValue()
            ql_pin_to_core(job.core)
            var priority = sched_param()
            priority.sched_priority = 1
            pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority)
            job.work()
            return nil
        }, Unmanaged.passRetained(Job(ql_allowed_core(Int32(index)), work)).toOpaque())
    }
    for thread in threads { pthread_join(thread, nil) }
}

/// Messages a second, copied in and copied out.
private func throughput(size: Int, depth: Int, messages: Int) -> Double {
    let pair = RingPair(depth: depth, mtu: size)
    together({
        var ring = pair.producer()
        let payload = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { payload.deallocate() }
        memset(payload.baseAddress!, 7, size)
        var sent = 0
        while sent < messages {
            if case .published = ring.send(UnsafeRawBufferPointer(payload), kind: 1) { sent += 1 } else { ql_pause() }
        }
    }, {
        var ring = pair.consumer()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { buffer.deallocate() }
        var begin: UInt64 = 0
        var got = 0
        while got < messages {
            guard case .message(let message) = ring.poll() else {
                ql_pause()
                continue
            }
            if got == 0 { begin = ql_monotonic_nanos() }
            _ = ring.copy(message, into: buffer)
            ring.advance(message)
            got += 1
        }
        pair.nanos = ql_monotonic_nanos() - begin
    })
    return Double(messages) / (Double(pair.nanos) / 1e9)
}

/// Time from before the send to after the copy, sorted, of single messages on an idle ring; the two clock reads are in it.
private func latencies(count: Int) -> [UInt64] {
    let pair = RingPair(depth: 64, mtu: 64)
    together({
        var ring = pair.producer()
        let payload = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
        defer { payload.deallocate() }
        memset(payload.baseAddress!, 7, 64)
        for _ in 0..<count {
            let until = ql_monotonic_nanos() + 1500
            while ql_monotonic_nanos() < until { ql_pause() }
            while ring.credits() == 0 { ql_pause() }
            payload.storeBytes(of: ql_monotonic_nanos(), as: UInt64.self)
            _ = ring.send(UnsafeRawBufferPointer(payload), kind: 1)
        }
    }, {
        var ring = pair.consumer()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
        defer { buffer.deallocate() }
        var samples: [UInt64] = []
        samples.reserveCapacity(count)
        while samples.count < count {
            guard case .message(let message) = ring.poll() else { continue }
            _ = ring.copy(message, into: buffer)
            let now = ql_monotonic_nanos()
            ring.advance(message)
            samples.append(now &- buffer.load(as: UInt64.self))
        }
        pair.samples = samples.sorted()
    })
    return pair.samples
}
