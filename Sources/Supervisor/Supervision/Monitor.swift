import CLinux
import EventLoop
import Glibc
import IPC

/// `aztec monitor`: redraws on a terminal, prints blocks of lines elsewhere, until interrupted or the node is gone.
public enum Monitor {
    public struct Options: Sendable {
        public var interval = Duration.seconds(1)
        /// Pictures to show; nil: without end.
        public var count: Int?
        public init() {}
    }

    /// Returns the exit code.
    public static func run(directory: String, _ options: Options) throws -> Int32 {
        let view = try NodeView(directory: directory)
        let loop = try EventLoop()
        let isTerminal = isatty(1) == 1
        var previous: NodeSample?
        var shown = 0
        var failure: IPCError?
        func draw() {
            do throws(IPCError) {
                guard view.isAlive else { throw IPCError("the node is gone") }
                let sample = try NodeSample(view)
                show(StatusText.render(sample, since: previous), isTerminal)
                previous = sample
                shown += 1
                if shown == options.count { loop.stop() }
            } catch {
                failure = error
                loop.stop()
            }
        }
        try loop.onSignal(SIGINT) { loop.stop() }
        try loop.onSignal(SIGTERM) { loop.stop() }
        // Another screen, so that the shell's lines are there again afterwards.
        if isTerminal { put("\u{1b}[?1049h\u{1b}[?25l") }
        draw()
        if shown != options.count, failure == nil {
            loop.every(options.interval) { draw() }
            loop.run()
        }
        if isTerminal { put("\u{1b}[?25h\u{1b}[?1049l") }
        if let failure {
            put("\(failure)\n")
            return 1
        }
        return 0
    }

    private static func show(_ text: String, _ isTerminal: Bool) {
        guard isTerminal else { return put(text + "\n") }
        var columns: Int32 = 0, rows: Int32 = 0
        if ql_terminal_size(1, &columns, &rows) != 0 || columns < 20 { (columns, rows) = (120, 40) }
        let lines: [Substring] = text.split(separator: "\n" as Character, omittingEmptySubsequences: false)
        var out = "\u{1b}[H"
        for line in lines.prefix(Int(max(1, rows - 1))) { out += line.prefix(Int(columns)) + "\u{1b}[K\n" }
        put(out + "\u{1b}[J")
    }

    private static func put(_ text: String) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            done += count
        }
    }
}
