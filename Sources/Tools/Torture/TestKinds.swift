import EventLoop
import Glibc
import IPC

/// Workers for the supervisor's tests. The configuration's bytes are the path of a directory where they leave traces.
let testKinds: [WorkerKind] = [
    WorkerKind("steady", SteadyWorker.self), WorkerKind("spinner", SteadyWorker.self, .polling(.spinThenSleep(polls: 100))),
    WorkerKind("talker", TalkerWorker.self), WorkerKind("crasher", CrasherWorker.self), WorkerKind("hanger", HangerWorker.self),
    WorkerKind("refuser", RefuserWorker.self), WorkerKind("stubborn", StubbornWorker.self),
]

func leaveTrace(_ context: WorkerContext, _ name: String, _ text: String) {
    let path = String(decoding: context.configuration, as: UTF8.self) + "/" + name
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    let bytes = Array((text + "\n").utf8)
    _ = write(file, bytes, bytes.count)
    close(file)
}

/// Counts what it hears; lists its descriptors and environment once.
final class SteadyWorker: Worker {
    private let context: WorkerContext
    private var heard: UInt64 = 0

    init(_ context: WorkerContext) throws {
        self.context = context
        var open: [Int32] = []
        for descriptor in 0..<256 as Range<Int32> where fcntl(descriptor, F_GETFD) != -1 { open.append(descriptor) }
        leaveTrace(context, "\(context.kind).\(context.index)", "pid \(getpid()) descriptors \(open.count) last \(open.last ?? -1) environment \(environ[0] == nil ? 0 : 1) generation \(context.generation)")
    }

    func start() throws {}
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { heard += 1 }
    func writeMetrics(_ region: WorkerRegion) { region.setMetric(0, heard) }
    func shutdown(_ finished: @escaping () -> Void) {
        leaveTrace(context, "stops", "\(context.kind).\(context.index)")
        finished()
    }
}

/// Sends a message every millisecond.
final class TalkerWorker: Worker {
    private let context: WorkerContext

    init(_ context: WorkerContext) throws { self.context = context }

    func start() throws {
        let output = context.outputs[0]
        context.loop.every(.milliseconds(1)) { output.send([1, 2, 3, 4], kind: 1) }
    }
    func shutdown(_ finished: @escaping () -> Void) {
        leaveTrace(context, "stops", "\(context.kind).\(context.index)")
        finished()
    }
}

/// Dies soon after its start.
final class CrasherWorker: Worker {
    private let context: WorkerContext
    init(_ context: WorkerContext) throws { self.context = context }
    func start() throws { context.loop.after(.milliseconds(5)) { [context] in context.fail(WorkerFailure("the test wants it so")) } }
}

/// Runs, then never comes back to its loop.
final class HangerWorker: Worker {
    private let context: WorkerContext
    init(_ context: WorkerContext) throws { self.context = context }
    func start() throws {
        guard context.generation == 1 else { return }
        context.loop.after(.milliseconds(200)) { while true { pause() } }
    }
}

/// Cannot work at all.
final class RefuserWorker: Worker {
    init(_ context: WorkerContext) throws { throw WorkerFailure("the data directory belongs to another rollup", isPermanent: true) }
    func start() throws {}
}

/// Never finishes its shutdown.
final class StubbornWorker: Worker {
    init(_ context: WorkerContext) throws {}
    func start() throws {}
    func shutdown(_ finished: @escaping () -> Void) {}
}
