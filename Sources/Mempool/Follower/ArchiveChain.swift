import Archive
public import Field
public import Protocol
public import PublicExecution
public import Storage
import WorldState

/// The chain database as gates and follower need it: a RocksDB secondary of the p2p worker, or any instance in tests.
/// What it says is of the last `refresh`. One thread.
public final class ArchiveChain: ChainView, FollowedChain {
    private let database: Database
    private let archive: Archive
    private let classes: ClassCache
    private let limits: StoredBase.Limits
    private var base: StoredBase?
    private var earlier: StoredBase?
    private var baseHash: Fr?
    private var facts: ChainFacts?
    /// Of the epochs that the archiver has read committees of.
    private(set) var duties: [EpochDuties] = []

    public private(set) var tip: UInt64 = 0
    public private(set) var gasFees = GasFees.zero

    /// Bytecode kept, answers kept: gates look at few of either.
    public init(_ database: Database, bytecodeBytes: Int = 4 << 20, limits: StoredBase.Limits = .gates) {
        self.database = database
        archive = Archive(database)
        classes = ClassCache(bytecodeBytes: bytecodeBytes)
        self.limits = limits
    }

    /// Takes in what the archiver has written. True when the newest block is another one.
    @discardableResult
    public func refresh() throws(ChainUnavailable) -> Bool {
        do throws(StorageError) { try database.catchUp() } catch { throw ChainUnavailable("\(error)") }
        facts = try read { () throws(ArchiveError) in try archive.facts() }
        duties = try read { () throws(ArchiveError) in try archive.duties() }
        let latest = try read { () throws(ArchiveError) in try archive.latestNumber() }
        let header = latest > 0 ? try read { () throws(ArchiveError) in try archive.header(latest) } : nil
        let hash = latest > 0 ? try read { () throws(ArchiveError) in try archive.blockHash(latest) } : nil
        guard latest != tip || hash != baseHash || base == nil else { return false }
        tip = latest
        baseHash = hash
        gasFees = header?.globalVariables.gasFees ?? .zero
        base = nil
        earlier = nil
        return true
    }

    /// What the archiver read about the rollup; nil before it did.
    public var schedule: EpochSchedule? {
        facts.map {
            EpochSchedule(
                l1GenesisTime: $0.genesisTime, slotDuration: max(1, $0.slotDuration), epochDuration: max(1, $0.epochDuration),
                ethereumSlotDuration: $0.l1SlotDuration, proofSubmissionWindow: $0.proofSubmissionWindow)
        }
    }

    /// Whether the archiver has been through L1 once, up to a head.
    public func isInitiallySynced() throws(ChainUnavailable) -> Bool { try read { () throws(ArchiveError) in try archive.isInitiallySynced() } }

    // MARK: ChainView

    public var chainID: Fr { Fr(facts?.chainID ?? 0) }
    public var rollupVersion: Fr { Fr(facts?.rollupVersion ?? 0) }

    public func state() throws(StateUnavailable) -> any ExecutionBase {
        if let base { return base }
        let base = try state(UInt32(clamping: tip))
        self.base = base
        return base
    }

    public func state(at block: UInt64) throws(StateUnavailable) -> any ExecutionBase {
        let number = UInt32(clamping: block)
        if let earlier, earlier.block == number { return earlier }
        let made = try state(number)
        earlier = made
        return made
    }

    private func state(_ number: UInt32) throws(StateUnavailable) -> StoredBase {
        try StoredBase(database, at: number, classes: classes, limits: limits)
    }

    // MARK: FollowedChain

    public func tips() throws(ChainUnavailable) -> (latest: UInt64, proven: UInt64, finalized: UInt64) {
        let proven = min(try read { () throws(ArchiveError) in try archive.provenNumber() }, tip)
        return (tip, proven, facts?.finalized(proven: proven) ?? 0)
    }

    public func blockHash(_ number: UInt64) throws(ChainUnavailable) -> Fr? { try read { () throws(ArchiveError) in try archive.blockHash(number) } }

    public func minedBlock(_ number: UInt64) throws(ChainUnavailable) -> MinedBlock? {
        guard let hash = try blockHash(number), let block = try read({ () throws(ArchiveError) in try archive.block(number) }) else { return nil }
        let effects = block.body.txEffects
        return MinedBlock(
            number: number, hash: hash, slot: block.header.slotNumber ?? 0, transactions: effects.map(\.txHash), nullifiers: effects.flatMap(\.nullifiers),
            writtenSlots: effects.flatMap { $0.publicDataWrites.map(\.leafSlot) })
    }

    public func stateIfReadable(at block: UInt64) -> (any ExecutionBase)? { try? block == tip ? state() : state(at: block) }

    private func read<T>(_ body: () throws(ArchiveError) -> T) throws(ChainUnavailable) -> T {
        do { return try body() } catch { throw ChainUnavailable("\(error)") }
    }
}

extension StoredBase.Limits {
    /// For validating transactions only: far fewer answers come up twice than in execution.
    public static var gates: StoredBase.Limits {
        var limits = StoredBase.Limits()
        limits.publicData = 4_096
        limits.nullifiers = 4_096
        limits.instances = 1_024
        return limits
    }
}
