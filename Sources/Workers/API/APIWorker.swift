import CLinux
import Configuration
import Diagnostics
import ExecutionPool
import Glibc
import HTTPServer
import IPC
import Messages
import NodeAPI
import Protocol
import PublicExecution

/// Answers the node's JSON-RPC, `/status` and `/metrics`.
///
/// Links: reads `archiver_tips` (a sign to catch up; missed messages cost nothing, the database is ahead of them); orders
/// simulations and has proofs verified over `api_executor`, hears of them over `executor_api`; hands transactions and
/// questions about the network to the pool's owner over `api_p2p`, answered over `p2p_api`.
/// State: none. Reads the chain database as a RocksDB secondary, never asks the archiver or L1. The ports stay closed
/// until the archiver has been through L1 once. On overload: connections beyond the limit wait in the kernel.
final class APIWorker: Worker {
    private let context: WorkerContext
    private let configuration: ResolvedConfiguration
    private let log = Logger("cli")
    private let statistics = RPCStatistics()
    private let pool: PoolLinks?
    private let simulator: PoolSimulator?
    private let proofs: PoolProofs?
    private let poolClient: PoolClient?
    private let setupAllowList: SetupAllowList
    private var chain: DatabaseChain?
    private var service: APIService?
    private var mustCatchUp = false
    private var hasFailed = false
    private var lastCatchUp: UInt64 = 0

    /// Without news: how often the database is looked at, for L1 heads that bring no block.
    private static let quietNanos: UInt64 = 1_000_000_000
    private static let openingNanos: UInt64 = 200_000_000

    init(_ context: WorkerContext) throws {
        // Each arena keeps what its busiest moment needed; the server's threads allocate the same things.
        _ = ql_limit_arenas(2)
        self.context = context
        configuration = try ResolvedConfiguration(serialized: context.configuration)
        guard let dataDirectory = configuration.dataDirectory else { throw WorkerFailure("no data directory in the configuration", isPermanent: true) }
        setupAllowList = try configuration.setupAllowList()
        let pool = PoolLinks(context, dataDirectory: dataDirectory)
        self.pool = pool
        let profiles = configuration.profilesExecution
        poolClient = try PoolClient(context)
        simulator = try pool.map { try PoolSimulator($0, loop: context.loop, countsOperations: profiles) }
        proofs = try pool.map { try PoolProofs($0, loop: context.loop) }
    }

    func start() throws { tryToServe() }

    func filter(_ message: RingMessage, from link: InputLink) -> Bool {
        if let poolClient, PoolClient.owns(link) { return poolClient.filter(message) }
        guard let pool, pool.owns(link) else { return true }
        return pool.filter(message)
    }

    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) {
        if let poolClient, PoolClient.owns(link) { return poolClient.handle(message, payload, link) }
        if let pool, pool.owns(link) { return pool.handle(message, payload, link) }
        guard TipMessage(kind: message.kind, payload: payload) != nil else { return link.countMalformed() }
        mustCatchUp = true
    }

    func overrun(_ link: InputLink, lost: UInt64) { mustCatchUp = true }

    func producerRestarted(_ link: InputLink) {
        if PoolClient.owns(link) { poolClient?.producerRestarted() } else { mustCatchUp = true }
    }

    func creditsReturned(_ link: OutputLink) {
        if link.declaredName == "api_p2p" { poolClient?.creditsReturned() } else { pool?.creditsReturned(link) }
    }

    /// Many tips in one turn cost one look at the database.
    func afterCredit() {
        pool?.turn()
        guard mustCatchUp else { return }
        mustCatchUp = false
        catchUp()
    }

    func housekeeping(now: UInt64) {
        pool?.housekeeping()
        let patience = service == nil ? Self.openingNanos : Self.quietNanos
        guard now &- lastCatchUp >= patience else { return }
        lastCatchUp = now
        catchUp()
    }

    private func catchUp() {
        guard service != nil, let chain else { return tryToServe() }
        do {
            if try chain.catchUp() { log.debug("caught up", ["block": .integer(Int64((try? chain.latestNumber()) ?? 0))]) }
        } catch {
            // A new process opens the database from scratch.
            fail("the chain database cannot be followed: \(error)")
        }
    }

    /// Opens the database when the archiver has made it, the ports when it holds a whole first pass over L1.
    private func tryToServe() {
        guard service == nil, !hasFailed else { return }
        do {
            if chain == nil {
                guard let directory = configuration.dataDirectory, DataDirectory.hasChainDatabase(directory) else { return context.note("waiting for the archiver's database") }
                let scratch = directory + "/readers/api-\(context.index)"
                try DataDirectory.create(scratch)
                chain = try DatabaseChain.following(DataDirectory.chainDatabase(directory), scratch: scratch)
            }
            guard let chain else { return }
            try chain.catchUp()
            guard try chain.isInitiallySynced(), let facts = try chain.nodeFacts(maxLogs: configuration.maxLogs) else {
                return context.note("ports stay closed until the archiver has been through L1 once")
            }
            service = try APIService(chain: chain, facts: facts, configuration: configuration, statistics: statistics, context: context, simulator: simulator, proofs: proofs,
                poolClient: poolClient, setupAllowList: setupAllowList)
            context.note("")
            log.info("Aztec Server listening on port \(service?.port ?? 0)", ["rollupVersion": .integer(Int64(facts.rollupVersion))])
            log.info("Aztec Server admin API listening on port \(service?.adminPort ?? 0)", ["rollupVersion": .integer(Int64(facts.rollupVersion))])
        } catch let error as HTTPServerError {
            fail("\(error)")
        } catch {
            // The archiver may be making the database just now.
            context.note("waiting for the chain database: \(error)")
            chain = nil
        }
    }

    private func fail(_ reason: String) {
        hasFailed = true
        context.fail(WorkerFailure(reason))
    }

    func writeMetrics(_ region: WorkerRegion) {
        statistics.write(to: region)
        if let host = pool?.host {
            let figures = host.figures
            region.set(.poolExecutors, host.executorCount)
            region.set(.poolBlocks, figures.blocks)
            region.set(.poolRuns, figures.runs)
            region.set(.poolConflicts, figures.conflicts)
            region.set(.poolReruns, figures.reruns)
            region.set(.poolDeaths, figures.deaths)
            region.set(.poolPoisoned, figures.poisoned)
        }
        region.set(.rpcConnections, service?.connections ?? 0)
        if let chain, service != nil, let latest = try? chain.latestNumber() { region.set(.rpcBlockHeight, latest) }
    }

    func shutdown(_ finished: @escaping () -> Void) {
        service?.stop()
        service = nil
        finished()
    }
}
