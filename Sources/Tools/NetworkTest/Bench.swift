import EventLoop
import Glibc
import PeerIdentity
import PeerNetwork
import PeerTransport

/// `bench`: peers × messages per second; `idle`: peers without messages. Prints processor and memory of the node alone. The
/// node does all that it does with gossip; its validator reads the envelope and accepts. The peers are in processes of their own.
func runBench(_ options: Options, idle: Bool) throws {
    let peers = options.int("peers", idle ? 100 : 200)
    let rate = idle ? 0 : options.int("rate", 100)
    let bytes = options.int("bytes", 60_000)
    let seconds = options.int("seconds", 30)
    let processes = max(1, options.int("processes", 2))
    let stage = try Stage(options)
    defer { stage.stop() }
    let node = stage.node(0, bootnodes: "", ["--max-peers", "\(peers + 10)"])
    try node.start()
    guard stage.wait(30, until: { !node.record.isEmpty }), let target = KnownPeer(try ENR(text: node.record))?.address else { fail("the node does not start") }
    let crowds = (0..<processes).map { number in
        let share = peers / processes + (number < peers % processes ? 1 : 0)
        return Child(stage.loop, "crowd \(number)", ["crowd", "--peers", "\(share)", "--target", "\(Multiaddr(target.socket, .tcp, peer: target.id))"])
    }
    stage.children += crowds
    for crowd in crowds { try crowd.start() }
    func sum(_ key: String) -> Double { crowds.reduce(0) { $0 + $1.stats[key, default: 0] } }
    guard stage.poll(180, crowds, until: { Int(sum("connected")) == peers }) else { fail("\(Int(sum("connected"))) of \(peers) peers are connected after 180 s") }
    _ = stage.wait(5)  // the mesh forms

    stage.refresh([node] + crowds)
    let seen = node.stats["seen", default: 0], published = sum("published"), received = sum("received")
    let from = EventLoop.monotonicNanos, cpu = Figures.processor(node.processID)
    for crowd in crowds { crowd.send("rate \(rate * 1000 / processes) \(bytes)") }
    var most = 0
    for _ in 0..<seconds {
        _ = stage.wait(1)
        most = max(most, Figures.resident(node.processID))
    }
    let took = Double(EventLoop.monotonicNanos - from) / 1e9
    let used = Figures.processor(node.processID) - cpu
    for crowd in crowds { crowd.send("rate 0 0") }
    _ = stage.wait(2)
    stage.refresh([node] + crowds)
    let count = sum("published") - published
    print("\(peers) peers, \(Figures.tenths(count / took)) messages/s of \(bytes) bytes, \(Figures.tenths(took)) s: node \(Figures.tenths(used / took * 100)) % of a core, resident at most \(Figures.megabytes(most))")
    if count > 0 {
        print("  seen \(Int(node.stats["seen", default: 0] - seen)) of \(Int(count)), each passed on to \(Figures.tenths((sum("received") - received) / count / Double(bytes))) peers; ms from publisher to validation p50 \(Figures.tenths(node.stats["p50", default: 0])) p99 \(Figures.tenths(node.stats["p99", default: 0]))")
    }
}

/// What a node between two others adds to a message's way: three nodes in a row, the first publishes, the second and the third
/// tell how old a message is when it comes to be validated. The third has everything from the second.
func runHop(_ options: Options) throws {
    let rate = options.int("rate", 10)
    let seconds = Double(options.int("seconds", 30))
    let stage = try Stage(options)
    defer { stage.stop() }
    let middle = stage.node(0, bootnodes: "")
    try middle.start()
    guard stage.wait(30, until: { !middle.record.isEmpty }) else { fail("the node does not start") }
    // They know nobody but the one in the middle, and have no discovery to find each other with.
    let ends = (1...2).map { stage.node($0, bootnodes: "", ["--discovery", "false", "--trusted", middle.record, "--check", "1000"]) }
    for end in ends { try end.start() }
    guard stage.poll(60, [middle] + ends, until: { middle.stats["peers"] == 2 && ends.allSatisfy { $0.stats["peers"] == 1 } }) else { fail("the three do not connect") }
    _ = stage.wait(3)  // the mesh forms
    for bytes in [60_000, 1000] {
        for node in [middle] + ends { node.send("reset") }
        ends[0].send("rate \(rate) \(bytes)")
        _ = stage.wait(seconds)
        ends[0].send("rate 0 0")
        _ = stage.wait(1)
        stage.refresh([middle] + ends)
        func figures(_ node: Child) -> String { "p50 \(Figures.hundredths(node.stats["p50", default: 0])) p99 \(Figures.hundredths(node.stats["p99", default: 0]))" }
        let added = ends[1].stats["p50", default: 0] - middle.stats["p50", default: 0]
        print("\(rate) messages/s of \(bytes) bytes, ms until validation: one hop \(figures(middle)), two hops \(figures(ends[1])); the hop adds p50 \(Figures.hundredths(added))")
    }
}
