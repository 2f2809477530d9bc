import EventLoop

extension LoopActor {
    /// Makes `loop`, run by the calling thread, the home of `LoopActor`, and starts `body` there with the loop.
    /// Once in a process. Returns at once; the work happens in `loop.run()`.
    public static func attach(to loop: EventLoop, _ body: @escaping @LoopActor (EventLoop) async -> Void = { _ in }) throws(EventLoopError) {
        let wake = try loop.wake { LoopExecutor.shared.drain() }
        LoopExecutor.shared.attach { wake.send() }
        // The loop and the actor's code share one thread from here on, which the compiler cannot see.
        nonisolated(unsafe) let loop = loop
        start { @LoopActor in await body(loop) }
    }
}
