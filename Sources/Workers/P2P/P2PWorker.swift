import CLinux
import Configuration
import Diagnostics
import ExecutionPool
import Glibc
import IPC
import Mempool
import Messages
import Protocol
import Storage

/// A peer of the network, and the only writer of the pools.
///
/// Links: reads `archiver_tips` (a sign to catch up; missed messages cost nothing, the database is ahead of them) and
/// `api_p2p` (submitted transactions, questions), answers over `p2p_api`; has proofs verified over `p2p_executor`, hears of
/// them over `executor_p2p`.
/// State: the pool database `<data directory>/pool`; record and known peers in `<data directory>/p2p`. Reads the chain
/// database as a RocksDB secondary. Holds the network key and no other. On overload: what peers send beyond its bounds is
/// dropped and they are blamed; RPC callers wait. A restart loses no transaction that was acknowledged, and dials the
/// stored peers again.
final class P2PWorker: Worker {
    private let context: WorkerContext
    private let configuration: ResolvedConfiguration
    private let directory: String
    private let log = Logger("p2p")
    private let pools: Pools
    private let desk: PoolDesk?
    private let executors: PoolLinks?
    private var access: ChainAccess?
    private var node: PeerNode?
    private var mustFollow = true
    private var lastLook: UInt64 = 0
    private var failedLooks = 0
    private var isStopping = false

    /// Without news: how often the chain database is looked at.
    private static let quietNanos: UInt64 = 1_000_000_000
    private static let openingNanos: UInt64 = 200_000_000
    /// Looks in a row that may fail before it is worth a word: a few seconds.
    private static let patientLooks = 10

    init(_ context: WorkerContext) throws {
        _ = ql_limit_arenas(2)
        self.context = context
        configuration = try ResolvedConfiguration(serialized: context.configuration)
        guard let directory = configuration.dataDirectory else { throw WorkerFailure("no data directory in the configuration", isPermanent: true) }
        self.directory = directory
        pools = try Pools(directory, configuration)
        desk = PoolDesk(context, intake: pools.intake, attestations: pools.attestations)
        executors = PoolLinks(context, dataDirectory: directory)
    }

    func start() throws {
        pools.intake.onWaiting = { [unowned context] in context.wake() }
        desk?.onSubmitted = { [unowned self] tx, hash in node?.publish(tx, hash) }
        desk?.network.peers = { [unowned self] pending in node?.peers(includingPending: pending) ?? [] }
        desk?.network.encodedENR = { [unowned self] in node?.encodedENR }
        look()
    }

    // MARK: Messages

    func filter(_ message: RingMessage, from link: InputLink) -> Bool {
        guard let executors, executors.owns(link) else { return true }
        return executors.filter(message)
    }

    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) {
        if let desk, desk.owns(link) { return desk.take(message, payload, link) }
        if let executors, executors.owns(link) { return executors.handle(message, payload, link) }
        guard TipMessage(kind: message.kind, payload: payload) != nil else { return link.countMalformed() }
        mustFollow = true
    }

    func overrun(_ link: InputLink, lost: UInt64) { mustFollow = true }
    func producerRestarted(_ link: InputLink) { mustFollow = true }
    func creditsReturned(_ link: OutputLink) {
        desk?.flush()
        executors?.creditsReturned(link)
    }

    /// End of a turn: what came in is stored with one write, then many tips cost one look.
    func afterCredit() {
        executors?.turn()
        pools.intake.flush()
        if mustFollow { look() }
    }

    func housekeeping(now: UInt64) {
        executors?.housekeeping()
        guard now &- lastLook >= (access == nil || node == nil ? Self.openingNanos : Self.quietNanos) else { return }
        look()
    }

    // MARK: The chain

    /// Takes in the chain's news; opens the network when the pools have caught up with it.
    private func look() {
        guard !isStopping else { return }
        lastLook = ql_monotonic_nanos()
        mustFollow = false
        do {
            guard let access = try opened() else { return context.note("waiting for the archiver's database") }
            try access.chain.refresh()
            failedLooks = 0
            guard try access.chain.isInitiallySynced() else { return context.note("waiting until the archiver has been through L1 once") }
            let report = try pools.follow(access.chain)
            if report.isBehind {
                mustFollow = true
                return context.wake()
            }
            if node == nil { try join(access) }
            if !report.missing.isEmpty { node?.fetch(report.missing) }
        } catch let failure as WorkerFailure {
            context.fail(failure)
        } catch let error as PoolError {
            context.fail(WorkerFailure("the pool database: \(error)"))
        } catch {
            // The archiver may be making or rewriting the database just now: that is over soon.
            context.note("waiting for the chain database: \(error)")
            failedLooks += 1
            if failedLooks == Self.patientLooks { log.warn("the chain database cannot be read: \(error)") }
        }
    }

    private func opened() throws -> ChainAccess? {
        if access == nil {
            access = try ChainAccess.open(directory)
            if let access { try pools.attach(access.chain, executors: executors) }
        }
        return access
    }

    private func join(_ access: ChainAccess) throws {
        guard let versions = try access.versions() else { return context.note("waiting until the archiver has read the rollup") }
        let node = try PeerNode(context, configuration, directory, versions: versions, pools: pools, access: access)
        self.node = node
        try node.start()
        context.note(configuration.runsNetwork ? "" : "the peer network is off (--p2p-enabled)")
    }

    // MARK: Figures and end

    func writeMetrics(_ region: WorkerRegion) {
        pools.writeMetrics(region)
        if let figures = executors?.host.proofs.figures {
            for (place, count) in [figures.valid, figures.invalid, figures.unavailable].enumerated() { region.set(.mempoolProofVerdicts, at: place, count) }
            region.set(.mempoolProofsReissued, figures.reissued)
        }
        node?.writeMetrics(region)
    }

    func shutdown(_ finished: @escaping () -> Void) {
        isStopping = true
        pools.intake.flush()
        guard let node else { return finished() }
        node.stop(finished)
    }
}
