import Glibc

/// Shows how far the chain is synced while `aztec start` is in the foreground: a bar on a terminal, a line every few
/// seconds elsewhere. Pure: it is given samples and says what to write.
public struct SyncProgress: Sendable {
    public enum Output: Equatable, Sendable {
        /// Overwrites the terminal's last line.
        case bar(String)
        case line(String)
    }

    static let width = 30
    static let lineNanos: UInt64 = 5_000_000_000

    private let isTerminal: Bool
    private var begun: (nanos: UInt64, height: UInt64)?
    private var lastLine: UInt64 = 0
    private var lastHeight: UInt64?
    private var isSynced = false

    public init(isTerminal: Bool) { self.isTerminal = isTerminal }

    public mutating func observe(_ sync: NodeSample.Sync, now: UInt64) -> Output? {
        guard sync.target > 0 else { return nil }
        if begun == nil { begun = (now, sync.height) }
        guard let begun else { return nil }
        if sync.height >= sync.target {
            defer { isSynced = true }
            guard !isSynced else { return nil }
            let seconds = Double(now - begun.nanos) / 1e9
            let count = sync.height - min(begun.height, sync.height)
            return .line("synced: block \(sync.height), proven \(sync.proven)" + (count > 0 ? " (\(count) blocks in \((seconds * 10).rounded() / 10) s)" : ""))
        }
        // A head that is one or two blocks ahead for a moment is daily life, not a sync.
        if isSynced, sync.target - sync.height < 4 { return nil }
        isSynced = false
        let speed = now > begun.nanos ? Double(sync.height - min(begun.height, sync.height)) / (Double(now - begun.nanos) / 1e9) : 0
        let left = speed > 0 ? ", \(StatusText.duration(StatusText.whole(Double(sync.target - sync.height) / speed))) left" : ""
        let figures = "block \(sync.height) of \(sync.target), \((speed * 10).rounded() / 10) blocks/s\(left)"
        if isTerminal {
            let done = min(Self.width, Int(Double(Self.width) * (Double(sync.height) / Double(sync.target))))
            return .bar("[" + String(repeating: "#", count: done) + String(repeating: ".", count: Self.width - done) + "] " + figures)
        }
        guard now - lastLine >= Self.lineNanos, lastHeight != sync.height else { return nil }
        lastLine = now
        lastHeight = sync.height
        return .line("syncing: " + figures)
    }
}
