import EventLoop
import Glibc
import IPC
import Messages
import Supervision

/// Executors killed while they have work: in simulations that a node is asked for, then in replays of its chain.
struct ExecutorChaos {
    let stage: Stage
    static let executors = 3
    /// Restarts of one executor that a replay forgives.
    private static let patience = 4

    private var dice: Dice
    /// Milliseconds from SIGKILL to «running».
    private var latencies: [Int] = []

    init(_ stage: Stage) {
        self.stage = stage
        dice = Dice(seed: stage.seed)
    }

    private static func alive(_ sample: NodeSample?) -> [NodeSample.Worker] {
        sample?.workers.filter { $0.board.kind == "executor" && $0.board.processID != 0 && $0.state == .running } ?? []
    }

    /// Messages to executors so far.
    private static func orders(_ sample: NodeSample?) -> UInt64 {
        sample?.links.filter { $0.name.hasSuffix("_executor") }.reduce(0) { $0 + $1.published } ?? 0
    }

    /// One, now and then two or all of them.
    private mutating func victims(_ alive: [NodeSample.Worker]) -> [NodeSample.Worker] {
        guard !alive.isEmpty else { return [] }
        return switch dice.roll(1...10) {
        case 1: alive
        case 2...3: Set([dice.roll(0...(alive.count - 1)), dice.roll(0...(alive.count - 1))]).sorted().map { alive[$0] }
        default: [dice.pick(alive)]
        }
    }

    // MARK: Simulations

    mutating func simulate(_ node: Node, _ load: SimulationLoad) throws {
        try load.start(clients: 2 * Self.executors)
        guard stage.wait(60_000, until: { load.isLearned }) else { throw Stage.Failure("no answers to simulations:\n\(node.log.suffix(2000))") }
        stage.check(load.results * 2 > load.count, "executors: most simulations have a result", "\(load.results) of \(load.count)")
        var kills = 0
        while kills < stage.kills {
            stage.pump(dice.roll(1...60))
            // Most of them die just after they were given something.
            if dice.happens(80) {
                let orders = Self.orders(node.sample)
                _ = stage.wait(2000, every: 1) { Self.orders(node.sample) != orders }
            }
            let begin = EventLoop.monotonicNanos
            let chosen = victims(Self.alive(node.sample))
            for victim in chosen { kill(victim.board.processID, SIGKILL) }
            kills += chosen.count
            var restarts = Restarts(chosen, since: begin)
            let back = stage.wait(20_000, every: 2) { restarts.areDone(node.sample) }
            latencies += restarts.millis
            guard back else { throw Stage.Failure("\(restarts.names) do not come back:\n\(node.log.suffix(2000))") }
        }
        load.stop()
        stage.check(stage.wait(40_000) { load.hasEnded }, "executors: every request is answered")
        // The worker writes its figures once a second.
        _ = stage.wait(3000) { node.metric(.poolDeaths, of: "api") >= UInt64(kills) }
        let deaths = node.metric(.poolDeaths, of: "api"), again = node.metric(.poolReruns, of: "api")
        let differences = load.differences
        stage.check(differences.isEmpty, "executors: simulations while executors die have the answers of quiet times", "\(differences.count) of \(load.answers); \(differences.prefix(2))")
        stage.check(node.metric(.poolPoisoned, of: "api") == 0, "executors: no transaction is blamed for kills from outside")
        stage.check(again > 0, "executors: some had work when they were killed")
        say("simulations: \(kills) executors killed, \(deaths) of them while in use, \(again) jobs given to others; \(load.answers) answers, \(differences.count) differ")
    }

    // MARK: Replays

    mutating func replay(_ dataDirectory: String, _ transactions: String) throws {
        let quiet = try ReplayRun(stage, "replay", dataDirectory: dataDirectory, transactions: transactions, executors: Self.executors)
        guard stage.wait(60_000, until: { quiet.exit != nil }), quiet.exit == .code(0) else { throw Stage.Failure("the replay fails undisturbed:\n\(quiet.lines.suffix(20))") }
        var kills = 0, runs = 0
        while kills < stage.kills, runs < stage.kills {
            runs += 1
            let run = try ReplayRun(stage, "replay-\(runs)", dataDirectory: dataDirectory, transactions: transactions, executors: Self.executors)
            var killed: [Int: Int] = [:]
            while run.exit == nil {
                let orders = Self.orders(run.sample)
                _ = stage.wait(2000, every: 1) { run.exit != nil || Self.orders(run.sample) != orders }
                stage.pump(dice.roll(1...8))
                let begin = EventLoop.monotonicNanos
                let chosen = victims(Self.alive(run.sample).filter { killed[$0.board.index, default: 0] < Self.patience })
                if chosen.isEmpty {
                    stage.pump(5)
                    continue
                }
                for victim in chosen {
                    kill(victim.board.processID, SIGKILL)
                    killed[victim.board.index, default: 0] += 1
                }
                kills += chosen.count
                var restarts = Restarts(chosen, since: begin)
                let back = stage.wait(20_000, every: 2) { run.exit != nil || restarts.areDone(run.sample) }
                latencies += restarts.millis
                guard back else { throw Stage.Failure("\(restarts.names) do not come back:\n\(run.lines.suffix(20))") }
            }
            let same = run.exit == .code(0) && run.lines.filter { $0.hasPrefix("block ") } == quiet.lines.filter { $0.hasPrefix("block ") }
            stage.check(same, "executors: a replay while executors die executes every block as a quiet one", "\(run.exit.map { "\($0)" } ?? ""): \(run.lines.suffix(10))")
        }
        say("replays: \(kills) executors killed in \(runs) replays of \(quiet.blocks) blocks")
    }

    func report() {
        Chaos.report("restart of an executor to running", latencies)
        if latencies.count >= 10 { stage.check(Chaos.percentile(latencies, 99) < 1000, "executors: restart p99 is below one second") }
    }
}
