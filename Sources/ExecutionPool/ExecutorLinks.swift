import CLinux
import Glibc
public import IPC
import Messages

/// An `ExecutorThread` on the links of a worker: hand it what the driver hands the worker.
public final class ExecutorLinks {
    /// What a transaction gets beyond its time before the whole process ends.
    public static let graceNanos: UInt64 = 1_000_000_000
    private static let followNanos: UInt64 = 5_000_000_000
    /// A transaction of any size the protocol allows, or a commit entry.
    private static let messageLimit = 16 << 20

    public let thread: ExecutorThread
    private let context: WorkerContext
    private var assemblers: [MessageAssembler]
    private var senders: [MessageSender?]
    private var finished: (() -> Void)?
    private var lastFollow: UInt64 = 0

    public init(_ context: WorkerContext, makeSource: @escaping @Sendable () -> any BaseSource) {
        self.context = context
        assemblers = context.inputs.map { _ in MessageAssembler(limit: Self.messageLimit) }
        senders = context.inputs.map { link in Self.answerLink(link.name, context).map { MessageSender($0) } }
        nonisolated(unsafe) let context = context
        thread = ExecutorThread(index: context.index, makeSource: makeSource, answered: { context.wake() })
    }

    /// `executor_<host>` of this worker for a link `<host>_executor`.
    private static func answerLink(_ input: String, _ context: WorkerContext) -> OutputLink? {
        let host = input.prefix { $0 != "_" }
        return context.outputs.first { $0.name.prefix { $0 != "." } == "executor_\(host)" }
    }

    private static func hostIndex(_ link: InputLink) -> UInt16 {
        link.name.firstIndex(of: ".").flatMap { UInt16(link.name[link.name.index(after: $0)...]) } ?? 0
    }

    /// Says hello to every host.
    public func start() {
        for number in senders.indices { greet(number) }
    }

    private func greet(_ number: Int) { tell(.hello, number) }

    private func tell(_ kind: ExecutorMessageKind, _ number: Int) {
        let presence = ExecutorPresence(generation: context.generation, executor: UInt32(context.index))
        senders[number]?.send(kind, to: ExecutorSignature(target: Self.hostIndex(context.inputs[number]), session: 0), presence.payload)
    }

    private func number(of link: InputLink) -> Int? { context.inputs.firstIndex { $0 === link } }

    public func filter(_ message: RingMessage) -> Bool { ExecutorSignature(message.signature).isFor(context.index) }

    public func handle(_ message: RingMessage, _ payload: RawSpan, _ link: InputLink) {
        guard let number = number(of: link) else { return }
        switch assemblers[number].take(message, payload) {
        case .partial: break
        case .dropped: link.countMalformed()
        case .whole(let kind, _, let body): thread.post(link: number, kind: kind, body)
        }
    }

    public func producerRestarted(_ link: InputLink) {
        guard let number = number(of: link) else { return }
        thread.forget(link: number)
        greet(number)
    }

    public var hasWork: Bool { thread.hasAnswers }

    public func sendAnswers() {
        for answer in thread.takeAnswers() {
            let signature = ExecutorSignature(target: Self.hostIndex(context.inputs[answer.link]), session: answer.session)
            senders[answer.link]?.send(answer.kind, to: signature, answer.body)
        }
    }

    public func creditsReturned() {
        for sender in senders { sender?.flush() }
    }

    /// A transaction that does not even stop when it is asked to ends the process.
    public func housekeeping(now: UInt64) {
        if let job = thread.overdue(now: now, grace: Self.graceNanos) {
            context.note("transaction \(job.index) of session \(job.session) did not end within \(job.limitNanos / 1_000_000) ms, nor when told to")
            _exit(WorkerExit.retry)
        }
        if let finished {
            if !thread.isRunning { finished() }
        } else if now &- lastFollow >= Self.followNanos {
            lastFollow = now
            thread.idle()
        }
    }

    public func shutdown(_ finished: @escaping () -> Void) {
        for number in senders.indices { tell(.leaving, number) }
        thread.stop()
        self.finished = finished
    }
}
