import CLinux
import Diagnostics
import EventLoop
import Glibc
import IPC
import Topology

public struct SupervisorSettings: Sendable {
    public var topology: Topology
    /// The resolved configuration without secrets.
    public var configuration: [UInt8]
    /// The same with one group of secrets each, for the kinds that need it (`KindDeclaration.secrets`).
    public var secretConfigurations: [String: [UInt8]]
    /// Program that is executed as `PROGRAM <kind> <index>`.
    public var workerProgram: String
    /// Kinds whose workers are another program.
    public var otherPrograms: [String: String] = [:]
    /// Where the descriptor file and the control socket are put.
    public var directory: String
    public var crashBudget: Int
    /// One line about the node for `aztec status`: network, version.
    public var title: String
    /// SIGHUP: counts by kind that the re-read configuration asks for, or why it cannot be used.
    public var reload: @Sendable () -> Result<[String: Int], TopologyError>

    public init(
        topology: Topology, configuration: [UInt8], secretConfigurations: [String: [UInt8]] = [:], workerProgram: String, directory: String, crashBudget: Int = 5, title: String = "",
        reload: @escaping @Sendable () -> Result<[String: Int], TopologyError> = { .success([:]) }
    ) {
        self.topology = topology
        self.configuration = configuration
        self.secretConfigurations = secretConfigurations
        self.workerProgram = workerProgram
        self.directory = directory
        self.crashBudget = crashBudget
        self.title = title
        self.reload = reload
    }
}

/// Starts the workers and keeps them running: one libuv loop, no threads, no domain code, nothing read from rings.
public final class Supervisor {
    let settings: SupervisorSettings
    let loop: EventLoop
    let memory: NodeMemory
    let boardFile: SharedFile
    let board: Board
    let log = Logger("supervisor")
    var topology: Topology
    var workers: [ManagedWorker] = []
    var control: ControlSocket?
    var watchTimer: LoopTimer?
    var progressTimer: LoopTimer?
    var stopStage: Int?
    var exitCode: Int32 = 0
    let startedAt = time(nil)
    private var boardIsStale = false

    /// Makes all shared memory. Starts nothing yet.
    public init(_ settings: SupervisorSettings) throws {
        self.settings = settings
        topology = settings.topology
        // What this process inherited is nobody's business below.
        ql_close_on_exec_from(3)
        loop = try EventLoop()
        memory = try NodeMemory(settings.topology, configuration: settings.configuration, secretConfigurations: settings.secretConfigurations)
        boardFile = try Board.create()
        board = try Board(boardFile.descriptor, writable: true)
        for worker in settings.topology.workers { workers.append(ManagedWorker(worker, memory.regions[worker.slot], budget: settings.crashBudget)) }
    }

    /// Runs the node until it is stopped; returns the exit code.
    public func run() throws -> Int32 {
        try loop.onSignal(SIGTERM) { [unowned self] in stop("SIGTERM") }
        try loop.onSignal(SIGINT) { [unowned self] in stop("SIGINT") }
        try loop.onSignal(SIGHUP) { [unowned self] in reload() }
        signal(SIGPIPE, SIG_IGN)
        control = try ControlSocket(loop, directory: settings.directory) { [unowned self] in answer($0) }
        publish()
        guard let ticks = NodeDescriptor.startTicks(of: getpid()) else { throw IPCError("reading /proc/self/stat: is /proc mounted?") }
        try NodeDescriptor(processID: getpid(), startTicks: ticks, layoutHash: Board.hash, board: boardFile.readOnlyDescriptor).write(to: settings.directory)
        watchTimer = loop.timer { [unowned self] _ in watch() }
        for worker in workers where worker.declaration.isActive { start(worker) }
        scheduleWatch()
        showProgress()
        loop.run()
        control?.close()
        unlink(settings.directory + "/" + NodeDescriptor.fileName)
        return exitCode
    }

    // MARK: Starting

    func start(_ worker: ManagedWorker) {
        guard stopStage == nil, worker.process == nil else { return }
        worker.restartTimer?.cancel()
        worker.restartTimer = nil
        worker.killReason = nil
        worker.generation += 1
        if worker.generation > 1 { worker.restarts += 1 }
        worker.region.reset(generation: worker.generation, now: EventLoop.monotonicNanos)
        worker.phase = .booting
        do {
            let given = try memory.attachment(slot: worker.declaration.slot, generation: worker.generation)
            let request = SpawnRequest(
                program: settings.otherPrograms[worker.kind.name] ?? settings.workerProgram, arguments: ["quetzal-worker", worker.kind.name, "\(worker.declaration.index)"], descriptors: given.descriptors)
            worker.process = try loop.spawn(request) { [unowned self, unowned worker] exit in exited(worker, exit) }
            log.verbose("worker \(worker.name) started", ["process": .integer(Int64(worker.process?.processID ?? 0))])
        } catch {
            worker.region.state = .dead
            died(worker, "could not be started: \(error)", hadBeenRunning: false)
        }
        scheduleWatch()
        publishSoon()
    }

    // MARK: Ending

    private func exited(_ worker: ManagedWorker, _ exit: ProcessExit) {
        let state = worker.region.state
        let hadBeenRunning = worker.region.runningNanos != 0
        worker.process = nil
        worker.killTimer?.cancel()
        worker.killTimer = nil
        worker.region.lastDeath = worker.killReason == nil && [.signal(Int(SIGKILL)), .signal(Int(SIGTERM)), .code(0)].contains(exit) ? .fromOutside : .ownFault
        worker.region.state = .dead
        defer { publishSoon() }
        let note = worker.region.note
        if worker.phase == .stopping {
            if exit != .code(0) { log.warn("worker \(worker.name) stopped badly: \(worker.killReason ?? "\(exit)")") }
            worker.phase = .inactive
            worker.lastExit = "stopped"
            worker.region.leaveInputs(worker.declaration.inputs.count)
            if stopStage != nil { advanceStop() }
            return
        }
        var how = worker.killReason ?? "\(exit)"
        // Leaving without being asked is a crash, also with code 0.
        if exit == .code(0) { how = "left without being asked" }
        if case .code = exit, !note.isEmpty { how += ": \(note)" }
        worker.lastExit = how
        if worker.kind.endsNode {
            if case .code(let code) = exit { exitCode = Int32(truncatingIfNeeded: code) } else { exitCode = 1 }
            worker.phase = .inactive
            stop("worker \(worker.name) is done")
            return
        }
        if exit == .code(Int(WorkerExit.permanent)) {
            giveUp(worker, note.isEmpty ? how : note)
            if worker.kind.isEssential {
                log.fatal("the node stops: \(note.isEmpty ? how : note)")
                exitCode = 1
                stop("worker \(worker.name) cannot work")
            }
            return
        }
        died(worker, how, hadBeenRunning: hadBeenRunning && state != .booting)
    }

    private func died(_ worker: ManagedWorker, _ how: String, hadBeenRunning: Bool) {
        worker.lastExit = how
        worker.diedNanos = EventLoop.monotonicNanos
        switch worker.policy.died(now: worker.diedNanos, hadBeenRunning: hadBeenRunning) {
        case .restart(let millis):
            log.warn("worker \(worker.name) died (\(how)); starting it again in \(millis) ms")
            worker.phase = .waiting
            worker.restartTimer = loop.after(.milliseconds(millis)) { [unowned self, unowned worker] in start(worker) }
        case .giveUp(let crashes):
            giveUp(worker, "\(crashes) deaths within a minute, the last: \(how)")
        }
        publishSoon()
    }

    private func giveUp(_ worker: ManagedWorker, _ reason: String) {
        worker.phase = .givenUp(reason: reason)
        // Whoever waited for its credits works on.
        worker.region.leaveInputs(worker.declaration.inputs.count)
        log.error("degraded: \(worker.kind.function) is off, worker \(worker.name) is given up: \(reason). `aztec scale` or SIGHUP tries again.")
        publishSoon()
    }

    // MARK: Watching

    /// Fast while somebody boots (so that «running» is seen at once), slow otherwise.
    func scheduleWatch() {
        let booting = workers.contains { $0.phase == .booting }
        watchTimer?.start(after: booting ? .milliseconds(5) : .milliseconds(250))
    }

    private func watch() {
        let now = EventLoop.monotonicNanos
        for worker in workers {
            guard let process = worker.process else { continue }
            if worker.phase == .booting, worker.region.state == .running { becameRunning(worker, now) }
            guard worker.phase == .booting || worker.phase == .running, worker.killReason == nil, now > worker.region.patienceNanos else { continue }
            let limit = worker.phase == .booting ? worker.kind.bootSeconds : worker.kind.heartbeatSeconds
            let since = worker.phase == .booting ? worker.region.startedNanos : worker.region.heartbeatNanos
            guard now > since, now - since > UInt64(limit) * 1_000_000_000 else { continue }
            worker.killReason = worker.phase == .booting ? "not running \(limit) s after its start" : "hung: no heartbeat for \(limit) s"
            log.error("worker \(worker.name) is \(worker.killReason ?? ""); killing it")
            process.signal(SIGKILL)
        }
        publishSoon()
        if stopStage == nil { scheduleWatch() }
    }

    private func becameRunning(_ worker: ManagedWorker, _ now: UInt64) {
        worker.phase = .running
        if worker.diedNanos > 0 {
            let running = worker.region.runningNanos
            worker.lastRestartMillis = running > worker.diedNanos ? Int((running - worker.diedNanos) / 1_000_000) : 0
            worker.worstRestartMillis = max(worker.worstRestartMillis, worker.lastRestartMillis)
            worker.diedNanos = 0
            log.info("worker \(worker.name) is running again", ["milliseconds": .integer(Int64(worker.lastRestartMillis)), "restarts": .integer(Int64(worker.restarts))])
        } else {
            log.verbose("worker \(worker.name) is running")
        }
        publishSoon()
    }

    // MARK: Saying

    var degraded: [String] {
        workers.compactMap { worker in
            guard case .givenUp(let reason) = worker.phase else { return nil }
            return "\(worker.kind.function) is off: worker \(worker.name): \(reason)"
        }
    }

    /// At most once a round of the loop.
    func publishSoon() {
        guard !boardIsStale else { return }
        boardIsStale = true
        loop.after(.zero) { [unowned self] in
            boardIsStale = false
            publish()
        }
    }

    private func publish() {
        var content = BoardContent()
        content.processID = getpid()
        content.startedAt = startedAt
        content.title = settings.title
        content.isStopping = stopStage != nil
        content.degraded = degraded
        for worker in workers {
            content.workers.append(BoardContent.Worker(
                kind: worker.kind.name, index: worker.declaration.index, isActive: worker.phase != .inactive, processID: worker.process?.processID ?? 0,
                restarts: worker.restarts, region: memory.regionFiles[worker.declaration.slot].readOnlyDescriptor, lastRestartMillis: worker.lastRestartMillis,
                worstRestartMillis: worker.worstRestartMillis, isGivenUp: worker.isGivenUp, lastExit: worker.lastExit, inputs: worker.declaration.inputs))
        }
        for (number, link) in topology.links.enumerated() {
            content.links.append(BoardContent.Link(
                name: link.name, shape: link.shape, ring: memory.rings[number].readOnlyDescriptor, producer: link.producer,
                consumers: link.consumers.map { .init(worker: $0.slot, input: $0.input, isReliable: $0.isReliable) }))
        }
        board.write(content)
    }
}
