import ExecutionPool
import FieldKit
import Glibc
import Messages
import PoolKit
import PublicExecution
import Synchronization

/// A host and executors that are threads of this process; they die when told to, and come back.
final class ThreadPool: PoolTransport {
    /// An executor's loop on a thread, with boxes instead of rings.
    private final class Executor: Sendable {
        private struct Boxes {
            var orders: [(kind: UInt16, body: [UInt8])] = []
            var answers: [[UInt8]] = []
            var isDead = false
        }

        private let boxes = Mutex(Boxes())

        init(_ index: Int, answered: @escaping @Sendable () -> Void) {
            final class Start: Sendable {
                let body: @Sendable () -> Void
                init(_ body: @escaping @Sendable () -> Void) { self.body = body }
            }
            let start = Start { [self] in run(index, answered) }
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { pointer in
                Unmanaged<Start>.fromOpaque(pointer!).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
            precondition(code == 0)
            pthread_detach(thread)
        }

        private func run(_ index: Int, _ answered: @escaping @Sendable () -> Void) {
            var loop: ExecutorLoop!
            func look() {
                let (orders, isDead) = boxes.withLock { boxes in
                    defer { boxes.orders = [] }
                    return (boxes.orders, boxes.isDead)
                }
                if isDead { loop.stop() }
                for order in orders { loop.post(link: 0, kind: order.kind, order.body) }
            }
            loop = ExecutorLoop(index: index, source: PoolSource(), lookAround: look, overdue: { _ in abort() })
            while !boxes.withLock({ $0.isDead }) {
                look()
                if let answer = loop.turn() {
                    boxes.withLock { $0.answers.append(answer.body) }
                    answered()
                } else if !loop.hasWork {
                    usleep(100)
                }
            }
        }

        func post(_ kind: UInt16, _ body: [UInt8]) { boxes.withLock { $0.orders.append((kind, body)) } }
        func die() { boxes.withLock { $0.isDead = true } }

        func takeAnswers() -> [[UInt8]] {
            boxes.withLock { boxes in
                defer { boxes.answers = [] }
                return boxes.answers
            }
        }
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

    /// Host and transport hold each other: nothing ends by itself.
    func stop() { for executor in executors.values { executor.die() } }

    private func start(_ index: Int) {
        let bell = bell
        executors[index] = Executor(index, answered: { bell.rings.add(1, ordering: .releasing) })
        host.joined(index)
    }

    func send(_ kind: ExecutorMessageKind, to signature: ExecutorSignature, _ body: [UInt8]) {
        for (index, executor) in executors where signature.isFor(index) { executor.post(kind.rawValue, body) }
    }

    /// One block, then the executors end. `deaths`: chance in a thousand, each time something is heard, that one dies.
    func run(_ block: PoolBlock, deaths: UInt64 = 0) -> (outcome: BlockOutcome, counts: BlockScheduler.Counts)? {
        defer { stop() }
        var result: (BlockOutcome, BlockScheduler.Counts)?
        let session = host.begin(block.request) { result = ($0, $1) }
        host.offer(block.poolTxs, to: session)
        host.complete(session)
        let end = PoolLinks.now() + 60_000_000_000
        while result == nil {
            guard PoolLinks.now() < end else { return nil }
            let before = bell.rings.load(ordering: .acquiring)
            for (index, executor) in executors.sorted(by: { $0.key < $1.key }) {
                for answer in executor.takeAnswers() { host.receive(answer, from: index) }
            }
            let now = PoolLinks.now()
            for index in returns.indices.reversed() where returns[index].at <= now { start(returns.remove(at: index).executor) }
            if random.next() % 1000 < deaths, let victim = executors.keys.sorted().randomElement(using: &random) {
                executors.removeValue(forKey: victim)?.die()
                host.lost(victim, .killed)
                returns.append((now + random.next() % 3_000_000, victim))
            }
            host.pump()
            if result == nil, bell.rings.load(ordering: .acquiring) == before { usleep(50) }
        }
        return result
    }
}
