import Archive
import CLinux
import Configuration
import Diagnostics
import ExecutionPool
import Glibc
import IPC
import Messages
import PublicExecution
import Storage
import WorldState

/// Executes public transactions for whoever builds or checks a block («architecture §4»).
///
/// Links: in `<host>_executor` (blocks, commit log, jobs), out `executor_<host>` (results), for every kind of host there is.
/// State: none that is kept. Reads the chain database as a RocksDB secondary, opened when the first block comes. On
/// overload: nothing is dropped, hosts give a few jobs at a time only. A restart says hello; hosts begin their blocks anew
/// for it and hand its jobs to others.
///
/// One thread reads the rings and executes, so that a busy executor needs no wake-ups; during a long transaction the rings
/// are looked at every few milliseconds. One that does not even stop when it is asked to ends the process (`Watchdog`).
final class ExecutorWorker: Worker {
    private let context: WorkerContext
    private let links: ExecutorLinks

    init(_ context: WorkerContext) throws {
        _ = ql_limit_arenas(2)
        self.context = context
        let configuration = try ResolvedConfiguration(serialized: context.configuration)
        guard let directory = configuration.dataDirectory else { throw WorkerFailure("no data directory in the configuration", isPermanent: true) }
        if configuration.pinsExecutors { Self.pin(context.index, reserved: configuration.reservedCores) }
        let scratch = directory + "/readers/\(context.inputs.contains { $0.name == "reexecutor_executor" } ? "reexecutor" : "executor")-\(context.index)"
        links = ExecutorLinks(context, source: StoredSource { try Self.open(directory, scratch: scratch) }, setupAllowList: try configuration.setupAllowList())
    }

    /// Cores from the first that is not reserved on, one each; more executors than cores share them.
    private static func pin(_ index: Int, reserved: Int?) {
        let cores = Int(ql_allowed_cores())
        guard cores > 1 else { return }
        let first = min(cores - 1, reserved ?? (cores > 4 ? 2 : 1))
        let core = ql_allowed_core(Int32(first + index % (cores - first)))
        let code = ql_pin_to_core(core)
        if code < 0 { Logger("executor").warn("not tied to a core", ["core": LogValue(Int(core)), "reason": .string(String(cString: strerror(-code)))]) }
    }

    private static func open(_ directory: String, scratch: String) throws -> Database {
        guard DataDirectory.hasChainDatabase(directory) else { throw WorkerFailure("the archiver has not made it yet") }
        try DataDirectory.create(scratch)
        return try Database(
            DataDirectory.chainDatabase(directory), mode: .secondary(scratch: scratch), columnFamilies: ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState)
    }

    func start() throws { links.start() }
    func filter(_ message: RingMessage, from link: InputLink) -> Bool { links.filter(message) }
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { links.handle(message, payload, link) }
    func producerRestarted(_ link: InputLink) { links.producerRestarted(link) }
    var hasWork: Bool { links.hasWork }
    func afterCredit() { links.turn() }
    func creditsReturned(_ link: OutputLink) { links.creditsReturned() }
    func housekeeping(now: UInt64) { links.housekeeping(now: now) }
    func shutdown(_ finished: @escaping () -> Void) { links.shutdown(finished) }

    func writeMetrics(_ region: WorkerRegion) {
        let figures = links.figures
        region.set(.executorRuns, figures.runs)
        region.set(.executorFailures, figures.failures)
        region.set(.executorReverts, figures.reverts)
        region.set(.executorInstructions, figures.instructions)
        region.set(.executorGas, figures.gas)
        region.set(.executorBusy, figures.nanoseconds / 1000)
        for (place, of) in figures.classes.enumerated() {
            region.set(.executorClassRuns, at: place, of.runs)
            region.set(.executorClassReruns, at: place, of.reruns)
            region.set(.executorClassTime, at: place, of.nanoseconds / 1000)
            region.set(.executorClassGas, at: place, of.gas)
        }
        for (operation, count) in figures.operations.prefix(MetricsSchema.operations.count).enumerated() { region.set(.executorOperations, at: operation, count) }
    }
}
