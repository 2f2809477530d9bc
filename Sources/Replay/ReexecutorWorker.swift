import CLinux
import Diagnostics
import EventLoop
import ExecutionPool
import Glibc
import IPC
import Protocol
import PublicExecution
import Synchronization

/// Hosts the pool for `aztec replay --executors N`.
///
/// Links: out `reexecutor_executor`, in `executor_reexecutor`. State: none. The replay itself runs on a second thread, as it
/// does without executors, and waits here for each block; when it is done the process ends with its exit code.
final class ReexecutorWorker: Worker {
    static let kind = "reexecutor"

    private let options: ReplayOptions
    private let pool: PoolLinks
    private let bridge: PoolBridge

    static func configureLogging(kind: String, index: Int, bytes: [UInt8]) throws {
        LogOutput.configure(try LogConfiguration(environment: { $0 == "LOG_LEVEL" ? "warn" : nil }))
    }

    init(_ context: WorkerContext) throws {
        let words = String(decoding: context.configuration, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false).map { String($0) }
        guard let options = try ReplayOptions(words, environment: { _ in nil }) else { throw WorkerFailure("no options", isPermanent: true) }
        self.options = options
        guard let pool = PoolLinks(context, dataDirectory: options.dataDirectory) else { throw WorkerFailure("no link to executors", isPermanent: true) }
        self.pool = pool
        bridge = try PoolBridge(pool, loop: context.loop)
    }

    func start() throws {
        let (options, bridge) = (options, bridge)
        ReplayThread.start {
            do {
                _exit(try ReplayCommand(options, execution: bridge).run())
            } catch {
                Output.error("aztec replay: \(error)")
                _exit(2)
            }
        }
    }

    func filter(_ message: RingMessage, from link: InputLink) -> Bool { pool.filter(message) }
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { pool.handle(message, payload, link) }
    func creditsReturned(_ link: OutputLink) { pool.creditsReturned(link) }
    func afterCredit() { pool.turn() }
    func housekeeping(now: UInt64) { pool.housekeeping() }
}

/// Has blocks of another thread executed by the pool, whose thread is the loop's.
final class PoolBridge: BlockExecution, Sendable {
    private let mailbox: LoopMailbox
    /// Used on the loop's thread only.
    nonisolated(unsafe) private let pool: PoolLinks

    private final class Ticket: @unchecked Sendable {
        let outcome = Mutex<BlockOutcome?>(nil)
        private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(semaphore, 0, 0) }

        deinit {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }

        func settle(_ outcome: BlockOutcome) {
            self.outcome.withLock { $0 = outcome }
            sem_post(semaphore)
        }

        func wait() -> BlockOutcome {
            while sem_wait(semaphore) != 0 {}
            guard let outcome = outcome.withLock({ $0 }) else { preconditionFailure("settled before the signal") }
            return outcome
        }
    }

    init(_ pool: PoolLinks, loop: EventLoop) throws {
        self.pool = pool
        mailbox = try loop.mailbox()
    }

    func execute(_ txs: [Tx], hashes: [TxHash], globals: GlobalVariables, base: UInt32, validates: Bool) throws(StateUnavailable) -> BlockOutcome {
        let request = PoolRequest(globals: globals, baseBlock: base, validates: validates)
        let packed = zip(txs, hashes).map { PoolTx($0, hash: $1) }
        let ticket = Ticket()
        mailbox.post { [self] in
            let session = pool.host.begin(request) { outcome, _ in ticket.settle(outcome) }
            pool.host.offer(packed, to: session)
            pool.host.complete(session)
            pool.turn()
        }
        return ticket.wait()
    }
}

/// A thread with room for what the main thread has room for.
enum ReplayThread {
    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { pointer in
            Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
        precondition(code == 0, "no thread: \(String(cString: strerror(code)))")
    }
}
