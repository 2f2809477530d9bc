import EventLoop
import IPC
import Topology

/// One worker slot as the supervisor handles it.
final class ManagedWorker {
    enum Phase: Equatable {
        /// A spare slot, or scaled down.
        case inactive
        /// Started; not running yet.
        case booting
        case running
        /// Asked to stop.
        case stopping
        /// Died; a timer starts it again.
        case waiting
        /// Over its crash budget, or it said that it cannot work.
        case givenUp(reason: String)
    }

    let declaration: Topology.Worker
    let region: WorkerRegion
    var policy: RestartPolicy
    var phase = Phase.inactive
    var process: LoopProcess?
    var generation: UInt64 = 0
    var restartTimer: LoopTimer?
    var killTimer: LoopTimer?
    /// Why the supervisor killed it, if it did.
    var killReason: String?
    var lastExit = ""
    /// When the last process died; 0 while that is not the reason for a start.
    var diedNanos: UInt64 = 0
    var restarts = 0
    var lastRestartMillis = 0
    var worstRestartMillis = 0

    init(_ declaration: Topology.Worker, _ region: WorkerRegion, budget: Int) {
        self.declaration = declaration
        self.region = region
        policy = RestartPolicy(budget: budget)
    }

    var name: String { declaration.name }
    var kind: KindDeclaration { declaration.kind }
    var isGivenUp: Bool {
        if case .givenUp = phase { return true }
        return false
    }
}
