import ConformanceKit
import EventLoop
import Field
import Glibc
import JSON
import L1Replay
import Messages
import Protocol
import Supervision

extension Scenario {
    static var peers: [Scenario] { [
        Scenario("network", "a boot node and twelve nodes, discovered by UDP only; transactions from all sides while nodes and workers are killed") { scenario, stage in
            let run = try PeerRun(stage, nodes: stage.nodes, transactions: stage.transactions)
            try run.gather()
            try run.submit()
            try run.agree()
            try run.doubt()
            try run.reconnect()
            say("\(scenario.name): \(run.figures)")
            run.end()
        },
    ] }
}

/// One run of a network of real nodes over one recorded L1.
final class PeerRun {
    private let stage: Stage
    private let server: ReplayServer
    private let bootnode: Bootnode
    private let nodes: [Node]
    /// One more, as it is without options: it takes no transaction whose proof it cannot verify.
    private let doubter: Node
    private let count: Int
    private var dice: Dice
    private var submitted: [Int] = []
    private var kills = 0
    private var restarts = 0
    private var gathered = 0
    private var spread = 0
    /// Milliseconds from the death of a p2p worker until its node has a peer again.
    private var reconnects: [Int] = []
    /// Down on purpose.
    private var absent: Set<Int> = []

    init(_ stage: Stage, nodes count: Int, transactions: Int) throws {
        self.stage = stage
        self.count = transactions
        dice = Dice(seed: stage.seed)
        server = try stage.server()
        let url = "http://127.0.0.1:\(server.port)"
        bootnode = try Bootnode(stage)
        let record = try bootnode.start()
        func node(_ name: String, _ flags: [String]) throws -> Node {
            try Node(
                stage, name, hosts: [url], beacons: [url + "/beacon"],
                extra: [
                    "--p2p-enabled", "true", "--p2p.listenAddress", "127.0.0.1", "--p2p.p2pIp", "127.0.0.1", "--p2p.p2pPort", "\(FreePort.take())",
                    "--p2p.bootstrapNodes", record, "--p2p.peerCheckIntervalMS", "1000", "--p2p.debugDisableColocationPenalty", "true", "--executors", "1",
                ] + flags, environment: ["LOG_LEVEL=info"])
        }
        nodes = try (0..<count).map { try node("peer-\($0)", ["--p2p.proofVerifier", "none"]) }
        doubter = try node("doubter", [])
    }

    /// All nodes run, have synced, and know at least three others, whom they can only have heard of by discovery.
    func gather() throws {
        let begin = EventLoop.monotonicNanos
        for node in nodes + [doubter] {
            try node.start()
            stage.pump(100)
        }
        let wanted = min(4, nodes.count - 1)
        let found = stage.wait(180_000, every: 500) { (nodes + [doubter]).allSatisfy { peers($0) >= wanted } }
        gathered = millis(since: begin)
        stage.check(found, "network: every node has \(wanted) peers", "peers: \(nodes.map(peers)) after \(gathered) ms; log of peer-0:\n\(nodes[0].log.suffix(2000))")
        guard found else { throw Stage.Failure("the network did not come together") }
    }

    /// At random nodes; every so often something is killed.
    func submit() throws {
        let factory = try transactions()
        let begin = EventLoop.monotonicNanos
        for number in 0..<count {
            if number % max(1, count / 8) == count / 16 { try disturb() }
            try send(factory.transaction(number), number)
            stage.pump(30)
        }
        for index in absent.sorted() { try bring(index) }
        spread = millis(since: begin)
    }

    /// Every pool has every transaction, in the same order.
    func agree() throws {
        let begin = EventLoop.monotonicNanos
        let all = stage.wait(120_000, every: 500) { nodes.allSatisfy { pending($0) == count } }
        let settled = millis(since: begin)
        stage.check(all, "network: all \(count) transactions reach all pools", "pending: \(nodes.map(pending)); log of peer-0:\n\(nodes[0].log.suffix(2000))")
        guard all else { return }
        let first = try pool(nodes[0])
        let others = try nodes.dropFirst().filter { try pool($0) != first }
        stage.check(others.isEmpty, "network: pools agree", "differ from \(nodes[0].name): \(others.map(\.name))")
        spread += settled
    }

    /// What peers sent went to the executors, who cannot verify it: nothing is kept, nobody is to blame.
    func doubt() throws {
        let unavailable = MetricsSchema.proofVerdicts.firstIndex(of: "unavailable")!
        func verdicts() -> UInt64 { doubter.metric(.mempoolProofVerdicts, at: unavailable, of: "p2p") }
        let heard = stage.wait(10_000, every: 100) { verdicts() >= UInt64(count / 2) }
        stage.check(heard, "network: executors are asked for proofs", "\(verdicts()) of \(count) proofs; log:\n\(doubter.log.suffix(2000))")
        stage.check(pending(doubter) == 0 && peers(doubter) > 0, "network: what cannot be verified is not taken", "\(pending(doubter)) pending, \(peers(doubter)) peers")
        var answer = "taken"
        do { _ = try RPC(port: doubter.port).call("node_sendTx", "[\(try transactions().transaction(count).jsonText)]") } catch { answer = "\(error)" }
        stage.check(answer.contains("cannot verify transaction proofs"), "network: a user hears why", answer)
    }

    /// Without a boot node: from what they have stored, within five seconds.
    func reconnect() throws {
        bootnode.stop()
        for node in nodes.prefix(3) {
            guard let victim = node.sample?.workers.first(where: { $0.board.kind == "p2p" })?.board.processID, victim != 0 else { continue }
            let begin = EventLoop.monotonicNanos
            Glibc.kill(victim, SIGKILL)
            kills += 1
            // What a dead worker's node still says does not count.
            _ = stage.wait(5_000, every: 20) { node.sample?.workers.first { $0.board.kind == "p2p" }?.board.processID != victim }
            let isBack = stage.wait(5_000, every: 50) { peers(node) > 0 }
            reconnects.append(millis(since: begin))
            stage.check(isBack, "network: \(node.name) has peers again after its worker's death", "none after \(reconnects.last!) ms; log:\n\(node.log.suffix(2000))")
        }
    }

    var figures: String {
        "\(nodes.count) nodes together after \(gathered) ms; \(submitted.count) transactions in all pools after \(spread) ms (sent in it one by one), \(kills) processes killed, \(restarts) nodes started again; connected again \(reconnects.map { "\($0) ms" }.joined(separator: ", ")) after the death of a worker"
    }

    func end() {
        for node in nodes + [doubter] { stage.check(node.stop(), "network: \(node.name) stops when told") }
        bootnode.stop()
    }

    // MARK: Faults

    /// A p2p worker, or a whole node for a while.
    private func disturb() throws {
        if let index = absent.first {
            try bring(index)
            return
        }
        let index = dice.roll(0...(nodes.count - 1))
        if dice.happens(50) {
            guard let victim = nodes[index].sample?.workers.first(where: { $0.board.kind == "p2p" })?.board.processID, victim != 0 else { return }
            Glibc.kill(victim, SIGKILL)
            kills += 1
        } else {
            kills += nodes[index].processes.count + 1
            nodes[index].kill()
            absent.insert(index)
        }
    }

    private func bring(_ index: Int) throws {
        absent.remove(index)
        try nodes[index].start()
        restarts += 1
    }

    // MARK: Calls

    /// Where a node refuses for a moment (its worker was just killed) another one is tried: a user would do the same.
    private func send(_ tx: Tx, _ number: Int) throws {
        let body = "[\(tx.jsonText)]"
        var last = ""
        for _ in 0..<50 {
            let index = dice.roll(0...(nodes.count - 1))
            guard !absent.contains(index) else { continue }
            do {
                _ = try RPC(port: nodes[index].port).call("node_sendTx", body)
                submitted.append(number)
                return
            } catch { last = "\(nodes[index].name): \(error)" }
            stage.pump(100)
        }
        throw Stage.Failure("no node takes transaction \(number): \(last)")
    }

    private func transactions() throws -> TestTransactions {
        let rpc = RPC(port: nodes[0].port)
        guard let header = try rpc.call("node_getBlockHeader"), let info = try rpc.call("node_getNodeInfo"),
            let chain = info["l1ChainId"]?.int, let version = info["rollupVersion"]?.int
        else { throw Stage.Failure("peer-0 does not say where it stands") }
        let genesis = try JSONDocument.parse(Array(contents(stage.recording + "/genesis.json").utf8)).root
        let payers = genesis["funded"]?.elements.compactMap { $0.string.flatMap { AztecAddress(hex: $0) } } ?? []
        guard !payers.isEmpty else { throw Stage.Failure("the recording's genesis funds nobody") }
        return TestTransactions(header: try BlockHeader(json: header), chainID: Fr(UInt64(chain)), version: Fr(UInt64(version)), payers: payers)
    }

    private func peers(_ node: Node) -> Int {
        guard node.isRunning(["api", "p2p"]) else { return -1 }
        return (try? RPC(port: node.port).call("p2p_getPeers"))?.flatMap { $0 }?.elements.count ?? -1
    }

    private func pending(_ node: Node) -> Int {
        guard node.isRunning(["api", "p2p"]) else { return -1 }
        return (try? RPC(port: node.port).call("node_getPendingTxCount"))?.flatMap { $0 }?.int ?? -1
    }

    private func pool(_ node: Node) throws -> [String] {
        let answer = try RPC(port: node.port, timeout: 60).call("p2p_getPendingTxs")
        return answer?.elements.map { $0["data"]?.string ?? "" } ?? []
    }

    private func millis(since begin: UInt64) -> Int { Int((EventLoop.monotonicNanos - begin) / 1_000_000) }
}

/// `aztec start --p2p-bootstrap`.
final class Bootnode {
    private let stage: Stage
    private let port: Int
    private let directory: String
    private let arguments: [String]
    private var process: LoopProcess?

    init(_ stage: Stage) throws {
        self.stage = stage
        port = Int(FreePort.take())
        directory = stage.directory + "/bootnode"
        arguments = [
            "start", "--p2p-bootstrap", "--network", stage.recording, "--data-directory", directory, "--port", "\(port)", "--admin-port", "\(FreePort.take())",
            "--p2p.listenAddress", "127.0.0.1", "--p2p.p2pIp", "127.0.0.1", "--p2p.p2pPort", "\(FreePort.take())",
        ]
    }

    /// Its record.
    func start() throws -> String {
        let logPath = directory + ".log"
        let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        defer { close(log) }
        let environment = ["PATH=/usr/bin:/bin", "LOG_LEVEL=info", "XDG_RUNTIME_DIR=\(stage.directory)"]
        let process = try stage.loop.spawn(SpawnRequest(program: stage.aztec, arguments: ["aztec"] + arguments, environment: environment, descriptors: [nil, log, log])) { _ in }
        self.process = process
        stage.programs.append(process)
        var record: String?
        _ = stage.wait(30_000, every: 200) {
            record = (try? RPC(port: port).call("bootstrap_getEncodedEnr"))?.flatMap { $0 }?.string
            return record != nil
        }
        guard let record else { throw Stage.Failure("the boot node says nothing:\n\(contents(logPath).suffix(2000))") }
        return record
    }

    func stop() { process?.signal(SIGTERM) }
}
