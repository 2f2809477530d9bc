import Glibc
import JSON

// quetzal-benchmarks [--json FILE] [--only TEXT] [--search SECONDS] [GROUP…]: runs the named groups, or all but
// «execution-search», prints a table, and writes the same as JSON. `--only`: of the execution groups, the rows with
// that text in their name. `--search`: how long «execution-search» looks for slow programs.

let groups: [(name: String, run: () -> [BenchmarkRow])] = [
    ("hashing", hashingBenchmarks),
    ("protocol", protocolBenchmarks),
    ("ring", ringBenchmarks),
    ("blobs", blobBenchmarks),
    ("world-state", worldStateBenchmarks),
    ("sync", syncBenchmarks),
    ("api", apiBenchmarks),
    ("execution", executionBenchmarks),
    ("execution-blocks", executionBlockBenchmarks),
    ("execution-worst", executionWorstBenchmarks),
    ("execution-search", executionSearch),
    ("avm", avmBenchmarks),
    ("peer", peerBenchmarks),
    ("gossip", gossipBenchmarks),
    ("mempool", mempoolBenchmarks),
]

func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
func shown(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

let wanted = BenchmarkOptions.shared.groups
if let unknown = wanted.first(where: { name in !groups.contains { $0.name == name } }) {
    print("no group «\(unknown)»; groups: \(groups.map(\.name).joined(separator: " "))")
    exit(2)
}
let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
print("\(cores) cores")
var writer = JSONWriter()
writer.beginObject()
writer.member("cores", cores)
writer.key("rows")
writer.beginArray()
for group in groups where wanted.isEmpty ? group.name != "execution-search" : wanted.contains(group.name) {
    for row in group.run() {
        defer { fflush(nil) }
        let target = row.target.map { "target \(shown($0))" + (row.meetsTarget == true ? "" : " MISSED") } ?? ""
        print(padded(row.group, 11), padded(row.name, 44), padded("\(shown(row.value)) \(row.unit)", 16), padded(target, 20), row.reference ?? "")
        writer.beginObject()
        writer.member("group", row.group)
        writer.member("name", row.name)
        writer.member("value", row.value)
        writer.member("unit", row.unit)
        if let target = row.target { writer.member("target", target) }
        if let reference = row.reference { writer.member("reference", reference) }
        writer.endObject()
    }
}
writer.endArray()
writer.endObject()
if let jsonPath = BenchmarkOptions.shared.json {
    let descriptor = open(jsonPath, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0, write(descriptor, writer.bytes, writer.bytes.count) == writer.bytes.count else {
        print("\(jsonPath): \(String(cString: strerror(errno)))")
        exit(1)
    }
    close(descriptor)
}
