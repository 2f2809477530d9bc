// quetzal-benchmarks [GROUP…]: runs the named groups, or all, and prints a table.

let groups: [(name: String, run: () -> [BenchmarkRow])] = [
    ("hashing", hashingBenchmarks),
    ("protocol", protocolBenchmarks),
    ("ring", ringBenchmarks),
    ("blobs", blobBenchmarks),
    ("world-state", worldStateBenchmarks),
    ("api", apiBenchmarks),
]

func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
func shown(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

let wanted = CommandLine.arguments.dropFirst()
for group in groups where wanted.isEmpty || wanted.contains(group.name) {
    for row in group.run() {
        let target = row.target.map { "target \(shown($0))" + (row.meetsTarget == true ? "" : " MISSED") } ?? ""
        print(padded(row.group, 11), padded(row.name, 44), padded("\(shown(row.value)) \(row.unit)", 16), padded(target, 20), row.reference ?? "")
    }
}
