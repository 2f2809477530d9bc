import EventLoop
import Glibc
import PeerIdentity
import PeerTransport

/// Noise and yamux between two nodes over loopback TCP, each on a thread of its own: what one core's time carries at either end.
func peerBenchmarks() -> [BenchmarkRow] {
    ["yamux", "mplex"].flatMap { muxer -> [BenchmarkRow] in
        let run = PeerTransfer(muxer: "/\(muxer)/" + (muxer == "yamux" ? "1.0.0" : "6.7.0"), bytes: 2 << 30).run()
        func gigabits(_ nanos: UInt64) -> Double { Double(run.bytes) * 8 / Double(max(1, nanos)) }
        return [
            BenchmarkRow("peer", "noise + \(muxer), sender, per core", gigabits(run.senderNanos), "Gbit/s", target: 2, lowerIsBetter: false),
            BenchmarkRow("peer", "noise + \(muxer), receiver, per core", gigabits(run.receiverNanos), "Gbit/s", target: 2, lowerIsBetter: false),
            BenchmarkRow("peer", "noise + \(muxer), both ends together", gigabits(run.senderNanos + run.receiverNanos), "Gbit/s", lowerIsBetter: false),
            BenchmarkRow("peer", "noise + \(muxer), by the clock", gigabits(run.wallNanos), "Gbit/s", lowerIsBetter: false),
        ]
    } + connectionMemory()
}

/// Resident memory of 200 idle connections, both ends in this process.
private func connectionMemory() -> [BenchmarkRow] {
    let loop = try! EventLoop()
    var configuration = SwarmConfiguration(agentVersion: "benchmark")
    configuration.listen = SocketAddress(.loopback, 0)
    configuration.newPerSecondAndIP = 1000
    configuration.maxUpgrading = 1000
    configuration.maxPerIP = 1000
    configuration.maxInbound = 1000
    configuration.inboundUpgradeMillis = 60_000
    let hub = Swarm(loop: loop, key: .generate(), configuration: configuration)
    try! hub.start()
    configuration.listen = nil
    let before = residentBytes()
    let peers = (0..<200).map { _ in Swarm(loop: loop, key: .generate(), configuration: configuration) }
    for peer in peers {
        try! peer.start()
        peer.dial(PeerAddress(id: hub.localID, socket: SocketAddress(.loopback, hub.port!)))
        // One after the other: the listen queue holds five, as the reference's does.
        while !peer.isConnected(hub.localID) { loop.runOnce() }
    }
    while hub.connections.count < peers.count { loop.runOnce() }
    for _ in 0..<2000 { loop.poll() }
    let after = residentBytes()
    // A second of doing nothing but keeping them.
    let start = Clock.thread.now()
    let end = Clock.wall.now() + 2_000_000_000
    while Clock.wall.now() < end { loop.runOnce() }
    let busy = Double(Clock.thread.now() - start) / 2e9
    for peer in peers { peer.stop() }
    hub.stop()
    return [
        BenchmarkRow("peer", "memory of an idle connection, both ends and a node", Double(after - before) / 200 / 1024, "KiB"),
        BenchmarkRow("peer", "200 idle connections, both ends", busy * 100, "% of a core", target: 8),
    ]
}

private func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let fields = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }.split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// One stream that sends so many bytes.
private final class PeerTransfer: @unchecked Sendable {  // threads meet in `address` under the lock, and at the joins
    let muxer: String
    let bytes: Int
    var senderNanos: UInt64 = 0
    var receiverNanos: UInt64 = 0
    var wallNanos: UInt64 = 0
    private var address: PeerAddress?
    private var lock = pthread_mutex_t()

    init(muxer: String, bytes: Int) {
        self.muxer = muxer
        self.bytes = bytes
        pthread_mutex_init(&lock, nil)
    }

    func run() -> PeerTransfer {
        var threads = [pthread_t(), pthread_t()]
        let works: [() -> Void] = [{ self.receive() }, { self.send() }]
        for (index, work) in works.enumerated() {
            pthread_create(&threads[index], nil, { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(Work(work)).toOpaque())
        }
        for thread in threads { pthread_join(thread, nil) }
        return self
    }

    private final class Work {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    private func configuration() -> SwarmConfiguration {
        var configuration = SwarmConfiguration(agentVersion: "benchmark")
        configuration.muxers = [muxer]
        return configuration
    }

    private func receive() {
        let loop = try! EventLoop()
        var settings = configuration()
        settings.listen = SocketAddress(.loopback, 0)
        let swarm = Swarm(loop: loop, key: .generate(), configuration: settings)
        // The last word has to get out before the loop ends.
        let sink = Sink(bytes) { loop.after(.milliseconds(300)) { loop.stop() } }
        swarm.handle("/sink/1", maxInboundPerConnection: 1) { $0.owner = sink }
        try! swarm.start()
        pthread_mutex_lock(&lock)
        address = PeerAddress(id: swarm.localID, socket: SocketAddress(.loopback, swarm.port!))
        pthread_mutex_unlock(&lock)
        let start = Clock.thread.now()
        loop.run()
        receiverNanos = Clock.thread.now() - start
        swarm.stop()
        for _ in 0..<10 { loop.poll() }
    }

    private func send() {
        let loop = try! EventLoop()
        let swarm = Swarm(loop: loop, key: .generate(), configuration: configuration())
        try! swarm.start()
        var target: PeerAddress?
        while target == nil {
            usleep(1000)
            pthread_mutex_lock(&lock)
            target = address
            pthread_mutex_unlock(&lock)
        }
        swarm.dial(target!)
        while !swarm.isConnected(target!.id) { loop.runOnce() }
        let source = Source(bytes)
        let (thread, wall) = (Clock.thread.now(), Clock.wall.now())
        swarm.openStream(to: target!.id, ["/sink/1"], timeoutMillis: 10_000) { result in
            guard case .success(let stream) = result else { fatalError("no stream: \(result)") }
            stream.owner = source
            source.push(stream)
        }
        while !source.isOver { loop.runOnce() }
        senderNanos = Clock.thread.now() - thread
        wallNanos = Clock.wall.now() - wall
        swarm.stop()
        for _ in 0..<10 { loop.poll() }
    }

    private final class Sink: PeerStreamOwner {
        private var missing: Int
        private let done: () -> Void

        init(_ bytes: Int, _ done: @escaping () -> Void) {
            missing = bytes
            self.done = done
        }

        func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
            missing -= bytes.count
            stream.consumed(bytes.count)
        }
        func streamEnded(_ stream: any PeerStream) {
            precondition(missing == 0)
            stream.closeWrite()
            done()
        }
        func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { fatalError("\(failure)") }
    }

    /// Keeps a few megabytes queued.
    private final class Source: PeerStreamOwner {
        private static let block = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        private var left: Int
        private(set) var isOver = false

        init(_ bytes: Int) { left = bytes }

        func push(_ stream: any PeerStream) {
            while left > 0, stream.queuedBytes < 4 << 20 {
                stream.write(Self.block)
                left -= Self.block.count
            }
            if left <= 0 { stream.closeWrite() }
        }

        func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {}
        func streamEnded(_ stream: any PeerStream) { isOver = true }
        func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { fatalError("\(failure)") }
        func streamDrained(_ stream: any PeerStream) { push(stream) }
    }
}
