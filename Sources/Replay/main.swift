import Glibc

// quetzal-replay: executes the transactions of blocks again and compares what comes of them with the blocks. `aztec replay`
// is this program; the supervisor itself links no database.

do {
    guard let options = try ReplayOptions(Array(CommandLine.arguments.dropFirst()), environment: { getenv($0).map { String(cString: $0) } }) else {
        Output.text(ReplayOptions.help)
        exit(0)
    }
    exit(try ReplayCommand(options).run())
} catch {
    Output.error("aztec replay: \(error)")
    exit(2)
}
