import Configuration
import Glibc

// aztec: command line and supervisor. Links neither RocksDB nor curl: what it does not have cannot take it down.

let arguments = Array(CommandLine.arguments.dropFirst())

do {
    switch arguments.first {
    case "start": exit(try StartCommand.run(Array(arguments.dropFirst())))
    case "status": exit(try NodeCommands.status(Array(arguments.dropFirst())))
    case "peers": exit(try PeersCommand.run(Array(arguments.dropFirst())))
    case "monitor": exit(try NodeCommands.monitor(Array(arguments.dropFirst())))
    case "topology": exit(try NodeCommands.topology(Array(arguments.dropFirst())))
    case "scale": exit(try NodeCommands.scale(Array(arguments.dropFirst())))
    case "stop": exit(try NodeCommands.request("stop", Array(arguments.dropFirst())))
    case "reload": exit(try NodeCommands.request("reload", Array(arguments.dropFirst())))
    case "replay": try ReplayCommand.run(Array(arguments.dropFirst()))
    case "help", "--help", "-h": exit(Help.print(arguments.count > 1 ? arguments[1] : nil))
    case "--version", "-V", "version":
        Output.line(Release.version)
        exit(0)
    case nil: exit(Help.print(nil))
    case let other?: throw CommandError("unknown command «\(other)»; `aztec help` lists all")
    }
} catch {
    Output.error("aztec: \(error)")
    exit(1)
}
