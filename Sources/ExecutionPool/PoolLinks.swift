import Diagnostics
public import IPC
public import Messages
public import PublicExecution

/// A `PoolHost` on the links of a worker: hand it what the driver hands the worker.
public final class PoolLinks: PoolTransport {
    private struct Executor {
        var assembler = MessageAssembler(limit: PoolLinks.resultLimit)
        var generation: UInt64 = 0
    }

    /// Largest result: a transaction's effects and reads at their limits.
    static let resultLimit = 32 << 20

    public private(set) var host: PoolHost!
    private let context: WorkerContext
    private let log = Logger("pool")
    private let sender: MessageSender
    private let output: String
    private let input: String
    private let regions: [Int: WorkerRegion]
    private var executors: [Int: Executor] = [:]

    /// nil if this node has no executors. Deaths are seen at once where the worker's kind observes (`KindDeclaration.observes`),
    /// else when the executor is back.
    public init?(_ context: WorkerContext, dataDirectory: String, options: BlockScheduler.Options = .init()) {
        guard let link = context.outputs.first(where: { PoolLinks.base($0.name) == "\(context.kind)_executor" }) else { return nil }
        self.context = context
        sender = MessageSender(link)
        output = link.name
        input = "executor_\(context.kind)"
        var regions: [Int: WorkerRegion] = [:]
        for peer in context.peers where peer.kind == "executor" { regions[peer.index] = peer.region }
        self.regions = regions
        host = PoolHost(index: context.index, generation: context.generation, transport: self, options: options, clock: PoolLinks.now)
        let log = log
        host.onPoison = { reproducer in
            let path = reproducer.save(in: dataDirectory + "/poisoned")
            log.error("transaction dropped: it killed its executors or never ended", ["name": .string(reproducer.name), "kept": .string(path ?? "no")])
        }
    }

    public static func now() -> UInt64 { ExecutionClock.now() }

    private static func base(_ link: String) -> Substring { link.prefix { $0 != "." } }

    /// The executor whose link this is; nil for other links.
    private func executor(_ link: InputLink) -> Int? {
        guard Self.base(link.name) == input else { return nil }
        return link.name.firstIndex(of: ".").flatMap { Int(link.name[link.name.index(after: $0)...]) } ?? 0
    }

    public func owns(_ link: InputLink) -> Bool { Self.base(link.name) == input }

    public func filter(_ message: RingMessage) -> Bool { ExecutorSignature(message.signature).isFor(host.index) }

    public func handle(_ message: RingMessage, _ payload: RawSpan, _ link: InputLink) {
        guard let executor = executor(link) else { return }
        switch executors[executor, default: Executor()].assembler.take(message, payload) {
        case .partial: break
        case .dropped: link.countMalformed()
        case .whole(let kind, _, let body):
            switch ExecutorMessageKind(rawValue: kind) {
            case .hello:
                guard let presence = ExecutorPresence(body.span.bytes), Int(presence.executor) == executor else { return link.countMalformed() }
                // What a region says about a death is of the newest one. The same process greets again when we are new.
                if host.knows(executor) { host.lost(executor, executors[executor]!.generation == presence.generation ? .killed : cause(executor)) }
                executors[executor]!.generation = presence.generation
                // A greeting of a process that is gone already.
                if let region = regions[executor], region.generation != presence.generation || region.state == .dead { return }
                host.joined(executor)
            case .leaving: host.left(executor)
            case .result: host.receive(body, from: executor)
            case .proofVerdict: host.proofs.receive(body, from: executor)
            default: link.countMalformed()
            }
        }
    }

    /// What is for everyone can wait until the next job, which comes behind it.
    public func send(_ kind: ExecutorMessageKind, to signature: ExecutorSignature, _ body: [UInt8]) {
        sender.send(kind, to: signature, body, waking: signature.target == ExecutorSignature.everyone ? .nobody : .one(Int(signature.target)))
    }

    /// Once a turn: decide and hand out.
    public func turn() {
        sender.flush()
        host.pump()
    }

    public func creditsReturned(_ link: OutputLink) { if link.name == output { sender.flush() } }

    /// Looks for executors that died without a word, and for proofs whose time is over.
    public func housekeeping() {
        host.proofs.tick()
        for (index, executor) in executors where host.knows(index) {
            guard let region = regions[index] else { continue }
            if region.state == .dead || region.generation != executor.generation { host.lost(index, cause(index)) }
        }
    }

    /// Who cannot see how it died suspects the work.
    private func cause(_ executor: Int) -> BlockScheduler.LossCause { regions[executor].map { $0.lastDeath == .ownFault } ?? true ? .crashed : .killed }
}
