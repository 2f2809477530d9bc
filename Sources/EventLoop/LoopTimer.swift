internal import CUV

extension EventLoop {
    /// A timer that is not running yet.
    public func timer(_ action: @escaping (LoopTimer) -> Void) -> LoopTimer { LoopTimer(self, action) }

    /// Runs `action` once after `delay`. Cancel the result to take it back.
    @discardableResult
    public func after(_ delay: Duration, _ action: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(self) { timer in
            timer.cancel()
            action()
        }
        timer.start(after: delay)
        return timer
    }

    /// Runs `action` every `interval`, first after one interval, until the result is cancelled.
    @discardableResult
    public func every(_ interval: Duration, _ action: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(self) { _ in action() }
        timer.start(after: interval, repeating: interval)
        return timer
    }
}

/// A timer of the loop. Resolution is one millisecond; delays are rounded up, so it never fires early.
public final class LoopTimer: LoopHandle {
    private let loop: UnsafeMutablePointer<uv_loop_t>
    private var action: ((LoopTimer) -> Void)?
    private var timer: UnsafeMutablePointer<uv_timer_t> { memory.assumingMemoryBound(to: uv_timer_t.self) }

    init(_ loop: EventLoop, _ action: @escaping (LoopTimer) -> Void) {
        self.loop = loop.raw
        self.action = action
        super.init(kind: UV_TIMER)
        uv_timer_init(loop.raw, timer)
        adopt()
    }

    /// Starts or restarts it. Without `repeating` it fires once and can be started again.
    public func start(after delay: Duration, repeating interval: Duration? = nil) {
        guard !isCancelled else { return }
        // libuv counts from its cached time, which is old inside a long callback.
        uv_update_time(loop)
        uv_timer_start(timer, { handle in
            guard let handle else { return }
            let timer = LoopHandle.from(handle) as! LoopTimer
            timer.action?(timer)
        }, Self.millis(delay), interval.map { max(1, Self.millis($0)) } ?? 0)
    }

    public func stop() {
        guard !isCancelled else { return }
        uv_timer_stop(timer)
    }

    public var isActive: Bool { !isCancelled && uv_is_active(memory.assumingMemoryBound(to: uv_handle_t.self)) != 0 }

    override func release() { action = nil }

    /// One more than the rest of division asks for: libuv's clock is itself cut to whole milliseconds.
    static func millis(_ duration: Duration) -> UInt64 {
        guard duration > .zero else { return 0 }
        let (seconds, attoseconds) = duration.components
        let (millis, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
        if overflow { return UInt64.max / 2 }
        return millis + UInt64(attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000 + 1
    }
}
