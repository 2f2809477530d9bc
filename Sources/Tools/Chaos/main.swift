import Glibc

// quetzal-chaos: the real node against a recorded L1 that misbehaves, with processes that are killed.
//
//   quetzal-chaos [--kills N] [--seed N]      SIGKILLs during sync with L1 faults and reorgs (N: 20; long form 200)
//   quetzal-chaos --scenario NAME|all|list    one named fault each; «executors» takes --kills and --seed too, «network» --nodes, --transactions and --seed
//   further: --recording DIR (default etc/networks/demo), --aztec PATH (default: beside this program)

let options = Options(CommandLine.arguments.dropFirst())

do {
    let stage = try Stage(recording: options.values["--recording"], aztec: options.values["--aztec"])
    stage.kills = options.number("--kills", 20)
    stage.seed = UInt64(options.number("--seed", 1))
    stage.nodes = max(2, options.number("--nodes", 12))
    stage.transactions = options.number("--transactions", 200)
    do {
        if let name = options.values["--scenario"] {
            if name == "list" {
                for scenario in Scenario.all { print("\(scenario.name): \(scenario.what)") }
                exit(0)
            }
            let chosen = Scenario.all.filter { name == "all" || $0.name == name }
            guard !chosen.isEmpty else {
                print("quetzal-chaos: no scenario «\(name)»; there are: \(Scenario.all.map(\.name).joined(separator: " "))")
                exit(2)
            }
            for scenario in chosen { scenario.run(stage) }
        } else {
            print("seed \(stage.seed), recording \(stage.recording)")
            var chaos = Chaos(stage, kills: stage.kills, seed: stage.seed)
            try chaos.run()
        }
    } catch {
        stage.check(false, "\(error)")
    }
    exit(stage.end())
} catch {
    print("quetzal-chaos: \(error)")
    exit(1)
}

struct Options {
    private static let known = ["--kills", "--seed", "--nodes", "--transactions", "--recording", "--aztec", "--scenario"]
    private(set) var values: [String: String] = [:]

    init(_ arguments: ArraySlice<String>) {
        var words = Array(arguments)
        while let word = words.first {
            guard Self.known.contains(word), words.count > 1 else {
                print("quetzal-chaos: «\(word)» is not understood; options with a value: \(Self.known.joined(separator: " "))")
                exit(2)
            }
            values[word] = words[1]
            words.removeFirst(2)
        }
    }

    func number(_ option: String, _ usual: Int) -> Int {
        guard let text = values[option] else { return usual }
        guard let value = Int(text), value >= 0 else {
            print("quetzal-chaos: \(option) «\(text)» is no number")
            exit(2)
        }
        return value
    }
}
