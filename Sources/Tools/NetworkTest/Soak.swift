import EventLoop
import Glibc
import PeerIdentity
import PeerNetwork
import PeerTransport

/// A network under steady load for some minutes while other nodes come and are killed, and one node is attacked in all known
/// ways in turn. Prints figures each minute; exit status 1 if a node died or the memory of one was not flat in the end.
func runSoak(_ options: Options) throws {
    let minutes = max(1, options.words.first.flatMap { Int($0) } ?? 30)
    let count = options.int("nodes", 5)
    let rate = options.int("rate", 2)
    let bytes = options.int("bytes", 60_000)
    let stage = try Stage(options)
    defer { stage.stop() }
    let bootnode = try stage.bootnode()
    // A node remembers 100,000 ids of messages a topic, which takes hours to fill. With few of them that is over in two
    // minutes, and what grows then is a leak.
    let seen = ["--seen", "\(options.int("seen", 500))", "--seen-millis", "\(options.int("seen-millis", 60_000))"]
    let nodes = (0..<count).map { stage.node($0, bootnodes: bootnode.record, seen) }
    for node in nodes { try node.start() }
    guard stage.poll(120, nodes, until: { nodes.allSatisfy { $0.stats["peers", default: 0] >= Double(min(count - 1, 4)) } }) else { fail("the nodes do not find each other") }
    for node in nodes { node.send("rate \(rate) \(bytes)") }
    let mortal = (0..<options.int("churn", 2)).map { stage.node(count + $0, bootnodes: bootnode.record, seen) }
    let target = options["attacks"] == "false" ? nil : KnownPeer(try ENR(text: nodes[0].record))?.address

    let watched = nodes + [bootnode]
    var samples = watched.map { _ in [Double]() }
    var attacker: Child?
    print("minute  resident MB of each node, cpu s, p99 ms")
    for second in 1...(minutes * 60) {
        _ = stage.wait(1)
        for (index, node) in watched.enumerated() { samples[index].append(Double(Figures.resident(node.processID))) }
        for node in mortal where Int.random(in: 0..<25) == 0 {
            if node.isRunning { node.kill() } else {
                try node.start()
                node.send("rate 1 \(bytes)")
            }
        }
        // Ten seconds of each, twenty of rest.
        if let target, second % 30 == 0 {
            let name = Attack.names[(second / 30 - 1) % Attack.names.count]
            let child = Child(stage.loop, name, ["attacker", name, "--target", "\(Multiaddr(target.socket, .tcp, peer: target.id))"])
            try child.start()
            stage.children.append(child)
            attacker = child
        } else if second % 30 == 10, let child = attacker {
            child.kill()
            attacker = nil
        }
        if second % 60 == 0 {
            stage.refresh(watched)
            let memory = watched.map { Figures.tenths($0.stats["rss", default: 0] / 1_048_576) }.joined(separator: " ")
            print("\(second / 60)  \(memory)  \(nodes.map { Figures.tenths($0.stats["cpu", default: 0]) }.joined(separator: " "))  \(worst(nodes, "p99"))")
            for node in nodes { node.send("reset") }
        }
    }
    attacker?.kill()
    var isGood = true
    for (node, memory) in zip(watched, samples) {
        func mean(_ part: Range<Int>) -> Double { memory[part].reduce(0, +) / Double(part.count) }
        let third = memory.count / 3
        let middle = mean(third..<(2 * third)), last = mean((2 * third)..<memory.count)
        let isFlat = last <= middle * 1.05 + 2 * 1_048_576
        print("\(node.name): middle third \(Figures.megabytes(Int(middle))), last third \(Figures.megabytes(Int(last))), most \(Figures.megabytes(Int(memory.max() ?? 0)))\(node.isRunning ? "" : ", DEAD")\(isFlat ? "" : ", NOT FLAT")")
        isGood = isGood && isFlat && node.isRunning
    }
    if !isGood { exit(1) }
}
