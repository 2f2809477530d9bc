internal import CUV
import Synchronization

extension EventLoop {
    /// A wake-up that any thread may send; sends between two rounds of the loop run `action` once.
    public func wake(_ action: @escaping () -> Void) throws(EventLoopError) -> LoopWake {
        let handle = LoopWakeHandle(action)
        try EventLoopError.check(uv_async_init(raw, handle.memory.assumingMemoryBound(to: uv_async_t.self)) { handle in
            guard let handle else { return }
            (LoopHandle.from(handle) as! LoopWakeHandle).action?()
        }, "uv_async_init")
        handle.adopt()
        let wake = LoopWake(handle)
        handle.wake = wake
        return wake
    }

    /// A queue through which other threads hand work to the loop.
    public func mailbox() throws(EventLoopError) -> LoopMailbox {
        let box = LoopMailbox()
        box.wake = try wake { [unowned box] in box.drain() }
        return box
    }
}

final class LoopWakeHandle: LoopHandle {
    var action: (() -> Void)?
    weak var wake: LoopWake?

    init(_ action: @escaping () -> Void) {
        self.action = action
        super.init(kind: UV_ASYNC)
    }

    override func release() {
        wake?.disarm()
        action = nil
    }
}

/// The sending end. Keep it as long as it is used; `cancel` (loop thread) ends it.
/// Unchecked: `uv_async_send` may be called from any thread, and the lock keeps it from meeting a closed handle.
public final class LoopWake: @unchecked Sendable {
    private let handle: LoopWakeHandle
    private let armed = Mutex(true)

    init(_ handle: LoopWakeHandle) { self.handle = handle }

    /// From any thread. Does nothing once cancelled.
    public func send() {
        armed.withLock { armed in
            if armed { uv_async_send(handle.memory.assumingMemoryBound(to: uv_async_t.self)) }
        }
    }

    /// From the loop's thread.
    public func cancel() { handle.cancel() }

    /// A wake-up that is not essential does not keep `run` going. From the loop's thread.
    public var isEssential: Bool {
        get { handle.isEssential }
        set { handle.isEssential = newValue }
    }

    func disarm() { armed.withLock { $0 = false } }
}

/// Work handed to the loop from other threads, run in order of arrival.
public final class LoopMailbox: Sendable {
    private let queue = Mutex<[@Sendable () -> Void]>([])
    nonisolated(unsafe) var wake: LoopWake?  // set once, before the mailbox is handed out

    public func post(_ work: @escaping @Sendable () -> Void) {
        queue.withLock { $0.append(work) }
        wake?.send()
    }

    func drain() {
        for work in queue.withLock({ queue in
            let taken = queue
            queue.removeAll()
            return taken
        }) { work() }
    }

    /// From the loop's thread.
    public func cancel() { wake?.cancel() }
}
