import ExecutionPool
import FieldKit
import Glibc
import Messages
import PoolKit
import PublicExecution
import Synchronization

/// A host and executors that are threads of this process; they die when told to, and come back.
final class ThreadPool: PoolTransport {
    private struct Executor {
        var thread: ExecutorThread
    }

    private(set) var host: PoolHost!
    private var executors: [Int: Executor] = [:]
    private var returns: [(at: UInt64, executor: Int)] = []
    private var random: SeededGenerator
    private let bell = Bell()

    private final class Bell: Sendable {
        let rings = Atomic<UInt64>(0)
    }

    init(executors count: Int, seed: UInt64, options: BlockScheduler.Options = .init()) {
        random = SeededGenerator(seed: seed)
        host = PoolHost(index: 0, generation: 1, transport: self, options: options, clock: PoolLinks.now)
        for index in 0..<count { start(index) }
    }

    deinit { for executor in executors.values { executor.thread.stop() } }

    private func start(_ index: Int) {
        let bell = bell
        executors[index] = Executor(thread: ExecutorThread(index: index, makeSource: { PoolSource() }, answered: { bell.rings.add(1, ordering: .releasing) }))
        host.joined(index)
    }

    func send(_ kind: ExecutorMessageKind, to signature: ExecutorSignature, _ body: [UInt8]) {
        for (index, executor) in executors where signature.isFor(index) { executor.thread.post(link: 0, kind: kind.rawValue, body) }
    }

    /// `deaths`: chance in a thousand, each time something is heard, that one dies.
    func run(_ block: PoolBlock, deaths: UInt64 = 0) -> (outcome: BlockOutcome, counts: BlockScheduler.Counts)? {
        var result: (BlockOutcome, BlockScheduler.Counts)?
        let session = host.begin(block.request) { result = ($0, $1) }
        host.offer(block.poolTxs, to: session)
        host.complete(session)
        let end = PoolLinks.now() + 60_000_000_000
        while result == nil {
            guard PoolLinks.now() < end else { return nil }
            let before = bell.rings.load(ordering: .acquiring)
            for (index, executor) in executors.sorted(by: { $0.key < $1.key }) {
                for answer in executor.thread.takeAnswers() { host.receive(answer.body, from: index) }
            }
            let now = PoolLinks.now()
            for index in returns.indices.reversed() where returns[index].at <= now { start(returns.remove(at: index).executor) }
            if random.next() % 1000 < deaths, let victim = executors.keys.sorted().randomElement(using: &random) {
                executors.removeValue(forKey: victim)?.thread.stop()
                host.lost(victim, .killed)
                returns.append((now + random.next() % 3_000_000, victim))
            }
            host.pump()
            if result == nil, bell.rings.load(ordering: .acquiring) == before { usleep(50) }
        }
        return result
    }
}
