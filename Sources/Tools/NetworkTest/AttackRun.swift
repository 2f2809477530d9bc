import EventLoop
import Glibc
import PeerIdentity
import PeerNetwork
import PeerTransport

/// Connections that a node takes of an address in a second, as in the network.
let runAttacksNewPerSecond = 5

/// What the attacked node answers to every request for a transaction: as large as a large one.
let attackAnswerBytes = 512 << 10

/// Each attack for some seconds on a node that an honest peer asks for pings meanwhile: what the attack costs the node in
/// memory and time, and the honest peer in waiting. Exit status 1 if the node dies, loses the honest peer, answers none of its
/// pings for long while the attack goes on, grows beyond 150 MB (it starts with 18), or does not treat the attacker as it must
/// (`AttackOutcome`), for which it has a minute.
func runAttacks(_ options: Options) throws {
    let names = options.words.isEmpty ? Attack.names : options.words
    let seconds = Double(options.int("seconds", 8))
    let stage = try Stage(options)
    defer { stage.stop() }
    var isGood = true
    print("attack                 pings ms p50 / p99 before   during   answered   memory before → most → after   cpu   closed   peers   attacker")
    for (number, name) in names.enumerated() {
        let node = stage.node(number, bootnodes: "", ["--new-per-second", "\(runAttacksNewPerSecond)", "--answer", "\(attackAnswerBytes)"])
        try node.start()
        guard stage.wait(60, until: { !node.record.isEmpty }), let record = try? ENR(text: node.record), let victim = KnownPeer(record)?.address else { fail("the node does not start") }
        let honest = try Honest(stage.loop, victim)
        guard stage.wait(60, until: { honest.isConnected }) else { fail("the honest peer does not connect") }
        _ = stage.wait(seconds / 2)
        let before = honest.take()
        let memory = Figures.resident(node.processID)
        let descriptors = Figures.descriptors(node.processID)
        stage.refresh([node])
        let began = node.stats
        let cpu = Figures.processor(node.processID)
        // A process of its own: what it costs to attack must not be the honest peer's delay.
        let attacker = Child(stage.loop, "attacker", ["attacker", name, "--target", "\(Multiaddr(victim.socket, .tcp, peer: victim.id))"])
        stage.children.append(attacker)
        try attacker.start()
        var most = memory, held = 0
        func watch() {
            most = max(most, Figures.resident(node.processID))
            held = max(held, Figures.descriptors(node.processID) - descriptors)
        }
        let end = EventLoop.monotonicNanos + UInt64(seconds * 1e9)
        while EventLoop.monotonicNanos < end {
            _ = stage.wait(0.1)
            watch()
        }
        let during = honest.take()
        let used = (Figures.processor(node.processID) - cpu) / seconds
        // A machine that stood still for a while must not be taken for a node that did.
        let isServed = stage.wait(60) { honest.answered >= 3 } && honest.isConnected
        var missing = ["nothing is known of it"]
        var treatment = ""
        _ = stage.poll(60, [node, attacker]) {
            watch()
            let outcome = AttackOutcome(name: name, before: began, now: node.stats, attacker: attacker.stats, held: held, growth: max(0, most - memory))
            missing = outcome.missing
            treatment = outcome.treatment
            return missing.isEmpty
        }
        if !attacker.isRunning { missing = ["it has ended by itself"] }
        attacker.kill()
        _ = stage.wait(seconds / 2)
        let after = Figures.resident(node.processID)
        stage.refresh([node])
        func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }
        print(padded(name, 23) + padded("\(before.p50) / \(before.p99)", 28) + padded("\(during.p50) / \(during.p99)", 16) + padded("\(during.answered) of \(during.asked)", 12)
            + padded("\(Figures.megabytes(memory)) → \(Figures.megabytes(most)) → \(Figures.megabytes(after))", 32) + padded("\(Figures.tenths(used * 100)) %", 9) + padded("\(Int(node.stats["closed", default: -1]))", 9) + padded("\(Int(node.stats["peers", default: -1]))", 8) + (missing.isEmpty ? treatment : "-"))
        if !node.isRunning || !isServed || !honest.isConnected || most > 150 << 20 {
            print("\(name): NOT WITHSTOOD")
            isGood = false
        }
        for duty in missing { print("\(name): THE ATTACKER IS NOT TREATED AS IT MUST BE: \(duty)") }
        isGood = isGood && missing.isEmpty
        honest.stop()
        node.stop()
        _ = stage.wait(3) { !node.isRunning }
    }
    if !isGood { exit(1) }
}

/// A child that does nothing but attack, until it is killed. Commands: `stats`, `stop`.
func runAttacker(_ options: Options) throws {
    guard let name = options.words.first, let address = try options["target"].map({ try Multiaddr(text: $0) }), let peer = address.peer else { fail("attacker KIND --target MULTIADDR") }
    let loop = try EventLoop()
    let attack = Attack(loop, PeerAddress(id: peer, socket: address.socket))
    try attack.start(name)
    let input = try LineReader(loop, 0) { line in
        if line == "stats" { writeLine(1, attack.stats) }
        if line == "stop" { loop.stop() }
    } ended: {
        loop.stop()
    }
    loop.run()
    input.cancel()
    attack.stop()
}

/// A peer that behaves, and measures how long its pings take.
final class Honest {
    private let swarm: Swarm
    private let client: RequestClient
    private let victim: PeerAddress
    private var timers: [LoopTimer] = []
    private var times: [Double] = []
    private var asked = 0

    init(_ loop: EventLoop, _ victim: PeerAddress) throws {
        self.victim = victim
        swarm = Swarm(loop: loop, key: NodeKey.generate(), configuration: SwarmConfiguration(agentVersion: "honest"))
        client = RequestClient(swarm: swarm, loop: loop, clock: { Double(EventLoop.monotonicNanos) / 1e6 })
        try swarm.start()
        timers.append(loop.every(.milliseconds(270)) { [unowned self] in ping() })
    }

    /// Since the last `take`.
    var answered: Int { times.count }
    var isConnected: Bool { swarm.isConnected(victim.id) }

    private func ping() {
        guard isConnected else { return swarm.dial(victim) }
        let sent = EventLoop.monotonicNanos
        asked += 1
        client.send(.ping, to: victim.id, Array("ping".utf8)) { [weak self] result in
            guard case .success(let response) = result, response.status == .success else { return }
            self?.times.append(Double(EventLoop.monotonicNanos - sent) / 1e6)
        }
    }

    /// Figures since the last call.
    func take() -> (p50: String, p99: String, answered: Int, asked: Int) {
        defer {
            times = []
            asked = 0
        }
        return (Figures.tenths(Figures.quantile(times, 0.5)), Figures.tenths(Figures.quantile(times, 0.99)), times.count, asked)
    }

    func stop() {
        for timer in timers { timer.cancel() }
        swarm.stop()
    }
}
