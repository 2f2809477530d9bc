import Diagnostics
import EventLoop
import Glibc
import IPC
import Topology

extension Supervisor {
    /// Follows the archiver's metrics while the node runs in the foreground.
    func showProgress() {
        guard let archiver = workers.first(where: { $0.kind.name == "archiver" }) else { return }
        var progress = SyncProgress(isTerminal: isatty(2) == 1)
        let log = Logger("node")
        progressTimer = loop.every(.milliseconds(200)) { [region = archiver.region] in
            guard region.state == .running else { return }
            switch progress.observe(NodeSample.Sync(region), now: EventLoop.monotonicNanos) {
            case .line(let text):
                if isatty(2) == 1 { Self.put("\r\u{1b}[K") }
                log.info(text)
            // Back to the first column, so that the next log line begins there.
            case .bar(let text): Self.put("\u{1b}[K\(text)\r")
            case nil: break
            }
        }
    }

    private static func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(2, bytes, bytes.count)
    }
}
