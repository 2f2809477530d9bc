import Archive
import ChainFollower
import Configuration
import Diagnostics
import EventLoop
import Field
import IPC
import L1
import Messages
import Protocol
import Storage
import WorldState

/// Follows the rollup on L1 and is the only writer of the chain database.
///
/// Links: out `archiver_tips` (new tip, pruned to, proven, finalised); in: none. State: the chain database
/// `<data directory>/chain`. On overload: nothing is dropped, L1 is read later. A restart repeats at most the L1 blocks
/// behind the stored sync point.
final class ArchiverWorker: Worker {
    private let context: WorkerContext
    private let configuration: ResolvedConfiguration
    private let directory: String
    private let log = Logger("archiver")
    private var node: FollowedRollup?
    private var finished: (() -> Void)?

    init(_ context: WorkerContext) throws {
        self.context = context
        configuration = try ResolvedConfiguration(serialized: context.configuration)
        guard let directory = configuration.dataDirectory else { throw WorkerFailure("no data directory in the configuration", isPermanent: true) }
        self.directory = directory
    }

    func start() throws {
        nonisolated(unsafe) let worker = self
        try LoopActor.attach(to: context.loop) { loop in await worker.live(loop) }
    }

    // The driver calls from the loop's thread, which is the actor's: the compiler cannot see it, `assumeIsolated` checks it.
    func writeMetrics(_ region: WorkerRegion) {
        guard let node else { return }
        nonisolated(unsafe) let region = region
        LoopActor.assumeIsolated { node.writeMetrics(region) }
    }

    func shutdown(_ finished: @escaping () -> Void) {
        self.finished = finished
        guard let node else { return finished() }
        LoopActor.assumeIsolated { node.follower.stop() }
    }

    /// Connects to L1 (again and again until it answers), opens the database, then follows until it is told to stop.
    @LoopActor private func live(_ loop: EventLoop) async {
        do {
            if configuration.l1Replay != nil { await embeddedL1Listens(loop) }
            let connection = try L1Connection(configuration, loop: loop)
            let deployment = try await reach(connection, loop)
            let node = try FollowedRollup(deployment, connection: connection, configuration: configuration, directory: directory, context: context)
            self.node = node
            context.note("")
            try await node.follower.run()
            finished?()
        } catch let failure as WorkerFailure {
            context.fail(failure)
        } catch let error as ChainStoreError {
            context.fail(WorkerFailure(error.description, isPermanent: error.needsOperator))
        } catch {
            context.fail(WorkerFailure("\(error)"))
        }
    }

    /// The embedded L1 starts at the same moment as we do: asking before its port is open would only count as a failure.
    @LoopActor private func embeddedL1Listens(_ loop: EventLoop) async {
        guard let url = configuration.l1RPCURLs.first, let colon = url.lastIndex(of: ":"), let port = UInt16(url[url.index(after: colon)...]) else { return }
        for _ in 0..<400 where !LoopbackPort.isOpen(port) { await loop.sleep(.milliseconds(25)) }
    }

    /// The rollup as L1 states it. L1 hosts that do not answer are waited for; what only the operator can mend is not.
    @LoopActor private func reach(_ connection: L1Connection, _ loop: EventLoop) async throws -> RollupDeployment {
        var attempt = 0
        while true {
            do throws(L1Error) {
                let deployment = try await connection.client.discover(registry: try connection.registry(), version: configuration.rollupVersion.map { UInt64($0) })
                try await connection.blobs.probe()
                return deployment
            } catch {
                switch error.kind {
                case .noHost, .wrongChain: throw WorkerFailure(error.description, isPermanent: true)
                default: break
                }
                attempt += 1
                context.note("waiting for L1: \(error.message)")
                log.error("L1 is not usable yet, trying again: \(error)", ["attempt": LogValue(attempt)])
                await loop.sleep(.milliseconds(min(10_000, 250 << min(attempt, 6))))
            }
        }
    }
}
