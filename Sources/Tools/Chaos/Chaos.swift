import Archive
import EventLoop
import Glibc
import IPC
import L1Replay
import Supervision

/// Kills, L1 faults and reorgs while a node syncs; at the end it must have what an undisturbed node has.
struct Chaos {
    let stage: Stage
    let kills: Int
    private var dice: Dice
    private var weather = Weather()
    private var done = 0
    /// Milliseconds from SIGKILL to «running».
    private var latencies: [Int] = []
    private var nodeLatencies: [Int] = []

    init(_ stage: Stage, kills: Int, seed: UInt64) {
        self.stage = stage
        self.kills = kills
        dice = Dice(seed: seed)
    }

    mutating func run() throws {
        let begin = EventLoop.monotonicNanos
        let reference = try Self.undisturbed(stage)
        say("reference: \(reference.blocks.count) blocks, \((EventLoop.monotonicNanos - begin) / 1_000_000) ms")
        let chain = stage.chain
        let server = try stage.server(head: chain.first + (chain.last - chain.first) / 10)
        let url = "http://127.0.0.1:\(server.port)", other = "http://localhost:\(server.port)"
        let node = try Node(stage, "chaos", hosts: [url, other], sink: url + "/blobsink", beacons: [other + "/beacon"])
        try node.start()
        guard stage.wait(15_000, until: { node.isRunning() }) else { throw Stage.Failure("the node does not start:\n\(node.log.suffix(2000))") }

        var top = server.head
        var isForked = false
        while done < kills {
            stage.pump(dice.roll(10...250))
            try weather.change(server, &dice)
            if isForked {
                if dice.happens(60) {
                    top = min(chain.last, top + dice.roll(0...3))
                    try server.control("{\"reorg\":{\"return\":true,\"head\":\(top)}}")
                    isForked = false
                }
            } else if dice.happens(20) {
                try weather.reorg(server, deepest: Self.deepest(reference, head: top), &dice)
                isForked = true
            } else {
                let left = chain.last - top
                top = min(chain.last, top + dice.roll(0...max(1, 2 * left / max(1, kills - done))))
                try server.control("{\"head\":\(top)}")
            }
            if dice.happens(70) { stage.pump(dice.roll(1...120)) }
            try kill(node)
        }

        try server.control("{\"faults\":[]}")
        try server.control("{\"reorg\":{\"return\":true,\"head\":\(chain.last)}}")
        let calm = EventLoop.monotonicNanos
        let arrived = node.reaches(height: UInt64(reference.blocks.count), l1Block: chain.last, within: 60_000)
        stage.check(arrived, "the node reaches the tip", "\(node.sample?.sync.map { "\($0)" } ?? "no sample"); the last lines: \(node.log.suffix(1500))")
        let calmMillis = (EventLoop.monotonicNanos - calm) / 1_000_000
        stage.check(node.sample?.content.degraded.isEmpty ?? false, "no function is off", "\(node.sample?.content.degraded ?? ["no node"])")
        stage.check(node.stop() && node.exit == .code(0), "the node stops in order", "\(node.exit.map { "\($0)" } ?? "still runs")")
        let data = try ChainData(directory: node.directory)
        let differences = data.differences(from: reference)
        stage.check(differences.isEmpty, "blocks, hashes and five roots equal the undisturbed node's", differences.prefix(5).joined(separator: "; "))
        say("\(done) kills, \(weather.faults) faults, \(weather.reorgs) reorgs (deepest \(weather.deepest)), tip \(calmMillis) ms after the last fault, \((EventLoop.monotonicNanos - begin) / 1_000_000) ms in all")
        Self.report("restart of a worker to running", latencies)
        Self.report("restart of the whole node", nodeLatencies)
        if latencies.count >= 10 { stage.check(Self.percentile(latencies, 99) < 1000, "restart p99 is below one second") }
        server.stop()
    }

    /// A node on a quiet L1, and what it has at the end.
    static func undisturbed(_ stage: Stage) throws -> ChainData {
        let server = try stage.server()
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)"
        let node = try Node(stage, "reference", hosts: [url], sink: url + "/blobsink")
        try node.start()
        let last = UInt64(stage.chain.last)
        guard stage.wait(60_000, until: { node.exit != nil || node.sample?.sync.map { $0.l1Block == last && $0.height == $0.target && $0.height > 0 } ?? false }), node.exit == nil else {
            throw Stage.Failure("an undisturbed node does not sync:\n\(node.log.suffix(2000))")
        }
        guard node.stop() else { throw Stage.Failure("an undisturbed node does not stop") }
        return try ChainData(directory: node.directory)
    }

    /// How many L1 blocks may go without touching a block that can be final: proofs at best reach the pending tip, and the
    /// finalized block is two epochs (eight blocks in the recordings) behind.
    private static func deepest(_ reference: ChainData, head: Int) -> Int {
        guard let pending = reference.blocks.lastIndex(where: { $0.archived.l1.number <= UInt64(head) }), pending >= 8 else { return max(1, min(8, head / 2)) }
        return max(1, head - Int(reference.blocks[pending - 8].archived.l1.number))
    }

    // MARK: Killing

    private mutating func kill(_ node: Node) throws {
        guard let sample = node.sample else { return }
        let alive = sample.workers.filter { $0.board.processID != 0 }
        let begin = EventLoop.monotonicNanos
        switch dice.roll(1...20) {
        case 1:
            node.kill()
            done += 1
            try node.start()
            guard stage.wait(20_000, every: 2, until: { node.isRunning() }) else { throw Stage.Failure("the node does not start again:\n\(node.log.suffix(2000))") }
            nodeLatencies.append(Int((EventLoop.monotonicNanos - begin) / 1_000_000))
        case 2...4:
            for worker in alive { Glibc.kill(worker.board.processID, SIGKILL) }
            done += alive.count
            try awaitSuccessors(of: alive, node, begin)
        default:
            guard !alive.isEmpty else { return }
            let victim = dice.pick(alive)
            Glibc.kill(victim.board.processID, SIGKILL)
            done += 1
            // Now and then its successor dies in the middle of booting.
            if dice.happens(15) {
                var successor: Int32 = 0
                _ = stage.wait(3000, every: 1) {
                    successor = node.sample?.workers.first { $0.board.kind == victim.board.kind && $0.board.index == victim.board.index }?.board.processID ?? 0
                    return successor != 0 && successor != victim.board.processID
                }
                stage.pump(dice.roll(1...30))
                if successor != 0, successor != victim.board.processID { Glibc.kill(successor, SIGKILL) }
                done += 1
                guard stage.wait(20_000, until: { node.isRunning() && !node.processes.contains(successor) }) else {
                    throw Stage.Failure("\(victim.board.name) does not come back:\n\(node.log.suffix(2000))")
                }
                return
            }
            try awaitSuccessors(of: [victim], node, begin)
        }
    }

    private mutating func awaitSuccessors(of killed: [NodeSample.Worker], _ node: Node, _ begin: UInt64) throws {
        var restarts = Restarts(killed, since: begin)
        let back = stage.wait(20_000, every: 2) { restarts.areDone(node.sample) }
        latencies += restarts.millis
        guard back else { throw Stage.Failure("\(restarts.names) do not come back:\n\(node.log.suffix(2000))") }
    }

    // MARK: Figures

    static func percentile(_ values: [Int], _ percent: Int) -> Int {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    static func report(_ what: String, _ values: [Int]) {
        guard !values.isEmpty else { return }
        say("\(what): \(values.count) times, p50 \(percentile(values, 50)) ms, p99 \(percentile(values, 99)) ms, max \(values.max() ?? 0) ms")
    }
}
