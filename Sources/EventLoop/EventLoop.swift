internal import CUV

/// A libuv loop on one thread: timers, descriptor readiness, wake-ups from other threads, signals, child processes, TCP.
///
/// Not `Sendable`: the loop and all its handles belong to the thread that runs it. Only `LoopWake` may be used elsewhere.
/// Handles live until they are cancelled (or the loop goes away).
public final class EventLoop {
    let raw: UnsafeMutablePointer<uv_loop_t>
    private var sharedReadBuffer: UnsafeMutableRawBufferPointer?

    public init() throws(EventLoopError) {
        raw = .allocate(capacity: 1)
        let code = uv_loop_init(raw)
        if code < 0 {
            raw.deallocate()
            throw EventLoopError(operation: "uv_loop_init", code: code)
        }
        _ = ql_uv_measure_idle_time(raw)
    }

    deinit {
        uv_walk(raw, { handle, _ in
            guard let handle, handle.pointee.data != nil else { return }
            LoopHandle.from(handle).cancel()
        }, nil)
        while uv_run(raw, UV_RUN_DEFAULT) != 0 {}
        uv_loop_close(raw)
        raw.deallocate()
        sharedReadBuffer?.deallocate()
    }

    /// What all TCP streams of the loop read into, one after the other.
    var readBuffer: UnsafeMutableRawBufferPointer {
        if let sharedReadBuffer { return sharedReadBuffer }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: LoopTCPStream.readBufferBytes, alignment: 4096)
        sharedReadBuffer = buffer
        return buffer
    }

    /// Runs until `stop` or until no essential handle is left.
    public func run() { uv_run(raw, UV_RUN_DEFAULT) }

    /// Does what is due now without waiting. True while essential handles remain.
    @discardableResult
    public func poll() -> Bool { uv_run(raw, UV_RUN_NOWAIT) != 0 }

    /// Waits for one round of events. True while essential handles remain.
    @discardableResult
    public func runOnce() -> Bool { uv_run(raw, UV_RUN_ONCE) != 0 }

    /// Ends `run` after the current round of events. From the loop's thread.
    public func stop() { uv_stop(raw) }

    /// Nanoseconds that this loop has slept for want of events.
    public var idleNanos: UInt64 { uv_metrics_idle_time(raw) }

    /// Monotonic clock in nanoseconds (CLOCK_MONOTONIC, comparable between processes of one machine).
    public static var monotonicNanos: UInt64 { uv_hrtime() }
}
