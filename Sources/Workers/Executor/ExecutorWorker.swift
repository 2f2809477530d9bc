import Archive
import CLinux
import Configuration
import Diagnostics
import ExecutionPool
import Glibc
import IPC
import Messages
import Storage
import WorldState

/// Executes public transactions for whoever builds or checks a block («architecture §4»).
///
/// Links: in `<host>_executor` (blocks, commit log, jobs), out `executor_<host>` (results), for every kind of host there is.
/// State: none that is kept. Reads the chain database as a RocksDB secondary, opened when the first block comes. On
/// overload: nothing is dropped, hosts give at most two jobs at a time. A restart says hello; hosts begin their blocks anew
/// for it and hand its jobs to others.
///
/// This thread reads the rings and watches; transactions run on a thread of their own (`ExecutorThread`), so that a long
/// one holds no ring up. One that does not even stop when it is asked to ends the process.
final class ExecutorWorker: Worker {
    private static let graceNanos: UInt64 = 1_000_000_000
    private static let followNanos: UInt64 = 5_000_000_000
    /// A transaction of any size the protocol allows, or a commit entry.
    private static let messageLimit = 16 << 20

    private let context: WorkerContext
    private let log = Logger("executor")
    private let thread: ExecutorThread
    private var assemblers: [MessageAssembler]
    private var senders: [MessageSender?]
    private var finished: (() -> Void)?
    private var lastFollow: UInt64 = 0

    init(_ context: WorkerContext) throws {
        _ = ql_limit_arenas(2)
        self.context = context
        let configuration = try ResolvedConfiguration(serialized: context.configuration)
        guard let directory = configuration.dataDirectory else { throw WorkerFailure("no data directory in the configuration", isPermanent: true) }
        if configuration.pinsExecutors { Self.pin(context.index, reserved: configuration.reservedCores) }
        assemblers = context.inputs.map { _ in MessageAssembler(limit: Self.messageLimit) }
        senders = context.inputs.map { link in Self.answerLink(link.name, context).map { MessageSender($0) } }
        let scratch = directory + "/readers/executor-\(context.index)"
        nonisolated(unsafe) let context = context
        thread = ExecutorThread(
            index: context.index, makeSource: { StoredSource { try Self.open(directory, scratch: scratch) } }, answered: { context.wake() })
    }

    /// Cores from the first that is not reserved on, one each.
    private static func pin(_ index: Int, reserved: Int?) {
        let cores = Int(ql_allowed_cores())
        guard cores > 1 else { return }
        let first = min(cores - 1, reserved ?? (cores > 4 ? 2 : 1))
        _ = ql_pin_to_core(ql_allowed_core(Int32(first + index % (cores - first))))
    }

    private static func open(_ directory: String, scratch: String) throws -> Database {
        guard DataDirectory.hasChainDatabase(directory) else { throw WorkerFailure("the archiver has not made it yet") }
        try DataDirectory.create(scratch)
        return try Database(
            DataDirectory.chainDatabase(directory), mode: .secondary(scratch: scratch), columnFamilies: ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState)
    }

    /// `executor_<host>` of this worker for a link `<host>_executor`, and the index of the host behind it.
    private static func answerLink(_ input: String, _ context: WorkerContext) -> OutputLink? {
        let host = input.prefix { $0 != "_" }
        return context.outputs.first { $0.name.prefix { $0 != "." } == "executor_\(host)" }
    }

    private static func hostIndex(_ link: InputLink) -> UInt16 {
        link.name.firstIndex(of: ".").flatMap { UInt16(link.name[link.name.index(after: $0)...]) } ?? 0
    }

    func start() throws {
        for number in senders.indices { greet(number) }
    }

    private func greet(_ number: Int) {
        let presence = ExecutorPresence(generation: context.generation, executor: UInt32(context.index))
        senders[number]?.send(.hello, to: ExecutorSignature(target: Self.hostIndex(context.inputs[number]), session: 0), presence.payload)
    }

    private func number(of link: InputLink) -> Int? { context.inputs.firstIndex { $0 === link } }

    func filter(_ message: RingMessage, from link: InputLink) -> Bool { ExecutorSignature(message.signature).isFor(context.index) }

    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) {
        guard let number = number(of: link) else { return }
        switch assemblers[number].take(message, payload) {
        case .partial: break
        case .dropped: link.countMalformed()
        case .whole(let kind, _, let body): thread.post(link: number, kind: kind, body)
        }
    }

    func producerRestarted(_ link: InputLink) {
        guard let number = number(of: link) else { return }
        thread.forget(link: number)
        greet(number)
    }

    var hasWork: Bool { thread.hasAnswers }

    func afterCredit() {
        for answer in thread.takeAnswers() {
            let signature = ExecutorSignature(target: Self.hostIndex(context.inputs[answer.link]), session: answer.session)
            senders[answer.link]?.send(answer.kind, to: signature, answer.body)
        }
    }

    func creditsReturned(_ link: OutputLink) {
        for sender in senders { sender?.flush() }
    }

    func housekeeping(now: UInt64) {
        if let job = thread.overdue(now: now, grace: Self.graceNanos) {
            log.fatal("transaction \(job.index) of session \(job.session) does not end; this process does", ["limit_ms": .integer(Int64(clamping: job.limitNanos / 1_000_000))])
            region(note: "a transaction did not end within its time")
            _exit(WorkerExit.retry)
        }
        if let finished {
            if !thread.isRunning { finished() }
        } else if now &- lastFollow >= Self.followNanos {
            lastFollow = now
            thread.idle()
        }
    }

    private func region(note: String) { context.note(note) }

    func writeMetrics(_ region: WorkerRegion) {
        let figures = thread.figures
        region.set(.executorRuns, figures.runs)
        region.set(.executorFailures, figures.failures)
        region.set(.executorReverts, figures.reverts)
        region.set(.executorInstructions, figures.instructions)
        region.set(.executorGas, figures.gas)
        region.set(.executorBusy, figures.nanoseconds / 1000)
    }

    func shutdown(_ finished: @escaping () -> Void) {
        let leaving = ExecutorPresence(generation: context.generation, executor: UInt32(context.index))
        for (number, sender) in senders.enumerated() {
            sender?.send(.leaving, to: ExecutorSignature(target: Self.hostIndex(context.inputs[number]), session: 0), leaving.payload)
        }
        thread.stop()
        self.finished = finished
    }
}
