import FieldKit
import PublicExecution

/// Executors in virtual time: they take as long as their transactions say, learn of commits late, die at random.
struct VirtualPool {
    struct Options {
        var executors = 2
        /// Per cent of steps after which one dies (and comes back).
        var deaths = 0
        var learnsLate = false
        var mayRetire = false
        /// Virtual time limit of a transaction.
        var limitMillis: UInt64 = 50
    }

    private struct Executor {
        var queue: [BlockScheduler.Job] = []
        var known = 0
        /// When the first of the queue ends, and what it runs on.
        var running: (end: UInt64, version: Int, onto: [BlockScheduler.Run], state: ToyBlock.State)?
        /// What its runs change, by transaction.
        var own: [Int: (attempt: Int, diff: TxDiff)] = [:]
        /// Not there before that time.
        var backAt: UInt64?
    }

    let block: ToyBlock
    var options: Options
    private var executors: [Int: Executor] = [:]
    private var states = [ToyBlock.State()]
    private var committed: [Int] = []
    private(set) var scheduler: BlockScheduler
    private(set) var time: UInt64 = 0

    init(
        _ block: ToyBlock, _ options: Options, schedulerOptions: BlockScheduler.Options = .init(), learned: BlockScheduler.Learned = .init(), names: (Int) -> [UInt64] = { _ in [] }
    ) {
        self.block = block
        self.options = options
        scheduler = BlockScheduler(limits: block.limits, options: schedulerOptions, learned: learned)
        for index in block.txs.indices {
            var offer = block.offer(index)
            offer.names = names(index).sorted()
            scheduler.offer(offer)
        }
        scheduler.complete()
        for number in 0..<options.executors {
            executors[number] = Executor()
            scheduler.addExecutor(number)
        }
    }

    mutating func run(using generator: inout some RandomNumberGenerator) -> BlockOutcome {
        var outcome = BlockOutcome()
        while true {
            for event in scheduler.advance() {
                if case .committed(let run, _, let tx) = event {
                    committed.append(run.index)
                    var state = states[states.count - 1]
                    state.commit(tx.diff)
                    states.append(state)
                }
                act(event)
                if outcome.take(event) { return outcome }
            }
            for event in scheduler.assign() { act(event) }
            begin(&generator)
            step(&generator)
        }
    }

    private mutating func act(_ event: BlockScheduler.Event) {
        switch event {
        case .assigned(let job): executors[job.executor]?.queue.append(job)
        case .cancelled(let job):
            // The one it works on goes on; its result will be ignored.
            if executors[job.executor]?.queue.first?.run != job.run { executors[job.executor]?.queue.removeAll { $0.run == job.run } }
        default: break
        }
    }

    private mutating func begin(_ generator: inout some RandomNumberGenerator) {
        for number in executors.keys.sorted() where executors[number]!.running == nil {
            guard executors[number]!.backAt == nil, let job = executors[number]!.queue.first else { continue }
            let newest = states.count - 1
            // A job comes after the commits that were made before it: what it needs to be right as the first.
            let known = options.learnsLate && job.index != scheduler.head ? Int.random(in: executors[number]!.known...newest, using: &generator) : newest
            executors[number]!.known = known
            let duration = block.txs[job.index].neverEnds ? options.limitMillis : block.txs[job.index].millis
            var state = states[known], onto: [BlockScheduler.Run] = []
            for run in job.onto where run.index > (known > 0 ? committed[known - 1] : -1) {
                guard let mine = executors[number]!.own[run.index], mine.attempt == run.attempt else { continue }
                state.commit(mine.diff)
                onto.append(run)
            }
            executors[number]!.running = (time + duration, known, onto, state)
        }
    }

    private mutating func step(_ generator: inout some RandomNumberGenerator) {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        let numbers = executors.keys.sorted()
        if chance(options.deaths), let victim = numbers.filter({ executors[$0]!.backAt == nil }).randomElement(using: &generator) {
            die(victim, .killed, returnsAfter: UInt64.random(in: 1...30, using: &generator))
            return
        }
        if options.mayRetire, chance(3), let number = numbers.randomElement(using: &generator), executors[number]!.backAt == nil, scheduler.executors.count > 1 {
            scheduler.retire(number)
            executors[number]!.queue = Array(executors[number]!.queue.prefix(executors[number]!.running == nil ? 0 : 1))
            executors[number]!.backAt = time + 20
        }
        let ends = numbers.compactMap { number in executors[number]!.running.map { ($0.end, number) } } + numbers.compactMap { number in executors[number]!.backAt.map { ($0, number) } }
        guard let (now, number) = ends.min(by: { $0 < $1 }) else { preconditionFailure("nobody works and the block is not done") }
        time = max(time, now)
        if let running = executors[number]!.running, running.end <= now {
            let job = executors[number]!.queue.removeFirst()
            executors[number]!.running = nil
            let tx = block.txs[job.index]
            if tx.crashes {
                executors[number]!.queue.insert(job, at: 0)
                die(number, .crashed, returnsAfter: 5)
            } else if tx.neverEnds {
                scheduler.accept(job, .tookTooLong, version: running.version, onto: running.onto)
            } else {
                let verdict = block.run(job.index, on: running.state)
                if case .executed(let executed) = verdict { executors[number]!.own[job.index] = (job.attempt, executed.diff) } else { executors[number]!.own[job.index] = nil }
                scheduler.accept(job, .verdict(verdict), version: running.version, onto: running.onto)
            }
        } else {
            executors[number]!.backAt = nil
            scheduler.addExecutor(number)
        }
    }

    private mutating func die(_ number: Int, _ cause: BlockScheduler.LossCause, returnsAfter delay: UInt64) {
        scheduler.lost(number, cause)
        executors[number] = Executor()
        executors[number]!.backAt = time + delay
    }
}
