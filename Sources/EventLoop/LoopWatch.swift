internal import CUV

/// What a descriptor is watched for, or is ready for.
public struct Readiness: OptionSet, Sendable, Hashable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: 1)
    public static let writable = Readiness(rawValue: 2)
    /// The peer closed its end.
    public static let disconnected = Readiness(rawValue: 4)
    /// Reported only: the descriptor is in error (it counts as readable and writable too, so that the owner's next call meets it).
    public static let failed = Readiness(rawValue: 128)
}

extension EventLoop {
    /// Calls `action` whenever `descriptor` is ready (level-triggered). One watch per descriptor: change it with `update`.
    @discardableResult
    public func watch(_ descriptor: Int32, for interest: Readiness, _ action: @escaping (Readiness) -> Void) throws(EventLoopError) -> LoopWatch {
        let watch = LoopWatch(action)
        try EventLoopError.check(uv_poll_init(raw, watch.memory.assumingMemoryBound(to: uv_poll_t.self), descriptor), "watching descriptor \(descriptor)")
        watch.adopt()
        do throws(EventLoopError) {
            try watch.update(interest)
        } catch {
            watch.cancel()
            throw error
        }
        return watch
    }
}

/// Readiness of one descriptor, which stays the caller's: cancel before closing it.
public final class LoopWatch: LoopHandle {
    private var action: ((Readiness) -> Void)?

    init(_ action: @escaping (Readiness) -> Void) {
        self.action = action
        super.init(kind: UV_POLL)
    }

    /// Watches for something else from now on; an empty set pauses.
    public func update(_ interest: Readiness) throws(EventLoopError) {
        guard !isCancelled else { return }
        let poll = memory.assumingMemoryBound(to: uv_poll_t.self)
        let events = Int32(interest.rawValue & 7)  // UV_READABLE 1, UV_WRITABLE 2, UV_DISCONNECT 4
        if events == 0 {
            try EventLoopError.check(uv_poll_stop(poll), "uv_poll_stop")
            return
        }
        try EventLoopError.check(uv_poll_start(poll, events) { handle, status, events in
            guard let handle else { return }
            let watch = LoopHandle.from(handle) as! LoopWatch
            watch.action?(status < 0 ? [.failed, .readable, .writable] : Readiness(rawValue: UInt8(events & 7)))
        }, "uv_poll_start")
    }

    override func release() { action = nil }
}
