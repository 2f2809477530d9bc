import Configuration
import Glibc

/// What a command line got wrong.
struct CommandError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

enum Release {
    /// The protocol release that this node speaks.
    static let version = "0.87.7"
}

/// Answers go to standard output, complaints to standard error.
enum Output {
    static func text(_ text: String, to descriptor: Int32 = 1) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            done += count
        }
    }

    static func line(_ text: String) { Output.text(text + "\n") }
    static func error(_ text: String) { Output.text(text + "\n", to: 2) }
}

enum Help {
    static let commands = """
        usage: aztec COMMAND …

          start [flags]      run a node in the foreground (`aztec help start` lists all flags)
          status [--json]    what a running node does; exit code 0 all well, 3 degraded or starting, 1 no node
          monitor            the same, live: [--interval SECONDS] [--count N]
          peers [--all]      the peers it is connected to, with --all those it dials or remembers too; [--json]
          topology [flags]   the workers and links that `aztec start` with these flags would run
          scale KIND=N …     change numbers of workers while the node runs
          reload             read the configuration file again (SIGHUP does the same)
          stop               stop the node in order (SIGTERM does the same)
          replay [flags]     execute blocks again and compare (`aztec help replay`)
          help [start|replay]
          version

        status, monitor, peers, scale, reload and stop find the node by --data-directory PATH (DATA_DIRECTORY).
        Without it status, monitor, peers and scale take the one node this user runs; reload and stop do not guess.

        """

    static func print(_ topic: String?) -> Int32 {
        switch topic {
        case nil: Output.text(commands)
        case "start": Output.text(HelpText.start(colours: isatty(1) == 1) + "\n")
        case "replay":
            do { try ReplayCommand.run(["--help"]) } catch {
                Output.error("aztec: \(error)")
                return 1
            }
        case let other?:
            Output.error("aztec: no help on «\(other)»")
            return 1
        }
        return 0
    }
}
