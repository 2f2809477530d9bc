internal import CUV

extension EventLoop {
    /// Runs `action` when the process gets the signal; the signal's default effect is off meanwhile.
    @discardableResult
    public func onSignal(_ number: Int32, _ action: @escaping () -> Void) throws(EventLoopError) -> LoopSignal {
        let signal = LoopSignal(action)
        let handle = signal.memory.assumingMemoryBound(to: uv_signal_t.self)
        try EventLoopError.check(uv_signal_init(raw, handle), "uv_signal_init")
        signal.adopt()
        let code = uv_signal_start(handle, { handle, _ in
            guard let handle else { return }
            (LoopHandle.from(handle) as! LoopSignal).action?()
        }, number)
        if code < 0 {
            signal.cancel()
            throw EventLoopError(operation: "catching signal \(number)", code: code)
        }
        return signal
    }
}

public final class LoopSignal: LoopHandle {
    var action: (() -> Void)?

    init(_ action: @escaping () -> Void) {
        self.action = action
        super.init(kind: UV_SIGNAL)
    }

    override func release() { action = nil }
}
