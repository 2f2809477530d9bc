internal import CUV

extension EventLoop {
    /// Runs `action` in every round of the loop, just before it waits for events. For work that callbacks leave to be done once
    /// they are all through, as writing out what they queued.
    public func beforeWaiting(_ action: @escaping () -> Void) -> LoopTurn { LoopTurn(self, action) }
}

/// See `EventLoop.beforeWaiting`. Does not keep `run` going.
public final class LoopTurn: LoopHandle {
    private var action: (() -> Void)?
    private let again: LoopAgain

    init(_ loop: EventLoop, _ action: @escaping () -> Void) {
        self.action = action
        again = LoopAgain(loop)
        super.init(kind: UV_PREPARE)
        let prepare = memory.assumingMemoryBound(to: uv_prepare_t.self)
        uv_prepare_init(loop.raw, prepare)
        adopt()
        uv_prepare_start(prepare) { handle in
            guard let handle else { return }
            (LoopHandle.from(handle) as! LoopTurn).action?()
        }
        isEssential = false
    }

    /// The next wait ends at once, so that there is another turn.
    public func askForAnother() { again.start() }

    public override func cancel() {
        again.cancel()
        super.cancel()
    }

    override func release() { action = nil }
}

/// An idle handle: while it is active the loop does not wait.
final class LoopAgain: LoopHandle {
    init(_ loop: EventLoop) {
        super.init(kind: UV_IDLE)
        uv_idle_init(loop.raw, memory.assumingMemoryBound(to: uv_idle_t.self))
        adopt()
        isEssential = false
    }

    func start() {
        guard !isCancelled else { return }
        // libuv runs idle callbacks before the turn's own, so this round's wait is cut short and the next round stops it.
        uv_idle_start(memory.assumingMemoryBound(to: uv_idle_t.self)) { idle in
            guard let idle else { return }
            uv_idle_stop(idle)
        }
    }
}
