import ExecutionPool
import Field
import Glibc
import IPC
import PoolKit
import Protocol
import PublicExecution

let poolKinds: [WorkerKind] = [
    WorkerKind("executor", ToolExecutor.self, .polling(.spinThenSleep(polls: 0))), WorkerKind("reexecutor", ToolHost.self, .polling(.spinThenSleep(polls: 0))),
]

/// An executor over the state in memory.
final class ToolExecutor: Worker {
    private let links: ExecutorLinks

    init(_ context: WorkerContext) throws { links = ExecutorLinks(context) { PoolSource() } }

    func start() throws { links.start() }
    func filter(_ message: RingMessage, from link: InputLink) -> Bool { links.filter(message) }
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { links.handle(message, payload, link) }
    func producerRestarted(_ link: InputLink) { links.producerRestarted(link) }
    var hasWork: Bool { links.hasWork }
    func afterCredit() { links.sendAnswers() }
    func creditsReturned(_ link: OutputLink) { links.creditsReturned() }
    func housekeeping(now: UInt64) { links.housekeeping(now: now) }
    func shutdown(_ finished: @escaping () -> Void) { links.shutdown(finished) }
}

/// Has block after block executed and compares with its own sequential execution.
final class ToolHost: Worker {
    private let context: WorkerContext
    private let plan: PoolPlan
    private var pool: PoolLinks!
    private var random: Draw
    private var number: UInt64 = 0
    private var isBusy = false
    private var wrong = 0
    private var deaths = 0
    private var begun: UInt64 = 0
    private var sequentialNanos: UInt64 = 0
    private var parallelNanos: UInt64 = 0
    private var sequentialCPU: UInt64 = 0
    private var runs = 0
    private var transactions = 0
    private var firstCPU: UInt64 = 0
    private var killedAt: [Int: UInt64] = [:]
    private var slowestReturn: UInt64 = 0

    struct Draw {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 20
        }
    }

    init(_ context: WorkerContext) throws {
        self.context = context
        guard let plan = PoolPlan(context.configuration) else { throw WorkerFailure("no plan", isPermanent: true) }
        self.plan = plan
        random = Draw(state: plan.seed)
        var options = BlockScheduler.Options()
        // Killings are many here, and nobody's fault.
        if plan.task == .check { options.strikeLimit = 1_000_000 }
        guard let pool = PoolLinks(context, dataDirectory: "/tmp", options: options) else { throw WorkerFailure("no link to executors", isPermanent: true) }
        self.pool = pool
    }

    func start() throws {}
    func filter(_ message: RingMessage, from link: InputLink) -> Bool { pool.filter(message) }
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { pool.handle(message, payload, link) }
    func creditsReturned(_ link: OutputLink) { pool.creditsReturned(link) }

    private var active: [(index: Int, region: WorkerRegion)] {
        context.peers.filter { $0.kind == "executor" && $0.region.state == .running }.map { ($0.index, $0.region) }
    }

    func afterCredit() {
        if !isBusy, number < plan.blocks, pool.host.executorCount > 0, plan.task != .measure || pool.host.executorCount == context.peers.count(where: { $0.kind == "executor" && $0.region.processID != 0 }) {
            begin()
        }
        if isBusy, plan.task == .check, number % 100 < plan.kills, random.next() % 40 == 0, let victim = active.randomElement() {
            kill(pid_t(victim.region.processID), SIGKILL)
            deaths += 1
        }
        pool.turn()
    }

    func housekeeping(now: UInt64) {
        pool.housekeeping()
        if !isBusy, number < plan.blocks { context.wake() }
    }

    private func begin() {
        isBusy = true
        let block: PoolBlock
        switch plan.task {
        case .check:
            var mix = PoolBlock.Mix()
            mix.count = 1 + Int(random.next() % 40)
            mix.conflicts = [0, 10, 50, 100][Int(random.next() % 4)]
            mix.hotSlots = 1 + random.next() % 3
            mix.faults = random.next() % 4 != 0
            mix.iterations = 1...400
            block = PoolBlock(seed: plan.seed &* 1_000_003 &+ number, mix)
        case .measure:
            var mix = PoolBlock.Mix()
            mix.conflicts = Int(plan.conflicts)
            // About as much as a token transfer takes on a cold base.
            mix.iterations = 9000...11_000
            block = PoolBlock(seed: plan.seed &+ number, mix)
        case .poison:
            var mix = PoolBlock.Mix()
            mix.count = 6
            var poisoned = PoolBlock(seed: 1, mix)
            poisoned.append(PoolBlock.reading(PoolBlock.deadlySlot, nullifier: 70_001))
            poisoned.append(PoolBlock.reading(PoolBlock.endlessSlot, nullifier: 70_002))
            poisoned.append(PoolBlock.reading(77, nullifier: 70_003))
            block = poisoned
        }
        let expected = plan.task == .poison ? [] : timed { block.sequential().digest }
        let cpu = executorsCPU
        if number == 1 { firstCPU = cpu }
        var request = block.request
        if plan.task == .poison { request.txLimitNanos = 500_000_000 }
        // Transactions are in this form long before a block is made of them.
        let txs = block.poolTxs
        begun = PoolLinks.now()
        let session = pool.host.begin(request) { [unowned self] outcome, counts in finished(block, expected, outcome, counts) }
        pool.host.offer(txs, to: session)
        pool.host.complete(session)
    }

    private func timed(_ body: () -> [String]) -> [String] {
        let start = PoolLinks.now()
        let result = body()
        // The first block warms caches up.
        if number > 0 { sequentialNanos += PoolLinks.now() - start }
        return result
    }

    /// Processor time of all executors, as they last wrote it down.
    private var executorsCPU: UInt64 { context.peers.filter { $0.kind == "executor" }.reduce(0) { $0 + $1.region.cpuNanos } }

    private func finished(_ block: PoolBlock, _ expected: [String], _ outcome: BlockOutcome, _ counts: BlockScheduler.Counts) {
        if number > 0 {
            parallelNanos += PoolLinks.now() - begun
            runs += counts.runs
            transactions += block.txs.count
        }
        if plan.task == .poison {
            let reasons = outcome.failed.map { "\($0.index): \($0.reason)" }
            print("committed \(outcome.committed.map(\.index)), failed \(reasons)")
            let isRight = outcome.committed.map(\.index) == [0, 1, 2, 3, 4, 5, 8] && outcome.failed.map(\.index) == [6, 7] && outcome.failed.allSatisfy { $0.reason.hasPrefix("Dropped: ") }
            if !isRight { wrong += 1 }
        } else if outcome.digest != expected {
            wrong += 1
            print("block \(number) differs from sequential execution")
        }
        number += 1
        isBusy = false
        if number == plan.blocks { end() } else { context.wake() }
    }

    private func end() {
        switch plan.task {
        case .check: print("\(number) blocks, \(deaths) executors killed, \(wrong) blocks differ")
        case .poison: print(wrong == 0 ? "poisoned transactions were dropped, the rest committed" : "WRONG")
        case .measure:
            let blocks = Double(max(1, plan.blocks - 1)) * 1e6
            let sequential = Double(sequentialNanos) / blocks, parallel = Double(parallelNanos) / blocks
            func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
            let executors = pool.host.executorCount
            print("\(plan.conflicts) %  \(executors)  \(text(sequential))  \(text(parallel))  \(text(sequential / parallel))  \(text(Double(runs) / Double(max(1, transactions))))  \(text(Double(executorsCPU - firstCPU) / Double(max(1, sequentialNanos))))")
        }
        fflush(nil)
        exit(wrong == 0 ? 0 : 1)
    }

    func shutdown(_ finished: @escaping () -> Void) { finished() }
}
