import CLinux
import Glibc
public import IPC
import Messages
public import PublicExecution

/// An `ExecutorLoop` on the links of a worker: hand it what the driver hands the worker.
public final class ExecutorLinks {
    private static let followNanos: UInt64 = 5_000_000_000
    /// A transaction of any size the protocol allows, or a commit entry.
    private static let messageLimit = 16 << 20

    private var loop: ExecutorLoop!
    private let context: WorkerContext
    private var assemblers: [MessageAssembler]
    private var senders: [MessageSender?]
    private var lastFollow: UInt64 = 0
    /// An answer lies in a ring and its host was not woken.
    private var sleepers: Set<Int> = []

    public init(_ context: WorkerContext, source: any BaseSource, setupAllowList: SetupAllowList = .default, checker: any ProofChecker = NoProofChecker()) {
        self.context = context
        assemblers = context.inputs.map { _ in MessageAssembler(limit: Self.messageLimit) }
        senders = context.inputs.map { link in Self.answerLink(link.name, context).map { MessageSender($0) } }
        nonisolated(unsafe) let context = context
        loop = ExecutorLoop(index: context.index, source: source, setupAllowList: setupAllowList, checker: checker, lookAround: { [unowned self] in lookAround() }, overdue: { job in
            let what = job.index == ExecutorEngine.Running.proof ? "verifying proof \(job.session)" : "transaction \(job.index) of session \(job.session)"
            context.note("\(what) did not end within \(job.limitNanos / 1_000_000) ms, nor when told to")
            _exit(WorkerExit.retry)
        })
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
        case .whole(let kind, _, let body): loop.post(link: number, kind: kind, body)
        }
    }

    public func producerRestarted(_ link: InputLink) {
        guard let number = number(of: link) else { return }
        loop.forget(link: number)
        greet(number)
    }

    public var hasWork: Bool { loop.hasWork }
    public var figures: ExecutorFigures { loop.figures }

    /// Once a turn: one job.
    public func turn() {
        let malformed = loop.malformed
        if let answer = loop.turn() {
            let signature = ExecutorSignature(target: Self.hostIndex(context.inputs[answer.link]), session: answer.session)
            if answer.canWait { sleepers.insert(answer.link) } else { sleepers.remove(answer.link) }
            senders[answer.link]?.send(answer.kind, to: signature, answer.body, waking: answer.canWait ? .nobody : .everyone)
        }
        if loop.malformed != malformed { context.inputs.first?.countMalformed() }
        if !loop.hasWork { wakeSleepers() }
    }

    /// The job before was short; this one is not, so that hosts must not wait for it.
    private func lookAround() {
        wakeSleepers()
        context.takeMessages()
        if context.isStopRequested { loop.stop() }
    }

    private func wakeSleepers() {
        for link in sleepers { senders[link]?.wake() }
        sleepers.removeAll()
    }

    public func creditsReturned() {
        for sender in senders { sender?.flush() }
    }

    public func housekeeping(now: UInt64) {
        guard now &- lastFollow >= Self.followNanos else { return }
        lastFollow = now
        loop.idle()
    }

    public func shutdown(_ finished: @escaping () -> Void) {
        for number in senders.indices { tell(.leaving, number) }
        loop.stop()
        finished()
    }
}
