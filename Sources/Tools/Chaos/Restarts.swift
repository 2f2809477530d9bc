import EventLoop
import IPC
import Supervision

/// Killed workers whose successors are waited for.
struct Restarts {
    private var waiting: [NodeSample.Worker]
    private let begin: UInt64
    /// From the kill to a running successor, of those that are back.
    private(set) var millis: [Int] = []

    init(_ killed: [NodeSample.Worker], since begin: UInt64) {
        waiting = killed
        self.begin = begin
    }

    var names: [String] { waiting.map(\.board.name) }

    /// To be asked again and again; nil: there is no node to look into.
    mutating func areDone(_ sample: NodeSample?) -> Bool {
        guard let sample else { return false }
        waiting.removeAll { killed in
            let isBack = sample.workers.contains {
                $0.board.kind == killed.board.kind && $0.board.index == killed.board.index && $0.board.processID != 0 && $0.board.processID != killed.board.processID
                    && $0.state == .running
            }
            if isBack { millis.append(Int((EventLoop.monotonicNanos - begin) / 1_000_000)) }
            return isBack
        }
        return waiting.isEmpty
    }
}
