import Archive
public import Field
public import Protocol
public import Storage
public import WorldState

/// The chain after one block, read from the chain database of this or another process. What was read stays true for as
/// long as the block is there, so it is kept. Nothing counts that a later block published, though the database may
/// hold it by now.
public final class StoredBase: ExecutionBase {
    /// How many answers are kept.
    public struct Limits: Sendable {
        public var publicData = 65_536
        public var nullifiers = 65_536
        public var instances = 4_096

        public init() {}
    }

    /// The block read; the block being built is the one after it.
    public let block: UInt32
    public let noteHashCount: UInt64
    public let view: WorldStateView
    private let archive: Archive
    private let classes: ClassCache
    private var publicData: BoundedCache<Fr, Fr>
    private var nullifiers: BoundedCache<Fr, Bool>
    private var instances: BoundedCache<AztecAddress, ContractInstance?>
    private var publishedClasses: BoundedCache<Fr, Bool>

    /// `block` nil: the newest block the database has now. The database has the families of trees and archive.
    public init(_ database: Database, at block: UInt32? = nil, classes: ClassCache, limits: Limits = Limits()) throws(StateUnavailable) {
        do { view = try WorldStateView(database, at: block) } catch { throw StateUnavailable(error.description) }
        self.block = view.block
        noteHashCount = view.pinned[.noteHash].size
        archive = Archive(database)
        self.classes = classes
        publicData = BoundedCache(limit: limits.publicData)
        nullifiers = BoundedCache(limit: limits.nullifiers)
        instances = BoundedCache(limit: limits.instances)
        publishedClasses = BoundedCache(limit: limits.instances)
    }

    private func tree<T>(_ body: () throws(WorldStateError) -> T) throws(StateUnavailable) -> T {
        do { return try body() } catch { throw StateUnavailable("state after block \(block): \(error)") }
    }

    private func contract<T>(_ body: () throws(ArchiveError) -> T) throws(StateUnavailable) -> T {
        do { return try body() } catch { throw StateUnavailable("contracts at block \(block): \(error)") }
    }

    public func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr {
        if let known = publicData.value(leafSlot) { return known }
        let value = try tree { () throws(WorldStateError) in try view.publicDataValue(leafSlot) }
        publicData.insert(leafSlot, value)
        return value
    }

    public func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool {
        if let known = nullifiers.value(nullifier) { return known }
        let isThere = try tree { () throws(WorldStateError) in try view.leaf(.nullifier, key: nullifier) != nil }
        nullifiers.insert(nullifier, isThere)
        return isThere
    }

    public func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? {
        try tree { () throws(WorldStateError) in try view.leafValue(.noteHash, index) }
    }

    public func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? {
        try tree { () throws(WorldStateError) in try view.leafValue(.l1ToL2Message, index) }
    }

    public func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool {
        try tree { () throws(WorldStateError) in try view.leafIndices(.archive, [headerHash])[0] != nil }
    }

    public func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? {
        if let known = instances.value(address) { return known }
        let instance = try contract { () throws(ArchiveError) in
            try archive.contractInstance(address, atBlock: UInt64(block) + 1, knownAt: UInt64(block))?.instance
        }
        // After the read: an answer taken while the block was being unwound must not stay.
        try requireCurrent()
        instances.insert(address, instance)
        return instance
    }

    public func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? {
        if let isPublished = publishedClasses.value(id) {
            guard isPublished else { return nil }
            if let known = classes.known(id) { return known }
        }
        let found = try contract { () throws(ArchiveError) in try archive.contractClass(id) }
        try requireCurrent()
        guard let found, found.block <= UInt64(block) else {
            publishedClasses.insert(id, false)
            return nil
        }
        publishedClasses.insert(id, true)
        return classes.executable(id, bytecode: found.contractClass.packedBytecode)
    }

    private func requireCurrent() throws(StateUnavailable) {
        guard try tree({ () throws(WorldStateError) in try view.isCurrent() }) else {
            throw StateUnavailable("block \(block) is no longer part of the chain, or its state was pruned")
        }
    }
}
