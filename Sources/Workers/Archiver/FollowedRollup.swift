import Archive
import Bytes
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

/// One rollup, its database and its follower; tells other workers and the metrics what happens.
@LoopActor final class FollowedRollup {
    let store: ChainStore
    private(set) var follower: ChainFollower!
    private let connection: L1Connection
    private let context: WorkerContext
    private let log = Logger("archiver")
    private var transactions: UInt64 = 0
    private var lastDatabaseFigures: UInt64 = 0

    init(
        _ deployment: RollupDeployment, connection: L1Connection, configuration: ResolvedConfiguration, directory: String, context: WorkerContext
    ) throws {
        self.connection = connection
        self.context = context
        // `DataDirectory` refuses a directory of another rollup before anything in it is touched.
        do {
            try DataDirectory.claim(directory, .init(rollupAddress: deployment.addresses.rollupAddress.hex, l1ChainID: Int(deployment.chainID)))
        } catch {
            throw WorkerFailure("\(error)", isPermanent: true)
        }
        let clock = RollupClock(
            genesisTime: deployment.genesisTime, slotDuration: deployment.slotDuration, epochDuration: deployment.epochDuration,
            proofSubmissionWindow: deployment.proofSubmissionWindow)
        context.expectSilence(of: .seconds(60))
        let genesis = try GenesisState(configuration)
        let root = try genesis.compute().trees[.archive].root
        guard root == deployment.genesisArchiveRoot else {
            throw WorkerFailure(
                "The computed genesis archive tree root \(root) does not match the expected genesis archive tree root \(deployment.genesisArchiveRoot) for the rollup deployed at \(deployment.addresses.rollupAddress). Choose the network this rollup belongs to (--network), or correct TEST_ACCOUNTS and SPONSORED_FPC.",
                isPermanent: true)
        }
        let database: Database
        do {
            database = try Database(directory + "/chain", mode: .primary, columnFamilies: ChainStore.columnFamilies)
        } catch {
            throw WorkerFailure(error.description, isPermanent: error.kind != .locked)
        }
        store = try ChainStore(database, genesis: genesis, clock: clock, history: UInt64(max(0, configuration.worldStateHistory)))
        var addresses = deployment.addresses
        // These three are known from the configuration only (note 08 §4.1, step 7).
        addresses.slashFactoryAddress = configuration.l1Contract("slashFactoryAddress").flatMap { EthAddress(hex: $0) }
        addresses.feeAssetHandlerAddress = configuration.l1Contract("feeAssetHandlerAddress").flatMap { EthAddress(hex: $0) }
        addresses.stakingAssetHandlerAddress = configuration.l1Contract("stakingAssetHandlerAddress").flatMap { EthAddress(hex: $0) }
        try store.setFacts(ChainFacts(
            chainID: deployment.chainID, rollupVersion: deployment.version, addresses: addresses, l1StartBlock: deployment.l1StartBlock,
            genesisTime: deployment.genesisTime, slotDuration: deployment.slotDuration, epochDuration: deployment.epochDuration,
            proofSubmissionWindow: deployment.proofSubmissionWindow, l1SlotDuration: UInt64(configuration.ethereumSlotDuration),
            genesisArchiveRoot: deployment.genesisArchiveRoot))
        follower = ChainFollower(
            settings: .init(
                clock: clock, chainID: deployment.chainID, rollupVersion: deployment.version, startBlock: deployment.l1StartBlock,
                l1SlotDuration: UInt64(configuration.ethereumSlotDuration), pollNanos: Self.pollNanos(configuration)),
            source: L1ChainSource(client: connection.client, blobs: connection.blobs, contract: deployment.contract), store: store, loop: context.loop,
            notify: { [weak self] in self?.noticed($0) })
        let latest = try store.latest
        log.info(
            "Following rollup \(deployment.addresses.rollupAddress)",
            ["version": LogValue(deployment.version), "l1ChainId": LogValue(deployment.chainID), "latestBlock": LogValue(latest)])
    }

    /// Between two questions for a head that is due: what the operator says, else as seldom as a second's delay allows.
    private static func pollNanos(_ configuration: ResolvedConfiguration) -> UInt64 {
        let milliseconds = configuration.isSet("ARCHIVER_POLLING_INTERVAL_MS") ? max(20, configuration.archiverPollingIntervalMS) : 850
        return UInt64(milliseconds) * 1_000_000
    }

    private func noticed(_ notice: ChainFollower.Notice) {
        context.beat()
        let region = context.region
        switch notice {
        case .applied(let block, let count, let nanos):
            transactions += UInt64(count)
            region.add(.archiverL1BlocksSynced)
            region.observe(.archiverSyncDuration, nanos / 1_000_000)
            tell(.newTip, block)
        case .unwound(let to, _):
            region.add(.archiverPruneCount)
            tell(.prunedTo, to)
        case .proven(let block):
            region.add(.archiverRollupProofCount)
            tell(.proven, block)
        case .followedHead(let number, _):
            region.set(.archiverL1BlockHeight, number)
            context.note("")
        case .initialSyncDone:
            log.info("Initial archiver sync to L1 block \(follower.followed?.number ?? 0) complete.")
            tell(.newTip, (try? store.latest) ?? 0)
        case .failed(let reason):
            context.note(reason)
        }
    }

    private func tell(_ kind: TipMessage.Kind, _ block: UInt64) {
        guard let latest = try? store.latest, let proven = try? store.proven, let finalized = try? store.finalized else { return }
        let header = try? store.archive.header(block)
        let message = TipMessage(
            kind: kind, blockNumber: block, blockHash: ((try? store.archive.blockHash(block)) ?? nil)?.bytes ?? [UInt8](repeating: 0, count: 32),
            slot: header?.slotNumber ?? 0, timestamp: header?.timestamp ?? 0, l1BlockNumber: follower.announced?.number ?? 0,
            pendingTip: latest, provenTip: proven, finalisedTip: finalized)
        context.output(TipMessage.link).send(message.payload, kind: kind.rawValue, signature: block)
    }

    func writeMetrics(_ region: WorkerRegion) {
        guard let latest = try? store.latest, let proven = try? store.proven, let finalized = try? store.finalized else { return }
        region.set(.archiverBlockHeight, latest)
        region.set(.archiverProvenBlockHeight, proven)
        region.set(.archiverFinalisedBlockHeight, finalized)
        region.set(.archiverTxCount, transactions)
        region.set(.archiverTargetHeight, max(latest, follower.pendingTarget))
        if let head = follower.announced { region.set(.l1BlockHeight, head.number) }
        let statistics = connection.client.rpc.statistics
        region.set(.l1Requests, statistics.requests)
        region.set(.l1Failures, statistics.methods.values.reduce(0) { $0 + $1.errors })
        region.set(.archiverBlobFetched, connection.blobs.statistics.reduce(0) { $0 + $1.fetched })
        region.set(.archiverBlobRejected, connection.blobs.statistics.reduce(0) { $0 + $1.refused })
        if let status = try? store.worldState.status, let row = try? store.worldState.snapshot(at: status.latest) {
            region.set(.worldStateUnfinalisedHeight, status.latest)
            region.set(.worldStateFinalisedHeight, status.finalised)
            region.set(.worldStateOldestBlock, status.oldest)
            region.set(.nullifierTreeSize, row[.nullifier].size)
            region.set(.noteHashTreeSize, row[.noteHash].size)
            region.set(.publicDataTreeSize, row[.publicData].size)
            region.set(.l1ToL2MessageTreeSize, row[.l1ToL2Message].size)
            region.set(.archiveTreeSize, row[.archive].size)
        }
        let now = EventLoop.monotonicNanos
        guard now - lastDatabaseFigures > 10_000_000_000 else { return }
        lastDatabaseFigures = now
        region.set(.dbPhysicalFileSize, store.database.tableBytes)
        region.set(.dbUsedSize, store.database.total(of: "rocksdb.estimate-live-data-size"))
        region.set(.dbNumItems, store.database.total(of: "rocksdb.estimate-num-keys"))
    }
}

extension GenesisState {
    /// Genesis as the configuration (preset, funded accounts) gives it.
    init(_ configuration: ResolvedConfiguration) throws(WorkerFailure) {
        var leaves: [PublicDataWrite] = []
        for leaf in configuration.genesis.prefilledPublicData {
            guard let slot = Fr(canonical: leaf.slot), let value = Fr(canonical: leaf.value) else {
                throw WorkerFailure("a prefilled public data leaf of the network's genesis is no field element: slot \(leaf.slot.hex)", isPermanent: true)
            }
            leaves.append(PublicDataWrite(leafSlot: slot, value: value))
        }
        self.init(prefilledPublicData: leaves)
    }
}
