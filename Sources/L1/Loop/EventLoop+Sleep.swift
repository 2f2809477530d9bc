import EventLoop

extension EventLoop {
    /// Suspends the calling task for `duration` without any thread; returns early, true, when the task is cancelled.
    @LoopActor @discardableResult
    public func sleep(_ duration: Duration) async -> Bool {
        let nap = Nap()
        return await withTaskCancellationHandler {
            if Task.isCancelled { return true }
            return await withCheckedContinuation { continuation in
                nap.continuation = continuation
                nap.timer = after(duration) { nap.end(cancelled: false) }
            }
        } onCancel: {
            Task(executorPreference: LoopExecutor.shared) { @LoopActor in nap.end(cancelled: true) }
        }
    }
}

@LoopActor private final class Nap {
    var continuation: CheckedContinuation<Bool, Never>?
    var timer: LoopTimer?

    func end(cancelled: Bool) {
        timer?.cancel()
        timer = nil
        continuation?.resume(returning: cancelled)
        continuation = nil
    }
}
