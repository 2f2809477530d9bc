import EventLoop
import Glibc

/// One bootnode and some nodes in processes of their own, which know nothing but the bootnode's record: they must find
/// each other over UDP, and messages published at random nodes must reach all. Nodes are killed and come back meanwhile.
func runMesh(_ options: Options) throws {
    let count = options.int("nodes", 12)
    let messages = options.int("messages", 200)
    let bytes = options.int("bytes", 60_000)
    let kills = options.int("kills", 3)
    let stage = try Stage(options)
    defer { stage.stop() }
    let bootnode = try stage.bootnode()
    let nodes = (0..<count).map { stage.node($0, bootnodes: bootnode.record) }
    let started = EventLoop.monotonicNanos
    func seconds() -> String { Figures.tenths(Double(EventLoop.monotonicNanos - started) / 1e9) + " s" }
    for node in nodes { try node.start() }
    let enough = Double(min(count - 1, 8))
    guard stage.poll(120, nodes, until: { nodes.allSatisfy { $0.stats["peers", default: 0] >= enough } }) else {
        fail("not all nodes have \(Int(enough)) peers after 120 s: \(nodes.map { Int($0.stats["peers", default: 0]) })")
    }
    print("\(count) nodes have at least \(Int(enough)) peers after \(seconds()): \(nodes.map { Int($0.stats["peers", default: 0]) })")
    _ = stage.wait(3)  // meshes form

    // Those that live throughout must see everything.
    let mortal = nodes.suffix(kills)
    let steady = Array(nodes.dropLast(kills))
    let published = EventLoop.monotonicNanos
    for number in 0..<messages {
        steady.randomElement()!.send("publish 1 \(bytes)")
        _ = stage.wait(0.05)
        if kills > 0, number % max(1, messages / (2 * kills)) == 1, let victim = mortal.randomElement() {
            if victim.isRunning { victim.kill() } else {
                let at = EventLoop.monotonicNanos
                try victim.start()
                if stage.poll(10, [victim], until: { victim.stats["peers", default: 0] > 0 }) {
                    print("\(victim.name) has a peer \(Figures.tenths(Double(EventLoop.monotonicNanos - at) / 1e9)) s after its restart")
                } else {
                    print("\(victim.name) has no peer 10 s after its restart")
                }
            }
        }
    }
    let all = stage.poll(60, steady, until: { steady.allSatisfy { $0.stats["seen", default: 0] >= Double(messages) } })
    let took = Figures.tenths(Double(EventLoop.monotonicNanos - published) / 1e9)
    let agree = Set(steady.map(\.digest)).count == 1
    print("\(messages) messages of \(bytes) bytes: \(all ? "seen by all \(steady.count) steady nodes" : "NOT seen by all: \(steady.map { Int($0.stats["seen", default: 0]) })") after \(took) s; sets \(agree ? "agree" : "DIFFER")")
    print("latency ms p50 \(worst(steady, "p50")) p99 \(worst(steady, "p99")) (of the slowest node); memory of the largest node \(Figures.megabytes(Int(steady.map { $0.stats["rss", default: 0] }.max() ?? 0)))")
    if !all || !agree { exit(1) }
}

func worst(_ nodes: [Child], _ key: String) -> String { Figures.tenths(nodes.map { $0.stats[key, default: 0] }.max() ?? 0) }
