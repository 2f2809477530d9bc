public import Archive
import Diagnostics
public import Field
import Protocol
public import Storage
public import WorldState

/// Why the chain database refused or could not take a change.
public enum ChainStoreError: Error, Sendable, CustomStringConvertible {
    case archive(ArchiveError)
    case storage(StorageError)
    case worldState(String)
    /// A message that may not follow the last one.
    case message(String)
    /// The trees after a block are not what its header says, and were not the cause themselves.
    case rootsDiffer(block: UInt64, String)
    /// They still are not after the trees were built anew from the stored blocks.
    case treesBeyondRepair(block: UInt64, String)
    case belowFinalized(block: UInt64, finalized: UInt64)

    /// No retry mends it: the process stops and says so.
    public var isFatal: Bool {
        switch self {
        case .storage, .archive(.storage), .archive(.corrupt), .treesBeyondRepair: true
        case .archive(.refused), .worldState, .message, .rootsDiffer, .belowFinalized: false
        }
    }

    /// Restarting does not help either: data or configuration must change.
    public var needsOperator: Bool {
        switch self {
        case .treesBeyondRepair, .archive(.corrupt): true
        case .archive(.storage(let error)), .storage(let error): error.kind == .corruption
        default: false
        }
    }

    public var description: String {
        switch self {
        case .archive(let error): error.description
        case .storage(let error): error.description
        case .worldState(let reason), .message(let reason): reason
        case .rootsDiffer(let block, let reason): "block \(block): \(reason)"
        case .treesBeyondRepair(let block, let reason):
            "block \(block): \(reason); the trees were built anew from the stored blocks and still disagree. The block is on L1 and its blobs match their commitments: report this with the data directory kept."
        case .belowFinalized(let block, let finalized):
            "L1 was reorganised below the finalized block: block \(block) would be unwound, \(finalized) is final. Check the L1 host; to follow it anyway, move the data directory away."
        }
    }
}

/// The chain database for its one writer: archive and trees, changed together.
///
/// Every method that changes something commits one batch, so that a kill at any instant leaves either the state before
/// or the state after it. Not for use from two threads at once.
public final class ChainStore {
    public let database: Database
    public let archive: Archive
    public private(set) var worldState: WorldStateStore
    private let genesis: GenesisState
    private let clock: RollupClock
    private let genesisArchiveRoot: Fr
    /// Blocks of history kept behind the finalized one; 0 keeps all.
    private let history: UInt64
    private let log = Logger("world_state")

    public static var columnFamilies: [ColumnFamilyOptions] { ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState }

    public init(_ database: Database, genesis: GenesisState, clock: RollupClock, history: UInt64) throws(ChainStoreError) {
        self.database = database
        archive = Archive(database)
        worldState = try Self.trees { () throws(WorldStateError) in try WorldStateStore(database, genesis: genesis) }
        genesisArchiveRoot = try Self.trees { [worldState] () throws(WorldStateError) in try worldState.snapshot(at: 0)[.archive].root }
        self.genesis = genesis
        self.clock = clock
        self.history = history
        let latest = try latest
        let trees = try treesLatest
        guard trees <= latest else {
            throw .worldState("the chain database holds blocks up to \(latest) but trees up to \(trees): it was changed by something else; move it away and sync again")
        }
        // A rebuild that was cut short goes on where it was.
        if trees < latest { try replayTrees() }
        try registerProtocolContracts()
    }

    /// The contracts of the protocol exist from block 0 (note 05 §10, Contract data).
    private func registerProtocolContracts() throws(ChainStoreError) {
        let known = try Self.archive { () throws(ArchiveError) in try archive.contractInstance(ProtocolContracts.feeJuice, atBlock: 0) }
        guard known == nil else { return }
        let batch = WriteBatch()
        for contract in ProtocolContracts.all {
            archive.putGenesisContract(contract.contractClass(), commitment: contract.bytecodeCommitment, instance: contract.instance, to: batch)
        }
        try commit(batch)
    }

    // MARK: Rebuilding the trees

    private var treesLatest: UInt64 {
        get throws(ChainStoreError) { UInt64(try Self.trees { () throws(WorldStateError) in try worldState.status.latest }) }
    }

    /// Drops the trees and builds them again from the stored blocks.
    public func rebuildTrees() throws(ChainStoreError) {
        let count = try latest
        log.warn("Building the world state anew from the stored blocks", ["blocks": LogValue(count)])
        let batch = WriteBatch()
        for family in ColumnFamilyOptions.worldState {
            batch.deleteRange([0], [UInt8](repeating: 255, count: 64), in: database.columnFamily(family.name))
        }
        try commit(batch)
        worldState = try Self.trees { () throws(WorldStateError) in try WorldStateStore(database, genesis: genesis) }
        try replayTrees()
    }

    private func replayTrees() throws(ChainStoreError) {
        let latest = try latest
        var number = try treesLatest
        while number < latest {
            number += 1
            guard let block = try Self.archive({ () throws(ArchiveError) in try archive.block(number) }) else {
                throw .worldState("block \(number) is missing in the chain database")
            }
            let leaves = try messageLeaves(forBlock: number)
            do { try worldState.sync(BlockEffects(block, messages: leaves)) } catch { throw .treesBeyondRepair(block: number, error.message) }
        }
    }

    // MARK: Reading

    private static func archive<T>(_ body: () throws(ArchiveError) -> T) throws(ChainStoreError) -> T {
        do { return try body() } catch { throw .archive(error) }
    }

    private static func trees<T>(_ body: () throws(WorldStateError) -> T) throws(ChainStoreError) -> T {
        do { return try body() } catch { throw .worldState(error.message) }
    }

    private func commit(_ batch: WriteBatch) throws(ChainStoreError) {
        do { try database.write(batch) } catch { throw .storage(error) }
    }

    public var latest: UInt64 { get throws(ChainStoreError) { try Self.archive { () throws(ArchiveError) in try archive.latestNumber() } } }
    public var proven: UInt64 { get throws(ChainStoreError) { try Self.archive { () throws(ArchiveError) in try archive.provenNumber() } } }
    /// As the newest proof said, also where its blocks are not stored (yet).
    var provenRecord: UInt64 { get throws(ChainStoreError) { try Self.archive { () throws(ArchiveError) in try archive.provenRecord() } } }
    public var finalized: UInt64 { get throws(ChainStoreError) { clock.finalized(proven: try proven) } }
    public var syncPoint: L1SyncPoint? { get throws(ChainStoreError) { try Self.archive { () throws(ArchiveError) in try archive.syncPoint() } } }
    public var head: L1HeadFacts? { get throws(ChainStoreError) { try Self.archive { () throws(ArchiveError) in try archive.l1Head() } } }

    /// Root of the archive tree after the newest block.
    public var archiveRoot: Fr { get throws(ChainStoreError) { try archiveRoot(of: try latest) ?? genesisArchiveRoot } }

    public func archiveRoot(of number: UInt64) throws(ChainStoreError) -> Fr? {
        number == 0 ? genesisArchiveRoot : try Self.archive { () throws(ArchiveError) in try archive.archiveSnapshot(number)?.root }
    }

    /// Slot of a stored block.
    public func slot(of number: UInt64) throws(ChainStoreError) -> UInt64? {
        try Self.archive { () throws(ArchiveError) in try archive.header(number)?.slotNumber }
    }

    public func l1Reference(of number: UInt64) throws(ChainStoreError) -> L1BlockReference {
        guard let reference = try Self.archive({ () throws(ArchiveError) in try archive.l1Reference(number) }) else {
            throw .worldState("block \(number) is missing in the chain database")
        }
        return reference
    }

    public func messageLeaves(forBlock number: UInt64) throws(ChainStoreError) -> [Fr] {
        try Self.archive { () throws(ArchiveError) in try archive.messageLeaves(forBlock: number) }
    }

    // MARK: Changing

    public func setFacts(_ facts: ChainFacts) throws(ChainStoreError) {
        let batch = WriteBatch()
        archive.setFacts(facts, to: batch)
        try commit(batch)
    }

    public func setDuties(_ epochs: [EpochDuties]) throws(ChainStoreError) {
        let batch = WriteBatch()
        archive.setDuties(epochs, to: batch)
        try commit(batch)
    }

    public func setSyncPoint(_ point: L1SyncPoint) throws(ChainStoreError) {
        let batch = WriteBatch()
        archive.setSyncPoint(point, to: batch)
        try commit(batch)
    }

    public func setProven(_ number: UInt64, point: L1SyncPoint) throws(ChainStoreError) {
        let batch = WriteBatch()
        archive.setProven(max(number, try provenRecord), to: batch)
        archive.setSyncPoint(point, to: batch)
        try commit(batch)
    }

    /// Stores a message that may follow the last one; one that is known already only moves to its new L1 block.
    public func insert(_ message: InboxMessage, point: L1SyncPoint) throws(ChainStoreError) {
        func known(_ record: MessageRecord?) -> InboxMessage? {
            record.map {
                InboxMessage(
                    l2Block: $0.l2Block, index: $0.index, leaf: $0.leaf, rollingHash: $0.rollingHash,
                    l1: L1BlockID(number: $0.l1BlockNumber, hash: $0.l1BlockHash))
            }
        }
        let last = known(try Self.archive { () throws(ArchiveError) in try archive.lastMessage() })
        let stored = known(try Self.archive { () throws(ArchiveError) in try archive.message(message.index) })
        let record = MessageRecord(
            index: message.index, leaf: message.leaf, rollingHash: message.rollingHash, l1BlockNumber: message.l1.number, l1BlockHash: message.l1.hash)
        let batch = WriteBatch()
        switch InboxRules.check(message, after: last, stored: stored) {
        case .accepted: archive.put(record, to: batch)
        case .repeated: archive.replace(record, to: batch)
        case .refused(let reason): throw .message(reason)
        }
        archive.setSyncPoint(point, to: batch)
        try commit(batch)
    }

    /// Computes the trees after the block, requires them to be what its header says, and commits everything at once.
    public func apply(_ block: ArchivedBlock, point: L1SyncPoint) throws(ChainStoreError) {
        let number = (try latest) + 1
        let leaves = try messageLeaves(forBlock: number)
        let prepared: PreparedBlock
        do { prepared = try worldState.prepare(BlockEffects(block.block, messages: leaves)) } catch {
            worldState.discard()
            throw .rootsDiffer(block: number, error.message)
        }
        let batch = WriteBatch()
        try Self.trees { () throws(WorldStateError) in try worldState.write(prepared, into: batch) }
        do { try archive.append(block, to: batch) } catch { throw .archive(error) }
        archive.setSyncPoint(point, to: batch)
        try commit(batch)
    }

    /// What the trees have made final stays final when a reorg lowers the proven tip.
    private var unwindFloor: UInt64 {
        get throws(ChainStoreError) { max(try finalized, UInt64(try Self.trees { () throws(WorldStateError) in try worldState.status.finalised })) }
    }

    /// Takes back blocks above `number`, newest first, each with its trees in one batch.
    public func unwind(to number: UInt64, point: L1SyncPoint?) throws(ChainStoreError) {
        let finalized = try unwindFloor
        guard number >= finalized else { throw .belowFinalized(block: number + 1, finalized: finalized) }
        while try latest > number {
            let batch = WriteBatch()
            do { try archive.removeLatest(to: batch) } catch { throw .archive(error) }
            try Self.trees { () throws(WorldStateError) in _ = try worldState.unwindTip(into: batch) }
            if let point, try latest == number + 1 { archive.setSyncPoint(point, to: batch) }
            try commit(batch)
        }
    }

    /// Takes back everything that L1 brought after block `l1Block`; returns the newest block left.
    public func takeBack(afterL1Block l1Block: UInt64, point: L1SyncPoint) throws(ChainStoreError) -> UInt64 {
        var number = try latest
        while number > 0, try l1Reference(of: number).number > l1Block { number -= 1 }
        let finalized = try unwindFloor
        guard number >= finalized else { throw .belowFinalized(block: number + 1, finalized: finalized) }
        // The sync point goes back first: a kill in between is finished at the next start (`hasContent`).
        try setSyncPoint(point)
        try unwind(to: number, point: nil)
        let batch = WriteBatch()
        let removed = try Self.archive { () throws(ArchiveError) in try archive.removeMessages(to: batch) { $0.l1BlockNumber > l1Block } }
        if removed > 0 { try commit(batch) }
        return number
    }

    /// Whether blocks or messages are stored that L1 brought after block `l1Block`.
    public func hasContent(aboveL1Block l1Block: UInt64) throws(ChainStoreError) -> Bool {
        let latest = try latest
        if latest > 0, try l1Reference(of: latest).number > l1Block { return true }
        return (try Self.archive { () throws(ArchiveError) in try archive.lastMessage() }?.l1BlockNumber ?? 0) > l1Block
    }

    /// A reorg took away a proof.
    public func lowerProven(to number: UInt64) throws(ChainStoreError) {
        let batch = WriteBatch()
        archive.setProven(number, to: batch)
        try commit(batch)
    }

    /// Makes the follower read again from the L1 block of the newest stored block.
    public func rewindReading(startBlock: UInt64) throws(ChainStoreError) {
        let latest = try latest
        guard latest > 0 else { return try setSyncPoint(L1SyncPoint(blockNumber: startBlock)) }
        let place = try l1Reference(of: latest)
        // The block's first log is the newest block's proposal or stands before it.
        try setSyncPoint(L1SyncPoint(blockNumber: place.number, blockHash: place.hash, logIndex: 0))
    }

    /// End of a head: facts, sync point, finality and history. Returns true the first time ever.
    public func finish(_ head: L1HeadFacts, point: L1SyncPoint) throws(ChainStoreError) -> Bool {
        let first = try !Self.archive { () throws(ArchiveError) in try archive.isInitiallySynced() }
        let batch = WriteBatch()
        archive.setL1Head(head, to: batch)
        archive.setSyncPoint(point, to: batch)
        if first { archive.setInitiallySynced(to: batch) }
        try commit(batch)
        try finalizeAndPrune()
        return first
    }

    private func finalizeAndPrune() throws(ChainStoreError) {
        let target = UInt32(clamping: try finalized)
        let status = try Self.trees { () throws(WorldStateError) in try worldState.status }
        if target > status.finalised { try Self.trees { () throws(WorldStateError) in try worldState.finalise(target) } }
        guard history >= 1, UInt64(target) + 1 > history else { return }
        let oldest = UInt32(UInt64(target) + 1 - history)
        if oldest > max(1, status.oldest) { try Self.trees { () throws(WorldStateError) in try worldState.prune(to: oldest) } }
    }
}
