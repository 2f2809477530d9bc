import Diagnostics
import EventLoop
import Glibc
import IPC
import Topology

extension Supervisor {
    /// Ordered stop, group by group (`KindDeclaration.stopOrder`), each with its time limit. Asked twice: everything at once.
    func stop(_ reason: String) {
        if stopStage != nil {
            log.warn("stopping at once (\(reason) again)")
            for worker in workers { worker.process?.signal(SIGKILL) }
            return
        }
        log.info("stopping", ["reason": .string(reason)])
        stopStage = Int.min
        for worker in workers {
            worker.restartTimer?.cancel()
            worker.restartTimer = nil
            if worker.phase == .waiting { worker.phase = .inactive }
        }
        advanceStop()
        publishSoon()
    }

    /// Goes to the next group once the present one is gone.
    func advanceStop() {
        guard let stage = stopStage else { return }
        if workers.contains(where: { $0.process != nil && $0.kind.stopOrder <= stage }) { return }
        guard let next = workers.filter({ $0.process != nil }).map(\.kind.stopOrder).min() else {
            log.info("stopped")
            loop.stop()
            return
        }
        stopStage = next
        for worker in workers where worker.process != nil && worker.kind.stopOrder == next { askToStop(worker) }
    }

    /// SIGTERM, then SIGKILL when its time is up.
    func askToStop(_ worker: ManagedWorker) {
        guard let process = worker.process else { return }
        worker.phase = .stopping
        process.signal(SIGTERM)
        worker.killTimer = loop.after(.seconds(worker.kind.stopSeconds)) { [unowned self, unowned worker] in
            worker.killReason = "did not stop within \(worker.kind.stopSeconds) s"
            log.warn("worker \(worker.name) \(worker.killReason ?? ""); killing it")
            worker.process?.signal(SIGKILL)
        }
    }
}
