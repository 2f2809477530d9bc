import Glibc

// quetzal-chaos: the real node against a recorded L1 that misbehaves, with processes that are killed.
//
//   quetzal-chaos [--kills N] [--seed N]      SIGKILLs during sync with L1 faults and reorgs (N: 20; long form 200)
//   quetzal-chaos --scenario NAME|all|list    one named fault each
//   further: --recording DIR (default etc/networks/demo), --aztec PATH (default: beside this program)

let options = Options(CommandLine.arguments.dropFirst())

do {
    let stage = try Stage(recording: options.values["--recording"], aztec: options.values["--aztec"])
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
            let seed = UInt64(options.number("--seed", 1))
            print("seed \(seed), recording \(stage.recording)")
            var chaos = Chaos(stage, kills: options.number("--kills", 20), seed: seed)
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
    private static let known = ["--kills", "--seed", "--recording", "--aztec", "--scenario"]
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
