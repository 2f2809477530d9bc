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

    init(_ context: WorkerContext) throws { links = ExecutorLinks(context, source: PoolSource(), checker: PoolProofChecker()) }

    func start() throws { links.start() }
    func filter(_ message: RingMessage, from link: InputLink) -> Bool { links.filter(message) }
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { links.handle(message, payload, link) }
    func producerRestarted(_ link: InputLink) { links.producerRestarted(link) }
    var hasWork: Bool { links.hasWork }
    func afterCredit() { links.turn() }
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
    private var measurement: PoolMeasurement?
    private var chain: PoolChain?
    private var proofs: PoolProofs?

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
        guard let pool = PoolLinks(context, dataDirectory: plan.directory, options: options) else { throw WorkerFailure("no link to executors", isPermanent: true) }
        self.pool = pool
        if plan.task == .measure || plan.task == .count { measurement = PoolMeasurement(plan) }
        if plan.task == .check { chain = try PoolChain() }
        if plan.task == .proofs { proofs = PoolProofs(pool.host.proofs, count: plan.blocks) }
    }

    func start() throws {}
    func filter(_ message: RingMessage, from link: InputLink) -> Bool { pool.filter(message) }
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { pool.handle(message, payload, link) }
    func creditsReturned(_ link: OutputLink) { pool.creditsReturned(link) }

    private var active: [(index: Int, region: WorkerRegion)] {
        context.peers.filter { $0.kind == "executor" && $0.region.state == .running }.map { ($0.index, $0.region) }
    }

    func afterCredit() {
        if let proofs {
            kills(inHundred: plan.kills)
            if proofs.turn() { end() }
        } else if !isBusy, number < plan.blocks, pool.host.executorCount > 0, measurement == nil || pool.host.executorCount == context.peers.count(where: { $0.kind == "executor" && $0.region.processID != 0 }) {
            begin()
        }
        if isBusy, plan.task == .check { kills(inHundred: number % 100 < plan.kills ? 100 : 0) }
        pool.turn()
    }

    private func kills(inHundred chance: UInt64) {
        guard random.next() % 4000 < chance, let victim = active.randomElement() else { return }
        kill(pid_t(victim.region.processID), SIGKILL)
        deaths += 1
    }

    func housekeeping(now: UInt64) {
        pool.housekeeping()
        if proofs != nil || !isBusy && number < plan.blocks { context.wake() }
    }

    private func begin() {
        isBusy = true
        if measurement != nil { return measure() }
        let block: PoolBlock
        if plan.task == .check {
            var mix = PoolBlock.Mix()
            mix.count = 1 + Int(random.next() % 40)
            mix.conflicts = [0, 10, 50, 100][Int(random.next() % 4)]
            mix.hotSlots = 1 + random.next() % 3
            mix.faults = random.next() % 4 != 0
            mix.iterations = 1...400
            block = PoolBlock(seed: plan.seed &* 1_000_003 &+ number, mix)
        } else {
            var mix = PoolBlock.Mix()
            mix.count = 6
            var poisoned = PoolBlock(seed: 1, mix)
            poisoned.append(PoolBlock.reading(PoolBlock.deadlySlot, nullifier: 70_001))
            poisoned.append(PoolBlock.reading(PoolBlock.endlessSlot, nullifier: 70_002))
            poisoned.append(PoolBlock.reading(77, nullifier: 70_003))
            block = poisoned
        }
        var request = block.request
        if plan.task == .poison { request.txLimitNanos = 500_000_000 }
        start(request, block.poolTxs) { [unowned self] outcome, _ in
            if plan.task == .poison { judgePoison(outcome, block) } else { compare(block, outcome) }
        }
    }

    private func start(_ request: PoolRequest, _ txs: [PoolTx], _ judge: @escaping (BlockOutcome, BlockScheduler.Counts) -> Void) {
        let session = pool.host.begin(request) { [unowned self] outcome, counts in
            judge(outcome, counts)
            number += 1
            isBusy = false
            if number == plan.blocks { end() } else { context.wake() }
        }
        pool.host.offer(txs, to: session)
        pool.host.complete(session)
    }

    private func judgePoison(_ outcome: BlockOutcome, _ block: PoolBlock) {
        let reasons = outcome.failed.map { "\($0.index): \($0.reason)" }
        print("committed \(outcome.committed.map(\.index)), failed \(reasons)")
        let isRight = outcome.committed.map(\.index) == [0, 1, 2, 3, 4, 5, 8] && outcome.failed.map(\.index) == [6, 7] && outcome.failed.allSatisfy { $0.reason.hasPrefix("Dropped: ") }
        if !isRight { wrong += 1 }
        do {
            let kept = try PoisonedFiles.names(plan.directory).map { try PoisonedFiles.read(PoisonedFiles.path(plan.directory) + "/" + $0) }.sorted { $0.index < $1.index }
            print("kept \(kept.map { "\($0.index): \($0.reason)" })")
            let isKept = kept.map(\.index) == [6, 7] && kept.allSatisfy { $0.tx.hash() == block.txs[$0.index].hash() && $0.globals == block.request.globals && $0.position == 6 }
            if !isKept { wrong += 1 }
        } catch {
            print("a kept transaction cannot be read: \(error)")
            wrong += 1
        }
    }

    private func compare(_ block: PoolBlock, _ outcome: BlockOutcome) {
        let expected = block.sequential()
        var isSame = outcome.digest == expected.digest
        do {
            guard let chain else { preconditionFailure("no trees") }
            if try chain.seal(outcome) != chain.seal(expected) { isSame = false }
        } catch {
            print("block \(number) cannot be sealed: \(error)")
            isSame = false
        }
        guard !isSame else { return }
        wrong += 1
        print("block \(number) differs from sequential execution")
    }

    private func measure() {
        let place = Int(number) % measurement!.prepared.count
        let block = measurement!.prepared[place]
        let expected = plan.task == .count ? [] : measurement!.sequential(place)
        let cpu = poolCPU, begun = PoolLinks.now()
        start(block.block.request, block.txs) { [unowned self] outcome, counts in
            let nanos = PoolLinks.now() - begun
            guard plan.task == .measure else { return }
            // The first round warms caches up.
            if number >= measurement!.prepared.count { measurement!.parallel(.init(nanos: nanos, cpu: poolCPU - cpu), runs: counts.runs, transactions: block.txs.count) }
            if outcome.digest != expected {
                wrong += 1
                print("block \(number) differs from sequential execution")
            }
        }
    }

    /// Processor time of host, supervisor and executors.
    private var poolCPU: UInt64 {
        let others = context.peers.filter { $0.kind == "executor" }.map { pid_t($0.region.processID) } + [getppid()]
        return others.reduce(ProcessClock.own) { $0 + (ProcessClock.of($1) ?? 0) }
    }

    private func end() {
        switch plan.task {
        case .check: print("\(number) blocks, \(deaths) executors killed, \(wrong) blocks differ")
        case .poison: print(wrong == 0 ? "poisoned transactions were dropped and kept, the rest committed" : "WRONG")
        case .measure: print(measurement!.line(executors: pool.host.executorCount))
        case .count: break
        case .proofs:
            print("\(proofs!.line), \(deaths) executors killed")
            wrong += proofs!.wrong
        }
        fflush(nil)
        chain = nil
        exit(wrong == 0 ? 0 : 1)
    }

    func shutdown(_ finished: @escaping () -> Void) { finished() }
}
