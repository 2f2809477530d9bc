import Glibc
import IPC
import Messages

// quetzal-replay: executes the transactions of blocks again and compares what comes of them with the blocks. `aztec replay`
// is this program; the supervisor itself links no database.

// Started by its own supervisor as the host of a pool of executors.
if CommandLine.arguments.count == 3, CommandLine.arguments[1] == ReexecutorWorker.kind {
    WorkerProcess.main(registry: [WorkerKind(ReexecutorWorker.kind, ReexecutorWorker.self)], schemaHash: MetricsSchema.hash, configure: ReexecutorWorker.configureLogging)
}

do {
    guard let options = try ReplayOptions(Array(CommandLine.arguments.dropFirst()), environment: { getenv($0).map { String(cString: $0) } }) else {
        Output.text(ReplayOptions.help)
        exit(0)
    }
    if options.executors != nil { exit(try ReplayNode.run(options, arguments: Array(CommandLine.arguments.dropFirst()))) }
    exit(try ReplayCommand(options).run())
} catch {
    Output.error("aztec replay: \(error)")
    exit(2)
}
