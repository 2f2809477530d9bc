public import EventLoop
import Foundation
import L1

/// The one event loop of the test process, on a thread of its own: all test targets link into one program, and
/// `LoopActor` has one home.
public enum TestLoop {
    nonisolated(unsafe) public private(set) static var loop: EventLoop!
    private static let started: Void = {
        let ready = DispatchSemaphore(value: 0)
        let thread = Thread {
            do {
                let loop = try EventLoop()
                TestLoop.loop = loop
                try LoopActor.attach(to: loop)
                ready.signal()
                loop.run()
            } catch {
                fatalError("\(error)")
            }
        }
        thread.stackSize = 8 << 20
        thread.start()
        ready.wait()
    }()

    public static func start() { started }
}

/// Runs `body` on the loop's thread as a worker's tasks run.
public func onLoop<T: Sendable>(_ body: @escaping @LoopActor @Sendable (EventLoop) async throws -> T) async throws -> T {
    TestLoop.start()
    return try await withCheckedThrowingContinuation { continuation in
        LoopActor.start { @LoopActor in
            do { continuation.resume(returning: try await body(TestLoop.loop)) } catch { continuation.resume(throwing: error) }
        }
    }
}
